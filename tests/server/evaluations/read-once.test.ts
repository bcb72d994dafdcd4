// What an evaluation asks of the database for thousands at once: votes and ballots are read once, and what is known by its id is looked up by it.
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tx } from '../../../src/lib/server/access/scope.ts';
import { numbersOf, questionsOf } from '../../../src/lib/server/evaluations/asked.ts';
import { usualMaxTokens } from '../../../src/lib/server/evaluations/longest-answer.ts';
import { voteCounts } from '../../../src/lib/server/evaluations/vote-counts.ts';
import { givenIn } from '../../../src/lib/server/evaluations/votes.ts';
import { eachOf } from '../../../src/lib/server/platform/db/among.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { examples } from '../../../src/lib/server/platform/db/schema.ts';
import { addExamples, newBallot, newContest } from '../../support/data/evaluation.ts';
import { owner } from '../../support/database/owner.ts';

afterAll(() => closePools());

/** Of a table in this transaction: how often it was looked into, and how many rows of it were read. */
const looks = async (tx: Tx, table: string) => {
	const [row] = await tx.$client`
		select coalesce(seq_scan, 0) + coalesce(idx_scan, 0) as times, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as rows
		from pg_stat_xact_user_tables where relname = ${table}`;
	return { times: Number(row!.times), rows: Number(row!.rows) };
};
const during = async (tx: Tx, table: string, ask: () => Promise<unknown>) => {
	const before = await looks(tx, table);
	await ask();
	const after = await looks(tx, table);
	return { times: after.times - before.times, rows: after.rows - before.rows };
};

describe('two comparisons with hundreds of votes', () => {
	const pairs = 150;
	let ballot: Awaited<ReturnType<typeof newBallot>>;
	let ids: string[];
	beforeAll(async () => {
		ballot = await newBallot(pairs, undefined, { votes: 2 });
		const { owner: person } = ballot;
		const other = await newBallot(1);
		const rater = await ballot.as('rater');
		ids = [ballot.id, other.id];
		await owner.begin(async (tx) => {
			await tx`set local session_replication_role = replica`;
			await tx`
				insert into ballots (team_id, project_id, evaluation_id, pairing_id, person_id, position, swapped)
				select team_id, project_id, evaluation_id, id, person, position, position % 2 = 0
				from pairings cross join unnest(${[person.id, rater.userId]}::uuid[]) person where evaluation_id = ${ballot.id}`;
			for (const choice of ['first', 'tie'])
				await tx`
					insert into votes (team_id, project_id, evaluation_id, pairing_id, ballot_id, person_id, choice, client_id)
					select team_id, project_id, evaluation_id, pairing_id, id, person_id,
						case when position < 10 and person_id = ${rater.userId} then 'skip' when position < 20 then null else ${choice} end,
						gen_random_uuid()
					from ballots where evaluation_id = ${ballot.id}`;
		});
		// the planner expects hardly any, as it does of one team among a thousand
		await owner`delete from pg_statistic where starelid in ('votes'::regclass, 'ballots'::regclass)`;
		await owner`update pg_class set reltuples = 1, relpages = 10 where oid in ('votes'::regclass, 'ballots'::regclass)`;
	});

	test('are joined to their ballots by hash, whatever the planner expects', async () => {
		const [found] = await owner<{ body: string; config: string[] }[]>`
			select prosrc as body, proconfig as config from pg_proc where proname = 'latest_votes'`;
		const names = ['these', 'whose', 'again', 'pairs'];
		const query = found!.body.replaceAll(/\b(these|whose|again|pairs)\b/g, (name) => `$${names.indexOf(name) + 1}`);
		await ballot.scope.tx(async (tx) => {
			for (const [, name, value] of found!.config.map((one) => /^(enable_\w+)=(\w+)$/.exec(one) ?? []))
				if (name) await tx.$client`select set_config(${name}, ${value!}, true)`;
			await tx.$client.unsafe(`prepare asked (uuid[], text, boolean, uuid[]) as ${query}`);
			const plan = await tx.$client.unsafe(`explain execute asked ('{${ids.join(',')}}', null, false, null)`);
			await tx.$client`deallocate asked`;
			const joins = plan.flatMap(
				(row) => /(Nested Loop|Merge Join|Hash Join)/.exec(row['QUERY PLAN'] as string)?.[1] ?? []
			);
			expect(joins).toEqual(['Hash Join', 'Hash Join']);
		});
	});

	test('are counted by one look at the ballots', async () => {
		await ballot.scope.tx(async (tx) => {
			const { times } = await during(tx, 'ballots', async () => {
				const counts = await voteCounts(tx, ids, ballot.owner.id);
				expect([...counts.keys()]).toEqual([ballot.id]);
				expect(counts.get(ballot.id)).toEqual({ judged: pairs - 20, skipped: 0, mine: pairs - 20, skips: 0 });
			});
			expect(times).toBeLessThan(5);
		});
	});

	test('are read by one look at them, each with its last word', async () => {
		await ballot.scope.tx(async (tx) => {
			const { times } = await during(tx, 'ballots', async () => {
				const { votes, skips } = await givenIn(tx, ballot.id);
				expect(new Set(votes.map(({ choice }) => choice))).toEqual(new Set(['tie']));
				expect(votes).toHaveLength(2 * (pairs - 20));
				expect(votes[0]!.at).toBeInstanceOf(Date);
				expect(skips.size).toBe(10);
			});
			expect(times).toBeLessThan(5);
		});
	});
});

describe('thousands of examples', () => {
	let contest: Awaited<ReturnType<typeof newContest>>;
	let asked: string[];
	beforeAll(async () => {
		contest = await newContest(0);
		const questions = Array.from({ length: 4_000 }, (_, at) => `Where is order ${at}?`);
		asked = (await addExamples(contest.scope, contest.project.id, questions, { split: 'train' })).slice(0, 2_500);
		await owner.begin(async (tx) => {
			await tx`set local session_replication_role = replica`;
			await tx`
				insert into run_examples (team_id, project_id, run_id, example_id, kind)
				select team_id, project_id, ${contest.run.id}, id, case when number % 5 = 0 then 'validation' else 'train' end
				from examples where project_id = ${contest.project.id}`;
		});
		await owner`analyze examples, run_examples`;
	});

	test('no more are read than are asked about', async () => {
		await contest.scope.tx(async (tx) => {
			// with which all at once would read all that there are
			await tx.$client`set local random_page_cost = 20`;
			const numbers = () => numbersOf(tx, 'validation', asked);
			expect((await numbers()).size).toBe(asked.length);
			expect((await during(tx, 'examples', numbers)).rows).toBe(asked.length);
			const questions = () => questionsOf(tx, { promptsFrom: 'validation', systemPrompt: '' }, asked);
			expect((await questions()).size).toBe(asked.length);
			expect((await during(tx, 'examples', questions)).rows).toBe(asked.length);
			const chosen = () => tx.select({ id: examples.id }).from(examples).where(eachOf(examples.id, asked));
			expect(await chosen()).toHaveLength(asked.length);
			expect((await during(tx, 'examples', chosen)).rows).toBe(asked.length);
			const sent = () =>
				tx.execute<{ id: string }>(
					sql`select id from sent_among(${sql.param([contest.run.id])}::uuid[], ${sql.param(asked)}::uuid[]) id`
				);
			const trained = asked.filter((_, at) => (at + 1) % 5 > 0);
			expect((await sent()).map(({ id }) => id).toSorted()).toEqual(trained.toSorted());
			expect((await during(tx, 'run_examples', sent)).rows).toBe(asked.length);
		});
	});

	test('the longest rewrites are found without a look at the others', async () => {
		await owner.begin(async (tx) => {
			await tx`set local session_replication_role = replica`;
			await tx`
				update examples set rewrite = case number when 77 then repeat('word ', 1000) else 'Soon.' end
				where project_id = ${contest.project.id}`;
		});
		await owner`vacuum analyze examples`;
		await contest.scope.tx(async (tx) => {
			const longest = () => usualMaxTokens(tx, contest.project.id);
			expect(await longest()).toBe(1_500);
			expect((await during(tx, 'examples', longest)).rows).toBeLessThan(10);
		});
	});
});
