// Each trigger that reads in order to write, with several people at the same moment. The rounds are a seeded loop, not many:
// with the old triggers two of three went wrong.
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { randomFrom } from '../../../bench/measure.ts';
import { ratingOf } from '../../../../src/lib/core/ratings/counting.ts';
import { closePools, plainPool } from '../../../../src/lib/server/platform/db/pools.ts';
import { members } from '../../../../src/lib/server/platform/db/schema.ts';
import type { Scope } from '../../../../src/lib/server/access/scope.ts';
import { addReadyRun } from '../../../support/data/evaluation.ts';
import { raw, rewriteHistory } from '../../../support/database/raw.ts';
import { newPerson, newProject, newTeam } from '../../../support/data/team.ts';
import { addRows } from '../../../support/data/training.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
afterAll(async () => {
	await owner.end();
	await closePools();
});

const newPlace = async (people: number, questions: string[] = ['One?', 'Two?', 'Three?', 'Four?']) => {
	const team = await newTeam();
	const made = await newProject(team.scope);
	const rows = await addRows(
		team.scope,
		made.project.id,
		questions.map((question) => ({ question, split: null }))
	);
	const raters = await Promise.all(Array.from({ length: people }, () => team.as('trainer')));
	return { ...team, ...made, raters, ids: rows.map(({ id }) => id) };
};

type Place = { projectId: string; exampleId: string; personId: string; value: number | string | null };
const say = (scope: Scope, table: 'ratings' | 'rewrites', rows: Place[]) =>
	raw(
		scope,
		(sql) => sql`
			insert into ${sql(table)} ${sql(
				rows.map(({ projectId, exampleId, personId, value }) => ({
					project_id: projectId,
					example_id: exampleId,
					person_id: personId,
					[table === 'ratings' ? 'score' : 'output']: value,
					client_id: randomUUID()
				}))
			)}`
	);

/** Several people at once, each with one statement over some of the examples in an order of their own. */
const rounds = async (
	table: 'ratings' | 'rewrites',
	count: number,
	value: (random: () => number) => number | string | null
) => {
	const { raters, ids, project } = await newPlace(3);
	const random = randomFrom(11);
	for (let round = 0; round < count; round++) {
		const acts = raters.map((rater) => {
			const some = ids.filter(() => random() < 0.7).sort(() => random() - 0.5);
			const rows = (some.length > 0 ? some : [ids[0]!]).map((exampleId) => ({
				projectId: project.id,
				exampleId,
				personId: rater.userId,
				value: value(random)
			}));
			return () => say(rater, table, rows);
		});
		await Promise.all(acts.map((act) => act()));
		const wrong = await owner`
			select e.number, e.rating, e.ratings_count, e.rewrite, said.*, written.*
			from examples e
			cross join lateral (
				select avg(score)::real as mean, count(score)::int as people from (
					select distinct on (person_id) score from ratings where example_id = e.id order by person_id, seq desc
				) latest
			) said
			cross join lateral (
				select (select output from rewrites where example_id = e.id order by seq desc limit 1) as output
			) written
			where e.id = any (${ids}) and case when ${table} = 'ratings'
				then said.people > 0 and (e.rating, e.ratings_count) is distinct from (said.mean, said.people)
				else e.rewrite is distinct from written.output end`;
		expect(wrong, `round ${round}`).toEqual([]);
	}
};

test('three people who rate the same examples at the same moment leave the mean of all', () =>
	rounds('ratings', 60, (random) => (random() < 0.1 ? null : 1 + Math.floor(random() * 10))));

test('three people who rewrite the same examples at the same moment leave the latest', () =>
	rounds('rewrites', 60, (random) => (random() < 0.1 ? null : `text ${random()}`)));

test('ratings and rewrites of one example wait for each other and nothing is lost', async () => {
	const { raters, ids, project } = await newPlace(3);
	for (let round = 0; round < 20; round++) {
		const score = 1 + (round % 10);
		const row = (at: number, value: number | string) => [
			{ projectId: project.id, exampleId: ids[0]!, personId: raters[at]!.userId, value }
		];
		await Promise.all([
			say(raters[0]!, 'ratings', row(0, score)),
			say(raters[1]!, 'rewrites', row(1, `text ${round}`)),
			say(raters[2]!, 'ratings', row(2, score))
		]);
		const [now] = await owner`select rating, ratings_count, rewrite from examples where id = ${ids[0]!}`;
		const given = (await owner`
			select seq, encode(text, 'hex') as text, score, settled, person_id as person from ratings where example_id = ${ids[0]!}`) as never;
		// the scores of this round are of the text before or after it, whichever stood when they came
		const { rating, count } = ratingOf(given, createHash('sha256').update(`text ${round}`).digest('hex'));
		expect(now).toMatchObject({ rating, ratings_count: count, rewrite: `text ${round}` });
	}
});

const learn = (scope: Scope, projectId: string, runId: string, exampleId: string) =>
	raw(
		scope,
		(sql) =>
			sql`insert into run_examples (project_id, run_id, example_id, kind) values (${projectId}, ${runId}, ${exampleId}, 'train')`
	);
const move = (scope: Scope, id: string, to: string) =>
	raw(scope, (sql) => sql`update examples set ${sql.unsafe(to)} where id = ${id}`);
const settled = async (acts: Promise<unknown>[]) =>
	(await Promise.allSettled(acts)).map((act) => (act.status === 'fulfilled' ? 'done' : act.reason.code));

test('an example that is moved while a run learns from it is either learnt or moved', async () => {
	const { scope, ids, project, connection } = await newPlace(0);
	for (const to of [`split = 'validation'`, `split = null`, `deleted_at = now()`]) {
		const [id] = ids.splice(0, 1);
		await move(scope, id!, `split = 'train'`);
		const version = 10 - ids.length;
		const run = await addReadyRun(scope, { projectId: project.id, connectionId: connection.id, version });
		const learning = await raw(scope, async (sql) => {
			await sql`update examples set ${sql.unsafe(to)} where id = ${id!}`;
			// it looks now, and marks when this is over
			const act = settled([learn(scope, project.id, run.id, id!)]);
			await sleep(100);
			return { act };
		});
		expect(await learning.act, to).toEqual(['AI004']);
		const [now] = await owner`select trained from examples where id = ${id!}`;
		expect(now).toEqual({ trained: false });
	}
});

test('two orders that are answered at the same moment leave the marks of both', async () => {
	const { scope, ids, project, connection } = await newPlace(0);
	const [id] = ids;
	await move(scope, id!, `split = 'train'`);
	const random = randomFrom(7);
	for (let round = 0; round < 20; round++) {
		const order = async (version: number) => {
			const run = await addReadyRun(scope, { projectId: project.id, connectionId: connection.id, version });
			await rewriteHistory(
				'runs',
				(sql) => sql`update runs set status = 'uploading', accepted = false where id = ${run.id}`
			);
			await learn(scope, project.id, run.id, id!);
			return run.id;
		};
		await rewriteHistory('examples', (sql) => sql`update examples set trained = false where id = ${id!}`);
		const runIds = [await order(3 * round + 1), await order(3 * round + 2), await order(3 * round + 3)];
		const ends = runIds.map(() => (random() < 0.3 ? 'training' : 'failed'));
		const answered = round % 2 === 0 ? 3 : 2;
		await Promise.all(
			runIds
				.slice(0, answered)
				.map((runId, at) => raw(scope, (sql) => sql`update runs set status = ${ends[at]!} where id = ${runId}`))
		);
		const [now] = await owner`select trained, reserved from examples where id = ${id!}`;
		expect(now).toEqual({ trained: ends.slice(0, answered).includes('training'), reserved: answered < 3 });
		if (answered < 3) await raw(scope, (sql) => sql`update runs set status = 'failed' where id = ${runIds[2]!}`);
	}
});

test('an order that comes while another is being settled holds what is in both (settle_examples)', async () => {
	const { scope, ids, project, connection } = await newPlace(0);
	const [id] = ids;
	await move(scope, id!, `split = 'train'`);
	const order = async (version: number) => {
		const run = await addReadyRun(scope, { projectId: project.id, connectionId: connection.id, version });
		await rewriteHistory(
			'runs',
			(sql) => sql`update runs set status = 'uploading', accepted = false where id = ${run.id}`
		);
		return run.id;
	};
	const [ending, coming] = [await order(1), await order(2)];
	await learn(scope, project.id, ending, id!);
	const { settling } = await raw(scope, async (sql) => {
		await sql`insert into run_examples (project_id, run_id, example_id, kind) values (${project.id}, ${coming}, ${id!}, 'train')`;
		const settling = raw(scope, (other) => other`update runs set status = 'failed' where id = ${ending}`);
		// it waits for the row by now, and asks who else has it when this is over
		for (const until = Date.now() + 10_000; Date.now() < until; await sleep(10)) {
			const waiting = await owner`select from pg_locks where not granted and locktype in ('transactionid', 'tuple')
				and pid in (select pid from pg_stat_activity where datname = current_database() and query like 'update runs set status%')`;
			if (waiting.length > 0) break;
		}
		return { settling };
	});
	await settling;
	const [now] = await owner`select trained, reserved from examples where id = ${id!}`;
	expect(now).toEqual({ trained: false, reserved: true });
});

test('whatever comes first, nothing that was learnt measures', async () => {
	const { scope, ids, project, connection } = await newPlace(
		0,
		Array.from({ length: 25 }, (_, i) => `Question ${i}?`)
	);
	const run = await addReadyRun(scope, { projectId: project.id, connectionId: connection.id });
	for (const id of ids) await move(scope, id, `split = 'train'`);
	for (const id of ids) {
		const ends = await settled([learn(scope, project.id, run.id, id), move(scope, id, `split = 'validation'`)]);
		expect(['done AI002', 'AI004 done'], `${ends}`).toContain(ends.join(' '));
	}
	expect(
		await owner`select number from examples where project_id = ${project.id} and trained and split = 'validation'`
	).toEqual([]);
});

test('one prompt that goes to both sides at the same moment stands on one', async () => {
	const { scope, project } = await newPlace(0);
	for (let round = 0; round < 25; round++) {
		const [a, b] = await addRows(
			scope,
			project.id,
			[`one`, `two`].map((answer) => ({ question: `Same ${round}?`, answer, split: null })),
			100 + round * 2
		);
		const ends = await settled([move(scope, a!.id, `split = 'train'`), move(scope, b!.id, `split = 'validation'`)]);
		expect(ends.sort(), `round ${round}`).toEqual(['AI003', 'done']);
		const insert = (split: 'train' | 'validation', at: number) =>
			addRows(scope, project.id, [{ question: `New ${round}?`, answer: split, split }], 1000 + round * 2 + at);
		const added = await Promise.allSettled([insert('train', 0), insert('validation', 1)]);
		expect(added.map(({ status }) => status).sort(), `round ${round}`).toEqual(['fulfilled', 'rejected']);
	}
});

test('a preference that is sent while its prompt moves to measure does one of both', async () => {
	const questions = Array.from({ length: 25 }, (_, i) => `Preferred ${i}?`);
	const { scope, ids, project, connection, owner: person } = await newPlace(0, questions);
	const run = await addReadyRun(scope, { projectId: project.id, connectionId: connection.id });
	for (const id of ids) {
		const pair = randomUUID();
		await owner`
			insert into playground_pairs (team_id, id, project_id, prompt, prompt_hash, chosen, rejected, chosen_by, rejected_by,
				person_id, client_id)
			select team_id, ${pair}, project_id, '[]', prompt_hash, 'x', 'y', 'v1', 'base', ${person.id}, ${pair}
			from examples where id = ${id}`;
		const send = raw(
			scope,
			(sql) => sql`insert into run_pairs (project_id, run_id, pair_id) values (${project.id}, ${run.id}, ${pair})`
		);
		const ends = await settled([send, move(scope, id, `split = 'validation'`)]);
		expect(['done AI009', 'AI004 done'], `${ends}`).toContain(ends.join(' '));
	}
	const both = await owner`
		select e.number from examples e join playground_pairs p on p.project_id = e.project_id and p.prompt_hash = e.prompt_hash
		where e.project_id = ${project.id} and e.split = 'validation' and p.ordered`;
	expect(both).toEqual([]);
});

test('two owners who leave at the same moment leave one', async () => {
	for (let round = 0; round < 15; round++) {
		const team = await newTeam();
		const second = await newPerson('Second');
		await team.scope.tx((tx) => tx.insert(members).values({ teamId: team.teamId, personId: second.id, role: 'owner' }));
		const leave = (person: string) =>
			raw(team.scope, async (sql) => {
				await sql`select set_config('app.user_id', ${person}, true)`;
				await sql`select leave_team()`;
			});
		expect((await settled([leave(team.owner.id), leave(second.id)])).sort(), `round ${round}`).toEqual([
			'AI005',
			'done'
		]);
	}
});

test('a team that is purged takes its last owner along', async () => {
	const { teamId } = await newTeam();
	await owner`delete from teams where id = ${teamId}`;
	expect(await owner`select from members where team_id = ${teamId}`).toHaveLength(0);
});

test('a test may bring about what nobody can, and the triggers are there again afterwards', async () => {
	const { scope, ids } = await newPlace(0);
	await rewriteHistory('examples', (sql) => sql`update examples set rating = 2 where id = ${ids[0]!}`);
	await expect(move(scope, ids[0]!, 'rating = 3')).rejects.toMatchObject({ code: 'AI006' });
	expect(await plainPool()`select from examples`).toHaveLength(0);
});
