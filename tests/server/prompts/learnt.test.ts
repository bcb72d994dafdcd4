// What the prompts of a pool, or of a comparison, may have been learnt as is looked up name by name: all of them with all rows of a project took
// half a minute at fifty thousand examples.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Tx, inProject } from '../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { learntAmong } from '../../../src/lib/server/prompts/rows.ts';
import { owner } from '../../support/database/owner.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const size = 1_200;
const hex = (name: string) => Buffer.from(name).toString('hex');
let team: Awaited<ReturnType<typeof newTeam>>;
let projectId: string;
/** Another project of the team, in which there is nothing. */
let besideId: string;

/**
 * Four in five train, every tenth is of a family of two, 41 and 9 have one of their own. 7 was learnt and deleted; 11, 60 and 70 were learnt;
 * 8 and 40 are in an order; 9 is deleted.
 */
beforeAll(async () => {
	team = await newTeam();
	const { project } = await newProject(team.scope);
	projectId = project.id;
	besideId = (await newProject(team.scope, { slug: 'beside' })).project.id;
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		await sql`insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, family, tokens, split, trained, reserved, origin, deleted_at)
			select ${team.teamId}, ${projectId}, n, '[]', convert_to('c' || n, 'UTF8'), convert_to('p' || n, 'UTF8'),
				case when n % 10 = 0 then convert_to('f' || n / 20, 'UTF8') when n in (9, 41) then convert_to('own' || n, 'UTF8') end, 1, case when n % 5 > 0 then 'train' end,
				n in (7, 11, 60, 70), n in (8, 40), 'import', case when n in (7, 9) then now() end
			from generate_series(1, ${size}) n`;
		await sql`select recount_examples()`;
	});
});

const readIn = async (tx: Tx) => {
	const [row] = await tx.$client`
		select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as rows from pg_stat_xact_user_tables where relname = 'examples'`;
	return Number(row!.rows);
};

test('by the hash of the prompt or the name of the family, what was learnt first', async () => {
	const find = (...names: string[]) => team.scope.tx((tx) => learntAmong(tx, projectId, names.map(hex)));
	expect((await find('p1', 'p8', 'p7', 'p2', 'nobody')).map(({ number }) => number)).toEqual([7, 8, 1, 2]);
	expect(await find('p9', 'p5', 'f1')).toEqual([]); // deleted, on no side, and a family of which none trains
	expect(await find('own9')).toEqual([]);
	expect((await find('own41', 'f2', 'p11')).map(({ number }) => number)).toEqual([11, 40, 41]);
	expect(await find('p7')).toMatchObject([{ hash: hex('p7'), family: null, trained: true, reserved: false }]);
	expect((await find('f3')).map(({ number, family }) => [number, family])).toEqual([
		[60, hex('f3')],
		[70, hex('f3')]
	]);
	const there = ['p1', 'p7', 'own41'].map(hex);
	expect(await team.scope.tx((tx) => learntAmong(tx, besideId, there))).toEqual([]);
	const other = await newTeam();
	expect(await other.scope.tx((tx) => learntAmong(tx, projectId, [hex('p1')]))).toEqual([]);
});

test('no row is read that has none of the names', async () => {
	const names = Array.from({ length: 300 }, (_, i) => hex(`p${4 * i + 1}`));
	const here = await inProject(team.scope, 'support');
	// a connection keeps a plan from the sixth time on
	for (let time = 0; time < 8; time++) {
		const { found, read } = await here.tx(async (tx) => {
			const before = await readIn(tx);
			const rows = await learntAmong(tx, projectId, names);
			return { found: rows.length, read: (await readIn(tx)) - before };
		});
		expect(found).toBeGreaterThan(200);
		expect(read).toBeLessThanOrEqual(names.length + 10);
	}
});
