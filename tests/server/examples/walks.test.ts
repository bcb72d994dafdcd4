// Whoever walks through a project reads each of its examples once, as they stand, however many other teams are in the table: the planner takes a project
// for a few rows then, and would sort all of them for each page.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ProjectScope, type Tx, inProject } from '../../../src/lib/server/access/scope.ts';
import { exportPieces } from '../../../src/lib/server/examples/export.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { owner } from '../../support/database/owner.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

const size = 6_000;
const others = 100;
/** At the end, in validation. */
const few = 20;
let here: ProjectScope;
let strangers: string[];

beforeAll(async () => {
	const { scope, teamId } = await newTeam();
	const { project } = await newProject(scope);
	here = await inProject(scope, project.slug);
	strangers = (await owner`select gen_random_uuid() as id from generate_series(1, ${others})`).map(
		({ id }) => id as string
	);
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		const add = (teams: string[], projectId: string | null, count: number) => sql`
			insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, rating, split, origin)
			select team, coalesce(${projectId}::uuid, team), n, json_build_array(json_build_object('role', 'user', 'content', repeat('Where? ', 60)),
					json_build_object('role', 'assistant', 'content', 'There.')),
				sha256(convert_to('c' || n, 'UTF8')), sha256(convert_to('p' || n, 'UTF8')), 1, 9, 'train', 'import'
			from unnest(${teams}::uuid[]) team cross join generate_series(1, ${count}::int) n`;
		await add(strangers, null, size / others);
		await add([teamId], project.id, size);
		await sql`update examples set split = 'validation' where project_id = ${project.id} and number > ${size - few}`;
		await sql`select recount_examples()`;
	});
	await owner`vacuum analyze examples`;
});
afterAll(async () => {
	await owner`delete from examples where team_id = any (${strangers}::uuid[])`;
	await owner`vacuum analyze examples`;
	await closePools();
});

const readIn = async (tx: Tx) => {
	const [row] = await tx.$client`
		select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as rows from pg_stat_xact_user_tables where relname = 'examples'`;
	return Number(row!.rows);
};

test.for(['full', 'train', 'validation'] as const)('a file of them, %s', async (format) => {
	const { lines, read } = await here.tx(async (tx) => {
		const before = await readIn(tx);
		let lines = 0;
		for await (const piece of exportPieces({ ...here, tx: (work) => work(tx) }, here.project, format))
			lines += piece.toString().trimEnd().split('\n').length;
		return { lines, read: (await readIn(tx)) - before };
	});
	const count = { full: size, train: size - few, validation: few }[format];
	expect(lines).toBe(count);
	expect(read).toBeLessThanOrEqual(count + 100);
});
