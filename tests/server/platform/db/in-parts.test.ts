import { afterAll, expect, test } from 'vitest';
import { sendAsPart } from '../../../../src/lib/server/platform/db/in-parts.ts';
import { closePools } from '../../../../src/lib/server/platform/db/pools.ts';
import { newTeam } from '../../../support/data/team.ts';

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
