import { randomBytes, randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { migrate } from '../../../../src/lib/server/platform/db/migrate.ts';
import { isSlug } from '../../../../src/lib/core/text/slug.ts';
import { migrateUpTo } from '../../../support/database/earlier-state.ts';
import { owner } from '../../../support/database/owner.ts';

test('a team whose address becomes a page of the app gets another one', async () => {
	const name = `aitelier_slugs_${randomBytes(4).toString('hex')}`;
	const at = (url?: string) => Object.assign(new URL(url!), { pathname: `/${name}` }).href;
	await owner`create database ${owner(name)}`;
	const sql = postgres(at(process.env.DATABASE_URL), { max: 1, onnotice: () => {} });
	try {
		await migrateUpTo(sql, '0013');
		const [device, other] = [randomUUID(), randomUUID()];
		await sql`insert into teams (id, slug, name) values (${device}, 'device', 'Device'), (${other}, 'devices', 'Devices')`;
		await migrate({
			ownerUrl: at(process.env.DATABASE_URL),
			appUrl: at(process.env.APP_DATABASE_URL),
			queueUrl: at(process.env.QUEUE_DATABASE_URL)
		});
		const [one, two] = await sql`select slug from teams order by slug`;
		expect([one!.slug, two!.slug]).toEqual([`device-${device.slice(0, 8)}`, 'devices']);
		expect(isSlug(one!.slug)).toBe(true);
		expect(isSlug('device')).toBe(false);
	} finally {
		await sql.end();
		await owner`drop database ${owner(name)} with (force)`;
	}
});
