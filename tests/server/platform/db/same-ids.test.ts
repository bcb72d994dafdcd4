// An id is taken once in a team, not in the world: whoever adds a row says its id, and may say one of another team. What the
// triggers and definer functions do for one team they do for that team.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scopeFor } from '../../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../../src/lib/server/platform/db/pools.ts';
import { copyRows } from '../../../support/database/copy-rows.ts';
import { oneOfEach } from '../../../support/data/one-of-each.ts';
import { raw, rewriteHistory } from '../../../support/database/raw.ts';
import { newSession } from '../../../support/data/session.ts';
import { newPerson, newProject, newTeam } from '../../../support/data/team.ts';
import { sha256 } from '../../../../src/lib/server/platform/crypto.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
afterAll(async () => {
	await owner.end();
	await closePools();
});

const trying = new Error('only trying');

type Team = Awaited<ReturnType<typeof newTeam>>;
let one: Team;
let two: Team;
let ids: Record<string, string>;
beforeAll(async () => {
	[one, two] = [await newTeam(), await newTeam()];
	({ ids } = await oneOfEach({ ...one.scope, userId: one.owner.id }, (await newPerson('Extra')).id));
	// a person of both teams, so that ratings of either are theirs
	await owner`insert into members (team_id, person_id, role) values (${two.teamId}, ${one.owner.id}, 'owner')`;
	await copyTo(two.teamId);
	// somebody else's score in the first team, of the text that stands in the second
	await owner`
		insert into ratings (team_id, project_id, example_id, person_id, score, text, client_id)
		values (${one.teamId}, ${ids.projects!}, ${ids.examples!}, ${two.owner.id}, 10, '', ${randomUUID()})`;
	await owner`select recount_examples()`; // triggers were off
});

/** The second team gets the project, the example, the run and the evaluation of the first, ids and all. */
const copyTo = async (team: string) => {
	const tables = ['connections', 'projects', 'examples', 'runs', 'run_prompts', 'evaluations', 'pairings'];
	await copyRows(owner, one.teamId, team, tables);
	await owner`alter table examples disable trigger user`;
	await owner`update examples set rating = null, ratings_count = 0, rewrite = null where team_id = ${team}`;
	await owner`alter table examples enable trigger user`;
};

const inTwo = () => scopeFor({ teamId: two.teamId, userId: one.owner.id, role: 'owner', projectIds: 'all' });
const exampleOf = async ({ teamId }: Team) =>
	(
		await owner`select rating, ratings_count as count, rewrite from examples where team_id = ${teamId} and id = ${ids.examples!}`
	)[0];

const rate = (score: number) =>
	raw(
		inTwo(),
		(sql) => sql`
			insert into ratings (project_id, example_id, person_id, score, client_id)
			values (${ids.projects!}, ${ids.examples!}, ${one.owner.id}, ${score}, ${randomUUID()})`
	);

test('a rating counts in its team, of the text that stands there', async () => {
	const before = await exampleOf(one);
	expect(before).toMatchObject({ rewrite: 'x' });
	await rate(3);
	expect(await exampleOf(two)).toEqual({ rating: 3, count: 1, rewrite: null });
	expect(await exampleOf(one)).toEqual(before);
});

test('a rewrite stands in its team, and the scores of before count again when it is taken back', async () => {
	const before = await exampleOf(one);
	const write = (output: string | null) =>
		raw(
			inTwo(),
			(sql) => sql`
				insert into rewrites (project_id, example_id, person_id, output, client_id)
				values (${ids.projects!}, ${ids.examples!}, ${one.owner.id}, ${output}, ${randomUUID()})`
		);
	await write('Another text.');
	expect(await exampleOf(two)).toEqual({ rating: null, count: 0, rewrite: 'Another text.' });
	await rate(9);
	expect(await exampleOf(two)).toEqual({ rating: 9, count: 1, rewrite: 'Another text.' });
	await write(null);
	expect(await exampleOf(two)).toEqual({ rating: 3, count: 1, rewrite: null });
	expect(await exampleOf(one)).toEqual(before);
	// a row of the second team that is newer still, as one is that comes while the first waits, is none of the first
	await owner`
		insert into rewrites (team_id, seq, project_id, example_id, person_id, output, client_id) overriding system value
		select ${two.teamId}, max(seq) + 1000, ${ids.projects!}, ${ids.examples!}, ${one.owner.id}, null, ${randomUUID()}
		from rewrites`;
	await raw(
		{ ...one.scope, userId: one.owner.id },
		(sql) => sql`
			insert into rewrites (project_id, example_id, person_id, output, client_id)
			values (${ids.projects!}, ${ids.examples!}, ${one.owner.id}, 'x', ${randomUUID()})`
	);
	expect(await exampleOf(one)).toEqual({ rating: null, count: 0, rewrite: 'x' });
});

test('a rewrite and a rating wait for nobody who holds the example of another team', async () => {
	await owner.begin(async (sql) => {
		await sql`select from examples where team_id = ${one.teamId} and id = ${ids.examples!} for update`;
		await raw(inTwo(), async (tx) => {
			await tx`set local lock_timeout = '1s'`;
			await tx`
				insert into rewrites (project_id, example_id, person_id, output, client_id)
				values (${ids.projects!}, ${ids.examples!}, ${one.owner.id}, null, ${randomUUID()})`;
			await tx`
				insert into ratings (project_id, example_id, person_id, score, client_id)
				values (${ids.projects!}, ${ids.examples!}, ${one.owner.id}, 3, ${randomUUID()})`;
			await tx`select settle_rating(${ids.examples!})`;
			throw trying;
		}).catch((problem) => expect(problem).toBe(trying));
	});
});

test('what is held in one team is an example of that team', async () => {
	const isFree = ({ teamId }: Team) =>
		owner`select from examples where team_id = ${teamId} and id = ${ids.examples!} for no key update skip locked`;
	await raw(inTwo(), async (sql) => {
		const [held] = await sql`select * from hold_example(${ids.projects!}, ${ids.examples!}, ${randomUUID()})`;
		expect(held).toMatchObject({ number: expect.any(Number) });
		expect([await isFree(one), await isFree(two)].map(({ length }) => length)).toEqual([1, 0]);
	});
});

test('what is settled in one team is settled there', async () => {
	await raw(inTwo(), async (sql) => {
		expect(await sql`select settle_rating(${ids.examples!}) as done`).toEqual([{ done: true }]);
	});
	const settled = await owner`select distinct team_id from ratings where example_id = ${ids.examples!} and settled`;
	expect(settled).toEqual([{ team_id: two.teamId }]);
});

test('as the version before asks for an example, it is held where it is there (hold_example)', async () => {
	const held = (example: string) =>
		raw(inTwo(), (sql) => sql`select number from hold_example(${ids.projects!}, ${example})`);
	expect(await held(ids.examples!)).toHaveLength(1);
	expect(await held(randomUUID())).toHaveLength(0);
});

test('what somebody has said of an example is what they said, of this team’s (hold_example)', async () => {
	const example = await newExample(118, 'train');
	const rate = async ({ teamId }: Team, who: string, score: number) =>
		raw(
			scopeFor({ teamId, userId: who, role: 'owner', projectIds: 'all' }),
			(sql) =>
				sql`select own from rate_example(${ids.projects!}, ${example}, ${score}, null, false, null, ${randomUUID()})`
		);
	const settle = ({ teamId }: Team, who: string) =>
		raw(
			scopeFor({ teamId, userId: who, role: 'owner', projectIds: 'all' }),
			(sql) => sql`select settle_rating(${example})`
		);
	// a score that stands since others' were seen: of the same person elsewhere, and of another one here
	await rate(one, one.owner.id, 9);
	await settle(one, one.owner.id);
	await rate(two, two.owner.id, 6);
	await settle(two, two.owner.id);
	expect(await rate(two, one.owner.id, 4)).toEqual([{ own: 4 }]);
	expect(await rate(two, two.owner.id, 5)).toEqual([{ own: 6 }]);
	expect(await rate(one, one.owner.id, 5)).toEqual([{ own: 9 }]);
});

test('a key is named as its own team calls it', async () => {
	const [key, activity] = [randomUUID(), randomUUID()];
	for (const [team, name] of [
		[one, 'Theirs'],
		[two, 'Ours']
	] as const) {
		await owner`
			insert into api_keys (team_id, id, name, role, hash, hint, expires_at)
			values (${team.teamId}, ${key}, ${name}, 'rater', ${key}::text::bytea, '', now())`;
		await owner`
			insert into rewrites (team_id, project_id, example_id, person_id, voter, output, client_id)
			values (${team.teamId}, ${ids.projects!}, ${ids.examples!}, ${key}, 'script', 'y', ${randomUUID()})`;
		await owner`
			insert into activities (team_id, id, project_id, key_id, event, subject, details)
			values (${team.teamId}, ${activity}, ${ids.projects!}, ${key}, 'run.started', '', '{}')`;
	}
	const names = await raw(inTwo(), (sql) => sql`select name from names_of_raters(${ids.examples!}) where id = ${key}`);
	expect(names).toEqual([{ name: 'Ours' }]);
	const doers = await raw(inTwo(), (sql) => sql`select name from names_of_doers(${[activity]}::uuid[])`);
	expect(doers).toEqual([{ name: 'Ours' }]);
	const inPlaces = await raw(
		inTwo(),
		(sql) => sql`
			select name from names_of_doers_in(${ids.projects!}, array(
				select seq from activities where team_id = ${two.teamId} and id = ${activity}))`
	);
	expect(inPlaces).toEqual([{ name: 'Ours' }]);
});

test('the use of a token is noted in its team', async () => {
	const token = randomUUID();
	for (const { teamId } of [one, two])
		await owner`
			insert into personal_tokens (team_id, id, person_id, name, hash, hint, expires_at)
			values (${teamId}, ${token}, ${one.owner.id}, 'ait', ${teamId + token}::text::bytea, '', now() + interval '1 day')`;
	const came = await owner`
		select team_id from enter_with_token(${two.teamId + token}::text::bytea, null, '192.0.2.1', 10, 60)`;
	expect(came).toEqual([{ team_id: two.teamId }]);
	const used = await owner`select team_id from personal_tokens where id = ${token} and last_used_at is not null`;
	expect(used).toEqual([{ team_id: two.teamId }]);
});

test('what is settled is the latest of that team, of its text, whatever ids and rows the other has', async () => {
	const [example, rating] = [randomUUID(), randomUUID()];
	for (const { teamId } of [one, two])
		await owner`
			insert into examples (team_id, id, project_id, number, messages, content_hash, prompt_hash, tokens, origin)
			values (${teamId}, ${example}, ${ids.projects!}, 60, '[]', ${example}::text::bytea, ${example}::text::bytea, 1, 'written')`;
	const given = (team: Team, id: string, text: string | null = null) =>
		owner`
			insert into ratings (team_id, id, project_id, example_id, person_id, score, text, client_id)
			values (${team.teamId}, ${id}, ${ids.projects!}, ${example}, ${one.owner.id}, 5,
				(select text_mark(${text}::text)), ${randomUUID()})`;
	await given(one, rating);
	await given(two, rating);
	const latest = randomUUID();
	await given(two, latest);
	const settle = ({ teamId }: Team) =>
		raw(
			scopeFor({ teamId, userId: one.owner.id, role: 'owner', projectIds: 'all' }),
			(sql) => sql`select settle_rating(${example}) as done`
		);
	const settled = () =>
		owner`select team_id, id from ratings where example_id = ${example} and settled order by team_id = ${two.teamId}, seq`;
	expect(await settle(one)).toEqual([{ done: true }]);
	expect(await settled()).toEqual([{ team_id: one.teamId, id: rating }]);
	expect(await settle(two)).toEqual([{ done: true }]);
	const both = [
		{ team_id: one.teamId, id: rating },
		{ team_id: two.teamId, id: latest }
	];
	expect(await settled()).toEqual(both);

	// another text stands in each team now, and each is rated anew
	const again: { team_id: string; id: string }[] = [];
	for (const [team, output] of [
		[one, 'Of the first.'],
		[two, 'Of the second.']
	] as const) {
		await owner`
			insert into rewrites (team_id, project_id, example_id, person_id, output, client_id)
			values (${team.teamId}, ${ids.projects!}, ${example}, ${one.owner.id}, ${output}, ${randomUUID()})`;
		again.push({ team_id: team.teamId, id: randomUUID() });
		await given(team, again.at(-1)!.id, output);
	}
	for (const team of [one, two]) expect(await settle(team)).toEqual([{ done: true }]);
	expect(await settled()).toEqual([both[0], again[0], both[1], again[1]]);
});

test('what a run of one team learns from is marked there, and held against its own split', async () => {
	const [id, run] = [randomUUID(), ids.runs!];
	for (const { teamId } of [one, two])
		await owner`
			insert into examples (team_id, id, project_id, number, messages, content_hash, prompt_hash, tokens, origin, split)
			values (${teamId}, ${id}, ${ids.projects!}, 70, '[]', ${id}::text::bytea, ${id}::text::bytea, 1, 'written',
				${teamId === two.teamId ? 'train' : null})`;
	const learn = (example: string, kind: string) =>
		raw(
			inTwo(),
			(sql) =>
				sql`insert into run_examples (project_id, run_id, example_id, kind) values (${ids.projects!}, ${run}, ${example}, ${kind})`
		);
	await learn(id, 'train');
	const marked = await owner`select team_id from examples where id = ${id} and trained`;
	expect(marked).toEqual([{ team_id: two.teamId }]);
});

/** A run like the one that is there, in both teams. */
const newRun = async (version: number, status: string) => {
	const id = randomUUID();
	await owner`
		insert into runs (team_id, id, project_id, version, connection_id, base_model, recipe, seed, status, mark, train_count,
			validation_count, tokens)
		select team_id, ${id}, project_id, ${version}, connection_id, base_model, recipe, 1, ${status}, ${id}, 0, 0, 1
		from runs where id = ${ids.runs!}`;
	return id;
};
/** An example in both teams. */
const newExample = async (number: number, split: 'train' | 'validation') => {
	const id = randomUUID();
	for (const { teamId } of [one, two])
		await owner`
			insert into examples (team_id, id, project_id, number, messages, content_hash, prompt_hash, tokens, origin, split)
			values (${teamId}, ${id}, ${ids.projects!}, ${number}, '[]', ${id}::text::bytea, ${id}::text::bytea, 1, 'written', ${split})`;
	return id;
};
const put = ({ teamId }: Team, run: string, kind: string, ...examples: string[]) =>
	owner`
		insert into run_examples (team_id, project_id, run_id, example_id, kind)
		select ${teamId}, ${ids.projects!}, ${run}, id, ${kind} from unnest(${examples}::uuid[]) id`;
const setRun = ({ teamId }: Team, run: string, change: string) =>
	owner.unsafe(`update runs set ${change} where team_id = '${teamId}' and id = '${run}'`);
/** What each of these is in a team: t where it was trained, r where it is reserved. */
const marks = async ({ teamId }: Team, ...examples: string[]) => {
	const rows = await owner`
		select id, case when trained then 't' else '' end || case when reserved then 'r' else '' end as mark
		from examples where team_id = ${teamId}`;
	return examples.map((id) => rows.find((row) => row.id === id)!.mark as string).join(' ');
};

test('the answer to an order settles what is in it, and waits for nobody who holds something else', async () => {
	const [run, another] = [await newRun(10, 'queued'), await newRun(11, 'queued')];
	const [inIt, inTheirs, inAnother, free] = [
		await newExample(100, 'train'),
		await newExample(101, 'train'),
		await newExample(102, 'train'),
		await newExample(103, 'train')
	];
	const measure = await newExample(104, 'validation');
	const all = [inIt, inTheirs, inAnother, free, measure];
	await put(one, run, 'train', inIt, inTheirs);
	// to order waits for nobody either
	await owner.begin(async (sql) => {
		await sql`select from examples where id = ${inAnother} or (team_id = ${one.teamId} and id = ${inIt}) for update`;
		await raw(inTwo(), async (tx) => {
			await tx`set local lock_timeout = '5s'`;
			await tx`
				insert into run_examples (project_id, run_id, example_id, kind)
				values (${ids.projects!}, ${run}, ${inIt}, 'train'), (${ids.projects!}, ${run}, ${measure}, 'validation')`;
		});
	});
	await put(two, another, 'train', inAnother);
	expect(await marks(two, ...all)).toBe('r  r  ');
	await owner.begin(async (sql) => {
		await sql`
			select from examples where (team_id = ${two.teamId} and id = any (${[inTheirs, inAnother, free, measure]}))
				or (team_id = ${one.teamId} and id = ${inIt}) for update`;
		await raw(inTwo(), async (tx) => {
			await tx`set local lock_timeout = '5s'`;
			await tx`update runs set status = 'training' where id = ${run}`;
		});
	});
	expect(await marks(two, ...all)).toBe('t  r  ');
	expect(await marks(one, ...all)).toBe('r r   ');
});

test('an example is reserved as long as another order of its team waits for its answer', async () => {
	const [first, second, third] = [await newRun(20, 'queued'), await newRun(21, 'queued'), await newRun(22, 'queued')];
	const [example, other] = [await newExample(110, 'train'), await newExample(111, 'train')];
	for (const team of [one, two]) for (const run of [first, second, third]) await put(team, run, 'train', example);
	const elsewhere = await newRun(23, 'queued');
	await put(two, elsewhere, 'train', other);
	// measured with in an order of old, as after a move out of train and into validation
	await owner`alter table run_examples disable trigger user`;
	await put(two, elsewhere, 'validation', example);
	await owner`alter table run_examples enable trigger user`;
	await setRun(two, second, `status = 'training'`);
	expect(await marks(two, example)).toBe('tr');
	await setRun(two, third, `status = 'cancelled'`);
	expect(await marks(two, example)).toBe('tr');
	await setRun(two, first, `status = 'failed'`);
	expect(await marks(two, example, other)).toBe('t r');
	expect(await marks(one, example)).toBe('r');
});

test('nothing is settled before the run itself is, in this team (settle_examples)', async () => {
	const [run, another] = [await newRun(26, 'queued'), await newRun(27, 'queued')];
	const example = await newExample(116, 'train');
	for (const team of [one, two]) await put(team, run, 'train', example);
	await setRun(one, run, `status = 'training'`);
	await setRun(two, another, `status = 'training'`);
	await owner`select settle_examples(${two.teamId}, ${run}, null)`;
	expect([await marks(one, example), await marks(two, example)]).toEqual(['t', 'r']);
});

test('what is settled in parts goes on behind the part before (settle_examples)', async () => {
	const run = await newRun(24, 'queued');
	const [first, second] = [await newExample(112, 'train'), await newExample(113, 'train')].toSorted();
	await put(two, run, 'train', first!, second!);
	await rewriteHistory(
		'runs',
		(sql) => sql`update runs set status = 'training', accepted = true where team_id = ${two.teamId} and id = ${run}`
	);
	const settle = (after: string | null) => raw(inTwo(), (sql) => sql`select settle_part(${run}, ${after}::uuid)`);
	await settle(first!);
	expect(await marks(two, first!, second!)).toBe('r t');
	await settle(null);
	expect(await marks(two, first!, second!)).toBe('t t');
});

test('who else has ordered an example is asked in its own team, and what is settled is not written again (settle_examples)', async () => {
	const [run, other] = [await newRun(28, 'queued'), await newRun(29, 'queued')];
	const example = await newExample(117, 'train');
	await put(one, run, 'train', example);
	await put(one, other, 'train', example);
	await put(two, run, 'train', example);
	for (const team of [one, two]) await setRun(team, run, `status = 'training'`);
	expect([await marks(one, example), await marks(two, example)]).toEqual(['tr', 't']);
	const places = () => owner`select ctid::text as place from examples where id = ${example} order by team_id`;
	const before = await places();
	for (const { teamId } of [one, two]) await owner`select settle_examples(${teamId}, ${run}, null)`;
	expect(await places()).toEqual(before);
});

test('an order of a thousand goes on being settled behind its first part, once it is answered, in its own team (settle_order, runs_settled)', async () => {
	const [run, beside] = [await newRun(60, 'queued'), await newRun(61, 'queued')];
	await owner`
		insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, origin, split)
		select ${two.teamId}, ${ids.projects!}, n, '[]', n::text::bytea, n::text::bytea, 1, 'written', 'train'
		from generate_series(3000, 3999) n`;
	await owner`
		insert into run_examples (team_id, project_id, run_id, example_id, kind)
		select team_id, project_id, ${run}, id, 'train' from examples where team_id = ${two.teamId} and number between 3000 and 3999`;
	const settling = async () =>
		(
			await owner`
				select id, team_id, settling from runs where id in (${run}, ${beside})
				order by team_id = ${two.teamId}, id = ${run}`
		).map((row) => row.settling as boolean);
	await setRun(two, run, `status = 'uploading'`);
	expect(await settling()).toEqual([false, false, false, false]);
	await setRun(two, run, `status = 'training'`);
	expect(await settling()).toEqual([false, false, false, true]);
	await setRun(two, run, 'settling = false');
	await setRun(two, run, 'steps_done = 7');
	expect(await settling()).toEqual([false, false, false, false]);
});

test('nothing is ordered while its files are being written, by whatever one sees the order (refuse_unprepared, runs_prepared)', async () => {
	const run = await newRun(62, 'uploading');
	await setRun(two, run, `preparing = '{}'`);
	for (const change of [`status = 'queued'`, 'submitted_at = now()', `job_id = 'job'`])
		await expect(setRun(two, run, change), change).rejects.toMatchObject({ code: 'AI004' });
	await setRun(two, run, `status = 'failed'`);
	await setRun(one, run, `status = 'queued', submitted_at = now(), job_id = 'job'`);
});

test('a run that has begun has accepted, by whatever one sees it; one that is over before that orders nothing', async () => {
	for (const [i, change] of [`status = 'training'`, 'started_at = now()', 'steps_done = 1'].entries()) {
		const [run, example] = [await newRun(30 + i, 'queued'), await newExample(120 + i, 'train')];
		await put(two, run, 'train', example);
		await setRun(two, run, 'accepted = true');
		expect(await marks(two, example), change).toBe('r');
		await setRun(two, run, change);
		expect(await marks(two, example), change).toBe('t');
	}
	// over in the second team, accepted in the first
	const [run, example] = [await newRun(40, 'queued'), await newExample(130, 'train')];
	await setRun(one, run, `status = 'training'`);
	await setRun(two, run, `status = 'failed'`);
	await put(two, run, 'train', example);
	expect(await marks(two, example)).toBe('');
});

test('a prompt may train in one team and measure in another', async () => {
	const [hash, there] = [randomUUID(), randomUUID()];
	const add = (team: Team, id: string, number: number, split: string | null) =>
		owner`
			insert into examples (team_id, id, project_id, number, messages, content_hash, prompt_hash, tokens, origin, split)
			values (${team.teamId}, ${id}, ${ids.projects!}, ${number}, '[]', ${id}::text::bytea, ${hash}::text::bytea, 1, 'written', ${split})`;
	await add(one, there, 80, 'validation');
	// and one that was deleted holds it in its own team
	await add(one, randomUUID(), 79, 'validation');
	await owner`update examples set deleted_at = now() where team_id = ${one.teamId} and number = 79`;
	await add(two, randomUUID(), 80, 'train');
	await add(two, there, 81, null);
	const moving = randomUUID();
	await add(two, moving, 82, null);
	for (const id of [there, moving])
		await owner`update examples set split = 'train' where team_id = ${two.teamId} and id = ${id}`;
	expect(await owner`select split from examples where id = ${there} order by split`).toEqual([
		{ split: 'train' },
		{ split: 'validation' }
	]);
});

/** What counters and standings say, by team (recount_examples). */
const counters = async (sql: postgres.ISql) => [
	...(await sql`
		select team_id, project_id, split, points, rewritten, trained, sum(count)::int as count, sum(tokens)::int as tokens,
			sum(ratings)::float as ratings
		from example_counts group by 1, 2, 3, 4, 5, 6 having sum(count) <> 0 order by 1, 2, 3, 4, 5, 6`),
	...(await sql`
		select team_id, project_id, person_id, score, sum(count)::int as count
		from own_counts group by 1, 2, 3, 4 having sum(count) <> 0 order by 1, 2, 3, 4`),
	...(await sql`
		select team_id, project_id, number, points, split, rating from example_standings order by 1, 2, 3, 4, 5, 6`)
];

/** The counters say what would be counted. */
const isCounted = async (what: string) => {
	const before = await counters(owner);
	await owner
		.begin(async (sql) => {
			await sql`select recount_examples()`;
			expect(await counters(sql), what).toEqual(before);
			throw trying;
		})
		.catch((problem) => {
			if (problem !== trying) throw problem;
		});
};

test('what is counted in one team is counted there, whatever one statement does to both', async () => {
	const examples = [randomUUID(), randomUUID()];
	const gone = randomUUID(); // from the start
	await owner`
		insert into examples (team_id, id, project_id, number, messages, content_hash, prompt_hash, tokens, origin, deleted_at, rating)
		select team, id, ${ids.projects!}, 199 + place, '[]', id::text::bytea, id::text::bytea,
			case when team = ${one.teamId} then 3 else 5 end, 'written', case when id = ${gone} then now() end, 4
		from unnest(${[one.teamId, two.teamId]}::uuid[]) team, unnest(${[...examples, gone]}::uuid[]) with ordinality as each(id, place)`;
	await isCounted('added');
	for (const [team, score] of [
		[one, 2],
		[two, 7]
	] as const)
		for (const example of examples)
			await owner`
				insert into ratings (team_id, project_id, example_id, person_id, score, text, client_id)
				values (${team.teamId}, ${ids.projects!}, ${example}, ${one.owner.id}, ${score}, '', ${randomUUID()})`;
	// given before others were seen, and afterwards, and taken back
	for (const [score, settled] of [
		[9, false],
		[4, true],
		[7, false],
		[2, false],
		[null, false]
	] as const)
		await owner`
			insert into ratings (team_id, project_id, example_id, person_id, score, settled, text, client_id)
			values (${two.teamId}, ${ids.projects!}, ${examples[0]!}, ${two.owner.id}, ${score}, ${settled}, '', ${randomUUID()})`;
	await isCounted('rated');
	const inBoth = (change: string) =>
		owner.unsafe(`update examples set ${change} where id = any ($1::uuid[])`, [examples]);
	await inBoth(`split = case when team_id = '${one.teamId}' then 'train' end`);
	await isCounted('moved');
	await inBoth(`deleted_at = case when team_id = '${one.teamId}' then now() end`);
	await isCounted('one deleted');
	await inBoth(`split = case when split is null then 'train' end`);
	await isCounted('moved, also where it is deleted');
	await owner`
		insert into ratings (team_id, project_id, example_id, person_id, score, text, client_id)
		values (${one.teamId}, ${ids.projects!}, ${examples[0]!}, ${two.owner.id}, 6, '', ${randomUUID()})`;
	await isCounted('rated where it is deleted');
	await inBoth('deleted_at = case when deleted_at is null then now() end');
	await isCounted('one comes as the other goes');
	await inBoth(`deleted_at = case when id = '${examples[0]}' then now() end`);
	await isCounted('of each team one');
	await inBoth('deleted_at = case when deleted_at is null then now() end');
	await isCounted('and the other');
	await inBoth('deleted_at = null');
	await isCounted('all are back');
	for (const change of ['now()', 'null']) {
		await owner.unsafe(
			`update examples set deleted_at = ${change} where team_id = '${one.teamId}' and id = '${examples[0]}'`
		);
		await isCounted(`one alone: ${change}`);
	}
	await owner`
		insert into rewrites (team_id, project_id, example_id, person_id, output, client_id)
		values (${one.teamId}, ${ids.projects!}, ${examples[0]!}, ${one.owner.id}, 'Better.', ${randomUUID()})`;
	await isCounted('rewritten: what was given for the text before counts no more');
	// and of two projects of one team
	const { project } = await newProject(one.scope, { slug: 'second' });
	const ofTwo = [randomUUID(), randomUUID()];
	await owner`
		insert into examples (team_id, id, project_id, number, messages, content_hash, prompt_hash, tokens, origin)
		select ${one.teamId}, each.id, each.project, 210, '[]', each.id::text::bytea, each.id::text::bytea, 7, 'written'
		from unnest(${ofTwo}::uuid[], ${[ids.projects!, project.id]}::uuid[]) as each(id, project)`;
	await isCounted('added to two projects');
	await owner`update examples set split = 'train' where team_id = ${one.teamId} and id = any (${ofTwo}::uuid[])`;
	await isCounted('moved in two projects');
});

test('what one statement says of examples of two teams counts in each', async () => {
	const [example, earlier] = [await newExample(220, 'train'), randomUUID()];
	const given = (rows: [Team, string, string, number][]) => owner`
		insert into ratings ${owner(
			rows.map(([{ teamId }, id, person, score]) => ({
				team_id: teamId,
				id,
				project_id: ids.projects!,
				example_id: example,
				person_id: person,
				score,
				client_id: randomUUID()
			}))
		)}`;
	const rated = async ({ teamId }: Team) =>
		(await owner`select rating, ratings_count as count from examples where team_id = ${teamId} and id = ${example}`)[0];
	await given([
		[one, earlier, one.owner.id, 4],
		[two, randomUUID(), one.owner.id, 8]
	]);
	expect([await rated(one), await rated(two)]).toEqual([
		{ rating: 4, count: 1 },
		{ rating: 8, count: 1 }
	]);
	// the id of an earlier rating of the first team is new in the second
	await given([
		[one, randomUUID(), two.owner.id, 6],
		[two, earlier, one.owner.id, 10]
	]);
	expect([await rated(one), await rated(two)]).toEqual([
		{ rating: 5, count: 2 },
		{ rating: 10, count: 1 }
	]);
	await isCounted('rated');
	// gone in one team, and rewritten there
	await owner`update examples set deleted_at = now() where team_id = ${two.teamId} and id = ${example}`;
	await owner`
		insert into rewrites (team_id, project_id, example_id, person_id, output, client_id)
		values (${two.teamId}, ${ids.projects!}, ${example}, ${one.owner.id}, 'Better.', ${randomUUID()})`;
	await isCounted('rewritten');
});

test('a project that goes takes the examples, counters, marks and signatures of its team along', async () => {
	const tables = ['examples', 'example_counts', 'own_counts', 'example_signatures', 'run_prompts', 'example_standings'];
	const rows = (sql: postgres.ISql) => sql`
		select team_id, project_id, count(*)::int as n from (
			${sql.unsafe([...tables, 'example_marks'].map((table) => `select team_id, project_id from ${table}`).join(' union all '))}
		) all_of where team_id in ${sql([one.teamId, two.teamId])} group by 1, 2 order by 1, 2`;
	const { project: beside } = await newProject(two.scope, { slug: 'beside' });
	await owner
		.begin(async (sql) => {
			await sql`
				insert into example_signatures (team_id, project_id, block, bits) values (${two.teamId}, ${ids.projects!}, 9, '')`;
			for (const [{ teamId }, project] of [
				[one, ids.projects!],
				[two, ids.projects!],
				[two, beside.id]
			] as const)
				await sql`
					insert into example_marks (team_id, project_id, number, marks) values (${teamId}, ${project}, 901, '{order}')`;
			const before = await rows(sql);
			expect(before.map(({ project_id }) => project_id)).toContain(beside.id);
			await sql`delete from projects where team_id = ${two.teamId} and id = ${ids.projects!}`;
			expect(await rows(sql)).toEqual(
				before.filter(({ team_id, project_id }) => team_id === one.teamId || project_id !== ids.projects)
			);
			throw trying;
		})
		.catch((problem) => expect(problem).toBe(trying));
});

test('what is searched in one team is found there, by its own numbers and signatures', async () => {
	await owner`update projects set next_example = 1000 where team_id = ${two.teamId} and id = ${ids.projects!}`;
	const add = (team: Team, id: string, number: number, text: string) =>
		owner`
			insert into examples (team_id, id, project_id, number, messages, content_hash, prompt_hash, tokens, origin)
			values (${team.teamId}, ${id}, ${ids.projects!}, ${number}, ${owner.json([{ role: 'user', content: text }])}, ${id}::text::bytea,
				${id}::text::bytea, 1, 'written')`;
	const [shared, far, theirs] = [randomUUID(), randomUUID(), randomUUID()];
	await add(one, shared, 5, 'A theirs');
	await add(one, theirs, 6, 'A zebra');
	await add(two, shared, 5, 'A zebra');
	await add(two, far, 900, 'A zebra');
	const rewrite = (team: Team, example: string, output: string) =>
		owner`
			insert into rewrites (team_id, project_id, example_id, person_id, output, client_id)
			values (${team.teamId}, ${ids.projects!}, ${example}, ${one.owner.id}, ${output}, ${randomUUID()})`;
	const find = async (word: string, { number = null as number | null, most = 50, marks = [] as number[] } = {}) =>
		(
			await raw(
				inTwo(),
				(sql) => sql`
					select search_examples(${ids.projects!}, ${`%${word}%`}, ${`%${word}%`}, ${number}, ${marks}, null, null, null, null, ${most}) as number`
			)
		).map((row) => row.number as number);
	// what has a signature in the first team only is read once
	await owner`
		insert into example_signatures (team_id, project_id, block, bits)
		values (${one.teamId}, ${ids.projects!}, ${Math.floor(900 / 32)}, decode(repeat('ff', 1792), 'hex'))`;
	expect(await find('zebra', { most: 2 })).toEqual([900, 5]);
	expect(await find('theirs')).toEqual([]);
	expect(await find('nothing', { number: 6 })).toEqual([]);
	await rewrite(one, theirs, 'A colander');
	await rewrite(one, shared, 'A colander');
	await rewrite(two, far, 'A sieve');
	for (const most of [1, 50]) expect(await find('colander', { most })).toEqual([]);
	expect(await find('sieve')).toEqual([900]);
	// it was the text of the example that has this id in the first team, where it still is
	for (const output of ['A colander', 'A pan']) await rewrite(two, shared, output);
	expect(await find('colander')).toEqual([]);
	// and by the marks that its own signatures have: what has none of those that are asked for is not read
	await owner`
		insert into example_signatures (team_id, project_id, block, bits)
		values (${two.teamId}, ${ids.projects!}, ${Math.floor(900 / 32)}, decode(repeat('00', 1792), 'hex'))`;
	expect(await find('zebra')).toEqual([900]);
	expect(await find('zebra', { marks: [7] })).toEqual([]);
});

test('a preference that was taken back, measures or was sent in one team is none of that in another', async () => {
	const [taken, measured, sent] = [randomUUID(), randomUUID(), randomUUID()];
	for (const { teamId } of [one, two])
		for (const pair of [taken, measured, sent])
			await owner`
				insert into playground_pairs (team_id, id, project_id, prompt, prompt_hash, chosen, rejected, chosen_by, rejected_by, person_id,
					client_id, withdrawn_at)
				values (${teamId}, ${pair}, ${ids.projects!}, '[]', ${pair}::text::bytea, 'x', 'y', 'v1', 'base', ${one.owner.id},
					${randomUUID()}, ${pair === taken && teamId === one.teamId ? new Date().toISOString() : null})`;
	const measure = (team: Team, prompt: string, number: number) => {
		const id = randomUUID();
		return owner`
			insert into examples (team_id, id, project_id, number, messages, content_hash, prompt_hash, tokens, origin, split)
			values (${team.teamId}, ${id}, ${ids.projects!}, ${number}, '[]', ${id}::text::bytea, ${prompt}::text::bytea, 1, 'written',
				'validation')`;
	};
	await measure(one, measured, 300);
	for (const pair of [taken, measured, sent])
		await raw(
			inTwo(),
			(sql) => sql`insert into run_pairs (project_id, run_id, pair_id) values (${ids.projects!}, ${ids.runs!}, ${pair})`
		);
	const ordered =
		await owner`select distinct team_id from playground_pairs where ordered and id in (${taken}, ${measured}, ${sent})`;
	expect(ordered).toEqual([{ team_id: two.teamId }]);
	// it may measure where it was not sent, by being added or moved
	await measure(one, sent, 301);
	await expect(measure(two, sent, 301)).rejects.toMatchObject({ code: 'AI009' });
	const moving = randomUUID();
	for (const { teamId } of [one, two])
		await owner`
			insert into examples (team_id, id, project_id, number, messages, content_hash, prompt_hash, tokens, origin)
			values (${teamId}, ${moving}, ${ids.projects!}, 302, '[]', ${moving}::text::bytea, ${sent}::text::bytea, 1, 'written')`;
	const move = ({ teamId }: Team) =>
		owner`update examples set split = 'validation' where team_id = ${teamId} and id = ${moving}`;
	await move(one);
	await expect(move(two)).rejects.toMatchObject({ code: 'AI009' });
});

test('of two that nearly ask the same one may train in one team and the other measure in another', async () => {
	const [family, measuring, training] = [randomUUID(), randomUUID(), randomUUID()];
	const add = (team: Team, id: string, number: number, split: string | null) =>
		owner`
			insert into examples (team_id, id, project_id, number, messages, content_hash, prompt_hash, tokens, origin, split, family)
			values (${team.teamId}, ${id}, ${ids.projects!}, ${number}, '[]', ${id}::text::bytea, ${id}::text::bytea, 1, 'written', ${split},
				${family}::text::bytea)`;
	await add(one, measuring, 400, 'validation');
	await add(two, training, 401, null);
	await owner`update examples set split = 'train' where team_id = ${two.teamId} and id = ${training}`;
	await add(one, training, 401, null);
	await expect(
		owner`update examples set split = 'train' where team_id = ${one.teamId} and id = ${training}`
	).rejects.toMatchObject({ code: 'AI008' });
});

test('a reveal in one team ends no vote in another', async () => {
	await owner`update evaluations set revealed_at = now() where team_id = ${one.teamId} and id = ${ids.evaluations!}`;
	const ballotOf = (person: string) =>
		raw(
			scopeFor({ teamId: two.teamId, userId: person, role: 'owner', projectIds: 'all' }),
			(sql) => sql`
				insert into ballots (project_id, evaluation_id, pairing_id, person_id, position, swapped)
				values (${ids.projects!}, ${ids.evaluations!}, ${ids.pairings!}, ${person}, 1, false)`
		);
	await ballotOf(one.owner.id);
	const vote = (choice: string) =>
		raw(
			inTwo(),
			(sql) => sql`
				insert into votes (project_id, evaluation_id, pairing_id, person_id, ballot_id, choice, client_id)
				select project_id, evaluation_id, pairing_id, person_id, id, ${choice}, gen_random_uuid() from ballots`
		);
	await vote('first');
	// pairs get choices, and answers of a scoring get scores; either may be passed over (votes_mark, refuse_other_marks)
	const become = (kind: string) =>
		rewriteHistory(
			'evaluations',
			(sql) => sql`
				update evaluations set kind = ${kind}, sendable_from = ${kind === 'scoring' ? 8 : null}
				where team_id = ${two.teamId} and id = ${ids.evaluations!}`
		);
	await expect(vote('7')).rejects.toMatchObject({ code: 'AI046' });
	await become('scoring');
	await expect(vote('first')).rejects.toMatchObject({ code: 'AI046' });
	for (const choice of ['7', 'skip']) await vote(choice);
	await become('comparison');
	await owner`update evaluations set revealed_at = now() where team_id = ${two.teamId} and id = ${ids.evaluations!}`;
	await expect(ballotOf(two.owner.id)).rejects.toMatchObject({ code: 'AI030' });
});

test('an entry of the audit log has its place in the chain of its team, and no other', async () => {
	const entry = randomUUID();
	for (const { teamId } of [one, two])
		await owner`insert into audit_entries (team_id, id, action, subject, details) values (${teamId}, ${entry}, 'x', ${teamId}, '{}')`;
	const chain = async ({ teamId }: Team) => {
		await owner`select chain_audit(${teamId})`;
		const links = await owner`select place::int as place from audit_links where team_id = ${teamId} order by place`;
		expect(links.map(({ place }) => place)).toEqual(links.map((_, i) => i + 1));
	};
	const placed = () =>
		owner`select team_id from audit_links where entry_id = ${entry} and place is not null order by team_id = ${two.teamId}`;
	await chain(one);
	expect(await placed()).toEqual([{ team_id: one.teamId }]);
	await chain(two);
	expect(await placed()).toEqual([{ team_id: one.teamId }, { team_id: two.teamId }]);
});

test('webhooks hear of a project of their team, whatever became of one elsewhere that has its id (make_deliveries)', async () => {
	const project = randomUUID();
	for (const { teamId } of [one, two])
		await owner`
			insert into projects (team_id, id, slug, name, base_model, recipe, deleted_at)
			values (${teamId}, ${project}, 'heard', 'Heard', 'm', '{}', ${teamId === one.teamId ? new Date().toISOString() : null})`;
	const made = ({ teamId }: Team) =>
		owner
			.begin(async (sql) => {
				await sql`select set_config('app.team_id', ${teamId}, true)`;
				await sql`
					insert into webhook_endpoints (team_id, name, url, events, sealed_secret)
					values (${teamId}, 'One', 'https://example.com', '{run.failed}', '{}')`;
				const before = (await sql`select from webhook_deliveries where team_id = ${teamId}`).length;
				await sql`select make_deliveries('run.failed', ${project}, '{}')`;
				const after = (await sql`select from webhook_deliveries where team_id = ${teamId}`).length;
				throw Object.assign(trying, { made: after - before });
			})
			.catch((problem) => {
				expect(problem).toBe(trying);
				return (problem as { made: number }).made;
			});
	expect([(await made(one)) > 0, (await made(two)) > 0]).toEqual([false, true]);
});

test('an owner elsewhere is no owner here, and whoever leaves is still a member there', async () => {
	await expect(raw(two.scope, (sql) => sql`delete from members where role = 'owner'`)).rejects.toMatchObject({
		code: 'AI005'
	});
	const rows = await raw(inTwo(), (sql) => sql`select leave_team() as gone`);
	expect(rows).toEqual([{ gone: true }]);
	expect(await owner`select team_id from members where person_id = ${one.owner.id}`).toEqual([{ team_id: one.teamId }]);
});

test('a project is at the address of its own team, and while it stands (assert_place)', async () => {
	const slugs = await owner`select id, slug from teams where id in ${owner([one.teamId, two.teamId])}`;
	const slug = (team: Team) => slugs.find(({ id }) => id === team.teamId)!.slug as string;
	const [project] = await owner`select slug from projects where team_id = ${one.teamId} and id = ${ids.projects!}`;
	const { project: own } = await newProject(two.scope, { slug: 'own' });
	const stands = (team: Team, at: string, id = ids.projects!, name = project!.slug as string) =>
		owner`select assert_place(${team.teamId}, ${at}, ${id}, ${name})`.then(
			() => true,
			({ code }) => (code === 'AI020' ? false : code)
		);
	expect([await stands(one, slug(one)), await stands(two, slug(two))]).toEqual([true, true]);
	expect([await stands(one, slug(two)), await stands(one, 'nowhere')]).toEqual([false, false]);
	expect(await stands(two, slug(two), own.id, 'own')).toBe(true);
	expect(await stands(one, slug(two), own.id, 'own')).toBe(false);
	expect(await stands(two, slug(two), own.id)).toBe(false);
	await owner`update projects set deleted_at = now() where team_id = ${two.teamId} and id = ${own.id}`;
	expect(await stands(two, slug(two), own.id, 'own')).toBe(false);
});

test('rights and place are those of the person, session, team and project that are named (assert_authority_at)', async () => {
	const slugs = await owner`select id, slug from teams where id in ${owner([one.teamId, two.teamId])}`;
	const slug = (team: Team) => slugs.find(({ id }) => id === team.teamId)!.slug as string;
	const { project } = await newProject(one.scope, { slug: 'entered' });
	await newProject(one.scope, { slug: 'beside' });
	const handleOf = async (person: string) => {
		const hash = sha256(await newSession(owner, person));
		return (await owner`select handle from sessions where id_hash = ${hash}`)[0]!.handle as string;
	};
	const visitor = await newPerson('Vera');
	const [session, theirs] = [await handleOf(one.owner.id), await handleOf(visitor.id)];
	const right = {
		...{ team: one.teamId, person: one.owner.id, session, role: 'owner', projects: 'all' },
		...{ at: slug(one), project: project.id, name: 'entered' }
	};
	const holds = (given: Partial<typeof right> = {}, sql: postgres.ISql = owner) => {
		const is = { ...right, ...given };
		return sql`
			select assert_authority_at(${is.team}, ${is.person}, ${is.session}, ${is.role}, ${is.projects}, ${is.at}, ${is.project}, ${is.name})`.then(
			() => true,
			({ code }) => (code === 'AI020' ? false : code)
		);
	};
	expect(await holds()).toBe(true);
	const wrong: Partial<typeof right>[] = [
		// nobody of this team, though of the other, or of none
		{ person: two.owner.id, session: await handleOf(two.owner.id) },
		{ person: visitor.id, session: theirs },
		{ session: randomUUID() },
		{ session: theirs },
		{ role: 'trainer' },
		{ projects: project.id },
		{ at: slug(two) },
		{ at: 'nowhere' },
		{ project: randomUUID() },
		{ name: 'beside' }
	];
	for (const given of wrong) expect(await holds(given), JSON.stringify(given)).toBe(false);

	/** What is so for a moment only, and whether the rights hold then. */
	const during = async (
		change: (sql: postgres.TransactionSql) => Promise<unknown>,
		given: Partial<typeof right> = {}
	) =>
		owner
			.begin(async (sql) => {
				await change(sql);
				throw Object.assign(new Error('only trying'), {
					held: await sql.savepoint((tx) => holds(given, tx)).catch(() => false)
				});
			})
			.catch((problem) => problem.held as boolean);
	expect(await during((sql) => sql`select`)).toBe(true);
	expect(
		await during((sql) => sql`update sessions set expires_at = now() - interval '1 minute' where handle = ${session}`)
	).toBe(false);
	expect(await during((sql) => sql`update projects set deleted_at = now() where id = ${project.id}`)).toBe(false);
	expect(await during((sql) => sql`update teams set deleted_at = now() where id = ${one.teamId}`)).toBe(false);
	// the other team has a project of this id and name
	const elsewhere = await owner`
		select slug from projects where team_id = ${one.teamId} and id = ${ids.projects!}`;
	const there = { project: ids.projects!, name: elsewhere[0]!.slug as string };
	expect(await during((sql) => sql`select`, there)).toBe(true);
	expect(
		await during(
			(sql) => sql`update projects set deleted_at = now() where team_id = ${one.teamId} and id = ${ids.projects!}`,
			there
		)
	).toBe(false);

	// whoever is removed meanwhile is removed afterwards
	const other = postgres(process.env.DATABASE_URL!, { max: 1 });
	await owner.begin(async (sql) => {
		expect(await holds({}, sql)).toBe(true);
		await expect(
			other.begin(async (tx) => {
				await tx`set local lock_timeout = '100ms'`;
				await tx`update members set role = 'trainer' where team_id = ${one.teamId} and person_id = ${one.owner.id}`;
			})
		).rejects.toMatchObject({ code: '55P03' });
	});
	await other.end();
});

test('an example moves in the lists of its own project, alone or with others (follow_examples)', async () => {
	const { project: beside } = await newProject(two.scope, { slug: 'moving' });
	const projectIds = [ids.projects!, beside.id];
	await owner`
		insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, origin)
		select ${two.teamId}, project, n, '[]', n::text::bytea, n::text::bytea, 1, 'written'
		from unnest(${projectIds}::uuid[]) project, generate_series(4001, 4002) n`;
	const there = async (project: string) =>
		(
			await owner`
				select split, number, points from example_standings
				where team_id = ${two.teamId} and project_id = ${project} and number in (4001, 4002) order by number`
		).map(({ split, number, points }) => `${number} ${split} ${points || ''}`.trim());
	const move = (numbers: number[]) =>
		owner`
			update examples set split = 'train'
			where team_id = ${two.teamId} and project_id = ${beside.id} and number in ${owner(numbers)} and split is null`;
	const rate = (rating: number | null) =>
		owner`update examples set rating = ${rating} where team_id = ${two.teamId} and project_id = ${beside.id} and number = 4001`;
	await rate(7);
	expect(await Promise.all(projectIds.map(there))).toEqual([
		['4001', '4002'],
		['4001  7', '4002']
	]);
	await rate(null);
	await move([4001]);
	expect(await Promise.all(projectIds.map(there))).toEqual([
		['4001', '4002'],
		['4001 train', '4002']
	]);
	await owner`update examples set split = null where team_id = ${two.teamId} and project_id = ${beside.id} and number = 4001`;
	await move([4001, 4002]);
	expect(await Promise.all(projectIds.map(there))).toEqual([
		['4001', '4002'],
		['4001 train', '4002 train']
	]);
});

test('ratings and rewrites of several at once wait for nobody who changes another example (derive_ratings, derive_rewrites)', async () => {
	const holder = postgres(process.env.DATABASE_URL!, { max: 1 });
	const held = async (deed: (sql: postgres.ReservedSql) => Promise<unknown>) =>
		holder.begin(async (sql) => {
			await sql`select from examples where team_id = ${one.teamId} and id = ${ids.examples!} for update`;
			return raw(inTwo(), async (own) => {
				await own`set local lock_timeout = '1s'`;
				await deed(own);
				return 'done';
			});
		});
	const said = () => ({
		project_id: ids.projects!,
		example_id: ids.examples!,
		person_id: one.owner.id,
		client_id: randomUUID()
	});
	expect(await held((sql) => sql`insert into ratings ${sql([{ ...said(), score: 3 }, { ...said(), score: 4 }])}`)).toBe('done'); // prettier-ignore
	expect(await held((sql) => sql`insert into rewrites ${sql([{ ...said(), output: 'One.' }, { ...said(), output: null }])}`)).toBe('done'); // prettier-ignore
	await holder.end();
});
