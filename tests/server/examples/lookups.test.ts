// Some of the examples of a project are found by their keys, and what has to walk through all of it walks once. The planner takes one team of many
// for small, and would read all of it for each.
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Tx } from '../../../src/lib/server/access/scope.ts';
import { alikeAmong, namesOfAsked } from '../../../src/lib/server/evaluations/asked.ts';
import { usualMaxTokens } from '../../../src/lib/server/evaluations/longest-answer.ts';
import { choiceMeasures, choicesAfter, refuseMeasured } from '../../../src/lib/server/examples/rows.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { playgroundPairs } from '../../../src/lib/server/platform/db/schema.ts';
import { owner } from '../../support/database/owner.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const size = 1_000;
const choices = 20;
let team: Awaited<ReturnType<typeof newTeam>>;
let projectId: string;

beforeAll(async () => {
	team = await newTeam();
	const { project } = await newProject(team.scope);
	projectId = project.id;
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		await sql`insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, split, origin, deleted_at)
			select ${team.teamId}, ${projectId}, n,
				json_build_array(json_build_object('role', 'user', 'content', repeat('Why? ', 800)), json_build_object('role', 'assistant', 'content', 'So it is.')),
				convert_to('c' || n, 'UTF8'), convert_to('p' || n, 'UTF8'), 2000 - n, case when n % 10 = 0 then 'validation' else 'train' end, 'import',
				case when n = 20 then now() end
			from generate_series(1, ${size}) n`;
		await sql`insert into playground_pairs (team_id, project_id, prompt, prompt_hash, chosen, rejected, chosen_by, rejected_by, person_id, client_id)
			select ${team.teamId}, ${projectId}, '[]', convert_to('p' || n, 'UTF8'), 'a', 'b', 'one', 'two', ${team.owner.id}, gen_random_uuid()
			from generate_series(1, ${choices}) n`;
		await sql`select recount_examples()`;
	});
	await owner`analyze examples, playground_pairs`; // of a table without statistics all is read
});

const readBy = (ask: (tx: Tx) => Promise<unknown>) =>
	team.scope.tx(async (tx) => {
		const read = async () => {
			const [row] = await tx.$client`
				select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as rows from pg_stat_xact_user_tables where relname = 'examples'`;
			return Number(row!.rows);
		};
		const before = await read();
		await ask(tx);
		return (await read()) - before;
	});

test('how long answers may be is one walk, whichever of the largest has the longest', async () => {
	expect(await readBy((tx) => usualMaxTokens(tx, projectId))).toBeLessThanOrEqual(size + 300);
});

test('what a comparison asks is looked up example by example', async () => {
	const ids = (await owner`select id from examples where project_id = ${projectId} and number % 4 = 0`).map(
		({ id }) => id as string
	);
	expect(await readBy((tx) => namesOfAsked(tx, 'validation', ids))).toBe(ids.length);
	const pairs = sql`(select * from unnest(${sql.param(ids)}::uuid[]) with ordinality one (asked_id, place)) p`;
	expect(await readBy((tx) => alikeAmong(tx, 'validation', pairs))).toBe(ids.length);
	const names = await team.scope.tx((tx) => namesOfAsked(tx, 'validation', ids));
	expect(names.get(ids[0]!)).toEqual([Buffer.from('p4').toString('hex')]);
});

test('whether a choice measures is looked up choice by choice, with what was deleted', async () => {
	const found = await team.scope.tx(async (tx) => ({
		measuring: await tx.$count(playgroundPairs, choiceMeasures(projectId)),
		training: (await choicesAfter(tx, projectId, 0, 500)).length
	}));
	expect(found).toEqual({ measuring: 2, training: choices - 2 });
	expect(await readBy((tx) => choicesAfter(tx, projectId, 0, 500))).toBeLessThanOrEqual(2 * choices);
});

test('whether a prompt measures is asked of the examples that have it', async () => {
	for (const [number, isLocked] of [
		[10, true],
		[20, true], // deleted
		[11, false]
	] as const) {
		let refused = false;
		const ask = (tx: Tx) =>
			refuseMeasured(tx, projectId, Buffer.from(`p${number}`)).catch((problem: Error) => {
				refused = problem.message.startsWith(`This prompt is locked in validation, as example ${number}:`);
			});
		expect(await readBy(ask)).toBeLessThanOrEqual(2);
		expect(refused).toBe(isLocked);
	}
});
