// The pairs of a comparison are written down when it is revealed, so that its results read what they show.
import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Results } from '../../../src/lib/contract/evaluation-results.ts';
import { shows } from '../../../src/lib/core/evaluations/check.ts';
import { type ProjectScope, type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { createEvaluation, revealResults } from '../../../src/lib/server/evaluations/commands.ts';
import { continueEvaluation } from '../../../src/lib/server/evaluations/continuing.ts';
import { countUncounted } from '../../../src/lib/server/evaluations/jobs.ts';
import { resultsOf } from '../../../src/lib/server/evaluations/results.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { evaluations, judgedPairs } from '../../../src/lib/server/platform/db/schema.ts';
import { answerAll, newBallot, remarkAs, voteAs, wish } from '../../support/data/evaluation.ts';
import { newProject, newTeam } from '../../support/data/team.ts';
import { copyRows } from '../../support/database/copy-rows.ts';
import { raw, rewriteHistory } from '../../support/database/raw.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
afterAll(async () => {
	await closePools();
	await owner.end();
});

const said = ['a', 'a', 'b', 'tie', 'a', 'both_bad', 'b'] as const;
/** What makes a pair come in each of the lists: whose it is and of which prompt, and something of its own. */
const textOf = (letter: string, position: number) => {
	const own = `${letter === 'a' ? 'Apple' : 'Beech'} ${position}`;
	return [
		own,
		`${own}, which says what there is to say.`,
		`${own} was cut off in the mid…`,
		`<think>Hm.</think>${own} ships on Monday.`,
		`${own}, from Claude.`
	][(position + (letter === 'a' ? 0 : 2)) % 5]!;
};

const judged = async (pairs: number) => {
	const ballot = await newBallot(pairs, textOf, { votes: 2 });
	for (const [shift, person] of [ballot.scope, await ballot.as('rater'), await ballot.as('trainer')].entries()) {
		await voteAs(person, ballot.slug, ballot.id, (position) => said[(position + shift) % said.length]!);
		await remarkAs(person, ballot.slug, ballot.id, (at) => [((at + shift) % 10) + 1, null]);
	}
	return { ...ballot, inside: await inProject(ballot.scope, ballot.slug) };
};

type Wanted = Parameters<typeof resultsOf>[3];
const resultsIn = async (scope: ProjectScope, id: string, wanted: Wanted): Promise<Results> => {
	const found = await scope.tx((tx) => resultsOf(tx, scope, id, wanted));
	if (!('results' in found)) throw new Error('still locked');
	return found.results;
};

/** As it was before anything of it was kept: of a version before, or until the sweep has come by. */
const forget = async (id: string) => {
	await owner`delete from judged_pairs where evaluation_id = ${id}`;
	await rewriteHistory('evaluations', (sql) => sql`update evaluations set counted = null where id = ${id}`);
};

describe('forty pairs with three votes each', () => {
	let ballot: Awaited<ReturnType<typeof judged>>;
	beforeAll(async () => {
		ballot = await judged(48);
		await revealResults(ballot.inside, { evaluationId: ballot.id });
		await owner`analyze outputs, pairings, judged_pairs`;
	});

	test('a page reads the answers and the questions that it shows, whatever it shows', async () => {
		const read = (show: Results['rows']['show'], page: number) =>
			ballot.inside.tx(async (tx) => {
				const rowsOf = async () =>
					Object.fromEntries(
						(
							await tx.$client`
								select relname, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as rows
								from pg_stat_xact_user_tables where relname = 'outputs'`
						).map(({ relname, rows }) => [relname, Number(rows)])
					) as Record<string, number>;
				await tx.$client`set local enable_seqscan = off`;
				// of a table of three pages it is all one to a planner how much of it is read
				await tx.$client`set local cpu_tuple_cost = 1`;
				const before = await rowsOf();
				const found = await resultsOf(tx, ballot.inside, ballot.id, { show, page });
				const after = await rowsOf();
				const { list } = (found as { results: Results }).results.rows;
				return { shown: list.length, read: after.outputs! - (before.outputs ?? 0) };
			});
		for (const show of shows) {
			const { shown, read: answers } = await read(show, 1);
			expect([show, answers]).toEqual([show, 2 * shown]);
		}
		expect(await read('all', 2)).toEqual({ shown: 20, read: 40 });
		expect(await read('all', 3)).toEqual({ shown: 8, read: 16 });
	});

	test('what is kept says what counting anew says: each list, each page, each number', async () => {
		const all = async () => {
			const pages = [];
			for (const show of shows)
				for (const page of [1, 2, 3, 1000]) pages.push(await resultsIn(ballot.inside, ballot.id, { show, page }));
			return [...pages, await resultsIn(ballot.inside, ballot.id, 'all')];
		};
		const kept = await all();
		for (const { rows } of kept) expect(rows.list.length).toBeLessThanOrEqual(rows.count);
		const counts = new Set(kept.map(({ rows }) => `${rows.show} ${rows.count}`));
		for (const some of ['cut-off', 'thinking', 'named', 'longer', 'shorter', 'several-votes', 'came-again', 'wins'])
			expect([...counts].some((one) => one.startsWith(some) && !one.endsWith(' 0'))).toBe(true);
		await forget(ballot.id);
		expect(await all()).toEqual(kept);
		await countUncounted(ballot.scope);
		const [row] = await owner`select count(*)::int as n from judged_pairs where evaluation_id = ${ballot.id}`;
		expect(row!.n).toBe(48);
		expect(await all()).toEqual(kept);
		// and again does nothing
		await countUncounted(ballot.scope);
		// what came out says the same in other spaces, as from a database that was restored
		await forget(ballot.id);
		await rewriteHistory(
			'evaluations',
			(sql) => sql`update evaluations set result = result::jsonb::text::json where id = ${ballot.id}`
		);
		await countUncounted(ballot.scope);
		expect(await all()).toEqual(kept);
		const [again] = await owner`select counted is not null as is_kept from evaluations where id = ${ballot.id}`;
		expect(again).toEqual({ is_kept: true });
	});

	test('what is written down stays, and nobody adds to it', async () => {
		const { scope, id } = ballot;
		const row = sql`insert into ${judgedPairs} (project_id, evaluation_id, place, pairing_id, asked_id, outcome, sum, votes, again,
				length_a, length_b, thought_a, thought_b, complete_a, complete_b)
			select project_id, evaluation_id, 900, pairing_id, asked_id, 'a', 1, 1, false, 1, 1, false, false, true, true
			from ${judgedPairs} where evaluation_id = ${id} limit 1`;
		await expect(scope.tx((tx) => tx.execute(row))).rejects.toMatchObject({ cause: { code: 'AI006' } });
		for (const statement of ['update judged_pairs set sum = 0 returning *', 'delete from judged_pairs returning *'])
			expect(await raw(scope, (sql) => sql.unsafe(statement))).toHaveLength(0);
		await expect(
			raw(scope, (sql) => sql`update evaluations set counted = null where id = ${id}`)
		).rejects.toMatchObject({ code: 'AI006' });
	});
});

test('before the reveal nothing of it is written down, and nothing can be', async () => {
	const { scope, inside, id, as } = await judged(3);
	const kept = () => scope.tx((tx) => tx.select().from(judgedPairs).where(eq(judgedPairs.evaluationId, id)));
	expect(await kept()).toEqual([]);
	const write = (who: Scope) =>
		raw(
			who,
			(sql) => sql`
				insert into judged_pairs (project_id, evaluation_id, place, pairing_id, asked_id, outcome, sum, votes, again, length_a, length_b,
					thought_a, thought_b, complete_a, complete_b)
				select project_id, evaluation_id, position, id, example_id, 'a', 1, 1, false, 1, 1, false, false, true, true
				from pairings where evaluation_id = ${id} limit 1`
		);
	await expect(write(scope)).rejects.toMatchObject({ code: 'AI006' });
	await expect(write(await as('rater'))).rejects.toMatchObject({ code: '42501' });
	await expect(raw(scope, (sql) => sql`update evaluations set counted = '{}' where id = ${id}`)).rejects.toMatchObject({
		code: 'AI006'
	});
	await revealResults(inside, { evaluationId: id });
	expect(await kept()).toHaveLength(3);
	const [row] = await scope.tx((tx) => tx.select().from(evaluations).where(eq(evaluations.id, id)));
	expect(row!.counted).toMatchObject({ missing: [], scores: { votes: 2 } });
});

test('it is written of what was revealed and asked there, whatever others are (judged_pairs_once, refuse_uncounted_pairs)', async () => {
	const { scope, teamId, id } = await newBallot(2);
	const { project } = await newProject(scope, { slug: 'elsewhere' });
	const { teamId: there } = await newTeam();
	const [uncounted, scoring, foreign, elsewhere] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = 'replica'`;
		for (const [i, other] of [uncounted, scoring].entries())
			await sql`
				insert into evaluations (team_id, id, project_id, number, name, kind, sendable_from, run_id, connection_id, base_model, system_prompt,
					planned, temperature, max_tokens, seed, status, revealed_at)
				select team_id, ${other}, project_id, ${90 + i}, name, ${i === 0 ? 'comparison' : 'scoring'}, ${i === 0 ? null : 8}, run_id,
					connection_id, base_model, system_prompt, planned, temperature, max_tokens, seed, 'voting', now()
				from evaluations where team_id = ${teamId} and id = ${id}`;
		// a team that has the same ids has revealed it, and a prompt more
		await copyRows(sql, teamId, there, ['connections', 'projects', 'examples', 'runs', 'evaluations', 'pairings']);
		await sql`update evaluations set revealed_at = now() where team_id = ${there}`;
		await sql`update pairings set id = ${foreign} where team_id = ${there} and position = 1`;
		await sql`update pairings set id = ${elsewhere}, project_id = ${project.id} where team_id = ${teamId} and position = 1`;
	});
	const [own] = await owner`select id from pairings where team_id = ${teamId} and position = 0`;
	const refusal = (evaluation: string, ...asked: string[]) =>
		raw(scope, async (sql) => {
			await sql`
				insert into judged_pairs (project_id, evaluation_id, place, pairing_id, asked_id, outcome, sum, votes, again, length_a, length_b,
					thought_a, thought_b, complete_a, complete_b)
				select e.project_id, e.id, p.place, p.id, p.id, 'a', 1, 1, false, 1, 1, false, false, true, true
				from evaluations e cross join unnest(${asked}::uuid[]) with ordinality p (id, place) where e.id = ${evaluation}`;
			throw new Error('nothing is refused');
		}).catch((problem: Error & { code?: string }) => problem.code ?? problem.message);
	expect(await refusal(uncounted, own!.id as string)).toBe('nothing is refused');
	for (const other of [id, scoring]) expect(await refusal(other, own!.id as string)).toBe('AI006');
	for (const pairing of [foreign, elsewhere, randomUUID()])
		expect(await refusal(uncounted, own!.id as string, pairing)).toBe('AI006');
});

test('what goes on with another has the pairs of both, each in its place', async () => {
	const { scope, slug, id } = await newBallot(14, undefined, { spare: 6 });
	let cast = 0;
	await voteAs(scope, slug, id, () => (cast++ % 2 ? 'a' : 'b'), 9);
	const inside = await inProject(scope, slug);
	await revealResults(inside, { evaluationId: id });
	const next = await continueEvaluation(inside, { evaluationId: id, prompts: 6 });
	await answerAll(scope, next.id);
	await voteAs(scope, slug, next.id, () => 'tie');
	await revealResults(inside, { evaluationId: next.id });
	const kept = await resultsIn(inside, next.id, 'all');
	expect(kept.rows.list).toHaveLength(20);
	expect(kept.rows.list.map(({ position }) => position)).toEqual(
		kept.rows.list.map(({ position }) => position).toSorted((a, b) => a - b)
	);
	for (const show of ['all', 'wins', 'losses', 'ties', 'longer'] as const) {
		const before = await resultsIn(inside, next.id, { show, page: 1 });
		await forget(next.id);
		expect(await resultsIn(inside, next.id, { show, page: 1 })).toEqual(before);
		await countUncounted(scope);
	}
});

test("one that cannot be counted stands in no other's way", async () => {
	const { scope, slug, id, run } = await newBallot(3);
	const inside = await inProject(scope, slug);
	const ids = [id];
	for (let more = 0; more < 2; more++) {
		const { id } = await createEvaluation(inside, wish(run.id, 3));
		await answerAll(scope, id);
		ids.push(id);
	}
	for (const id of ids) {
		await voteAs(scope, slug, id, () => 'tie');
		await revealResults(inside, { evaluationId: id });
		await forget(id);
	}
	const left = async () => {
		const rows = await owner`select id from evaluations where id in ${owner(ids)} and counted is null`;
		return rows.map((row) => row.id as string);
	};
	// its first pair stands there already, in whichever order they come
	const [, broken] = ids;
	await rewriteHistory(
		'judged_pairs',
		(sql) => sql`
			insert into judged_pairs (team_id, project_id, evaluation_id, place, pairing_id, asked_id, outcome, sum, votes, again, length_a, length_b,
				thought_a, thought_b, complete_a, complete_b)
			select team_id, project_id, evaluation_id, position, id, example_id, 'a', 1, 1, false, 1, 1, false, false, true, true
			from pairings where evaluation_id = ${broken!} limit 1`
	);
	await expect(countUncounted(scope)).rejects.toThrow('judged_pairs');
	expect(await left()).toEqual([broken]);
	await owner`delete from judged_pairs where evaluation_id = ${broken!}`;
	await countUncounted(scope);
	expect(await left()).toEqual([]);
});
