import { afterAll, expect, test } from 'vitest';
import { sendAsPart, sendOverPages } from '../../../../src/lib/server/platform/db/in-parts.ts';
import { closePools } from '../../../../src/lib/server/platform/db/pools.ts';
import { newTeam } from '../../../support/data/team.ts';
import { owner } from '../../../support/database/owner.ts';

afterAll(() => closePools());

test('a part does not wait for the disk, and what the connection does afterwards is as before', async () => {
	const { scope } = await newTeam();
	const found = await scope.tx(async ({ $client: sql }) => {
		const commits = async () => (await sql`show synchronous_commit`)[0]!.synchronous_commit as string;
		await sql`set local synchronous_commit = on`;
		await sql`savepoint before_it`;
		sendAsPart(sql);
		const inPart = await commits();
		await sql`rollback to before_it`;
		return { inPart, afterwards: await commits() };
	});
	expect(found).toEqual({ inPart: 'off', afterwards: 'on' });
});

test('what goes over pages has them logged as they are until its transaction ends, where that may be said', async () => {
	const found = await owner.begin(async (sql) => {
		const compressed = async () => (await sql`show wal_compression`)[0]!.wal_compression as string;
		await sql`set local wal_compression = pglz`;
		await sql`savepoint before_it`;
		await sql`set local role app`;
		sendOverPages(sql);
		const within = await compressed();
		await sql`rollback to before_it`;
		const afterwards = await compressed();
		// of a database whose owner may not
		await sql`create role plain`;
		await sql`grant create on schema public to plain`;
		await sql`alter function log_pages_as_they_are() owner to plain`;
		sendOverPages(sql);
		const withoutRights = await compressed();
		await sql`rollback to before_it`;
		return { within, afterwards, withoutRights };
	});
	expect(found).toEqual({ within: 'off', afterwards: 'pglz', withoutRights: 'pglz' });
});
