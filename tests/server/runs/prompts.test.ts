// What a training file asks is written down line by line: whether a run has learnt a prompt is looked up, whatever its size, and says what its bytes say.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Message } from '../../../src/lib/core/examples/example.ts';
import { presets } from '../../../src/lib/core/runs/recipe.ts';
import { type Scope, type Tx, inProject } from '../../../src/lib/server/access/scope.ts';
import { trainedAmong } from '../../../src/lib/server/evaluations/leaks.ts';
import { keepPair } from '../../../src/lib/server/playground/commands.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { cancelRun, startRun } from '../../../src/lib/server/runs/commands.ts';
import { writingFile } from '../../../src/lib/server/runs/files.ts';
import { requeueOpenRuns } from '../../../src/lib/server/runs/jobs.ts';
import { prepareRun } from '../../../src/lib/server/runs/prepare.ts';
import { hashRun } from '../../../src/lib/server/runs/prompts.ts';
import { hashOfLine, promptsIn, textsOf } from '../../../src/lib/server/runs/rows.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { newContest } from '../../support/data/evaluation.ts';
import { newTeam } from '../../support/data/team.ts';
import { addRows, newRun, newWorkshop, runRow } from '../../support/data/training.ts';
import { owner } from '../../support/database/owner.ts';
import { raw, rewriteHistory } from '../../support/database/raw.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
	sandbox = await startSandbox({ port: 0, speed: 40 });
});
afterAll(async () => {
	await closePools();
	await sandbox.stop();
});

const never = () => new AbortController().signal;
const ask = (scope: Scope, runId: string, names: Iterable<string>) =>
	scope.tx((tx) => trainedAmong(tx, runId, new Set(names)));
const inFile = (scope: Scope, runId: string) =>
	scope.tx(async (tx) =>
		(await Array.fromAsync(textsOf((work) => work(tx), runId, 'train'))).flatMap(promptsIn).toSorted()
	);
const written = async (runId: string) =>
	(await owner`select encode(prompt_hash, 'hex') as hash from run_prompts where run_id = ${runId} order by 1`).map(
		({ hash }) => hash as string
	);
/** As an older version has left it. */
const forgetHashes = async (runId: string) => {
	await owner`delete from run_prompts where run_id = ${runId}`;
	await rewriteHistory('runs', (sql) => sql`update runs set hashed = false where id = ${runId}`);
};
const jobsOf = async (runId: string) =>
	(await owner`select name from pgboss.job where singleton_key = ${runId}`).map(({ name }) => name as string);
const workersEnd = (runId: string) => owner`delete from pgboss.job where singleton_key = ${runId}`;

const call = { id: 'c1', type: 'function' as const, function: { name: 'look_up', arguments: '{"a":\n1}' } };
const turns = (...said: [Message['role'], string, Partial<Message>?][]): Message[] =>
	said.map(([role, content, more]) => ({ role, content, ...more }) as Message);
/** Whatever makes a line another text than its example. */
const strange: { question: string; messages?: Message[]; rewrite?: string; source?: string }[] = [
	{ question: 'Ünïcode  ﬁ \u0000 J̌ İstanbul ΣΑΣ?', rewrite: 'Better.' },
	{ question: '  A\tquestion\nwith   spaces ' },
	{ question: '1', messages: turns(['system', 'Be short.'], ['user', 'Mine?'], ['assistant', 'Yours.']) },
	{
		question: '2',
		messages: turns(
			['user', 'Think.'],
			['assistant', 'Thought.', { reasoning: 'hm', weight: 0 }],
			['user', 'Again.'],
			['assistant', 'Done.', { reasoning_content: 'hm hm' }]
		)
	},
	{
		question: '3',
		source: '{"tools":[{"type":"function","function":{"name":"look_up"}}]}',
		messages: turns(
			['user', 'Look it up.'],
			['assistant', '', { tool_calls: [call] }],
			['tool', 'found', { tool_call_id: 'c1' }],
			['assistant', 'There.']
		)
	},
	{ question: '4', messages: turns(['user', 'Mine?'], ['assistant', 'The same, answered otherwise.']) }
];

/** A run on these, and everything that somebody might ask of it. */
const newLearnt = async (method: 'sft' | 'dpo') => {
	const workshop = await newWorkshop(sandbox.url);
	const { scope, slug, project } = workshop;
	const better = (i: number) => ({ rewrite: `Better ${i}.` });
	const more = Array.from({ length: 12 }, (_, i) => ({ question: `How long does parcel ${i} take?`, ...better(i) }));
	await addRows(scope, project.id, [...strange, ...more], 100);
	const here = await inProject(scope, slug);
	const models = { chosenBy: 'v3', rejectedBy: 'sandbox-small', chosen: 'Yes.', rejected: 'No.' };
	await keepPair(here, { clientId: randomUUID(), prompt: [{ role: 'user', content: 'To  Mars?' }], ...models });
	// a family with one of them, and with one that is in no run
	await rewriteHistory('examples', async (sql) => {
		await sql`update examples set family = '\\xfa' where project_id = ${project.id} and number in (1, 100)`;
		await sql`update examples set family = '\\xfb' where project_id = ${project.id} and split = 'validation'`;
	});
	const run = await startRun(here, method === 'sft' ? newRun() : { clientId: randomUUID(), method, ...presets.dpo.balanced }); // prettier-ignore
	const hashes = await owner`
		select encode(prompt_hash, 'hex') as hash from examples where project_id = ${project.id}
		union all select encode(prompt_hash, 'hex') from playground_pairs where project_id = ${project.id}`;
	const names = new Set([...hashes.map(({ hash }) => hash as string), 'fa', 'fb', '00']);
	return { ...workshop, here, run, names };
};

test.for(['sft', 'dpo'] as const)('the answer is the one that its file gives, %s', async (method) => {
	const { scope, run, names } = await newLearnt(method);
	expect((await runRow(scope, run.id)).hashed).toBe(true);
	const lines = await inFile(scope, run.id);
	expect(await written(run.id)).toEqual([...new Set(lines)]);
	const found = await ask(scope, run.id, names);
	expect(found).toEqual(new Set([...lines, 'fa']));
	// two ask the same and are answered otherwise; of a training with preferences only what was rewritten has a pair
	expect([lines.length, found.size - 1]).toEqual(method === 'sft' ? [38, 37] : [14, 14]);
	await forgetHashes(run.id);
	expect(await ask(scope, run.id, names)).toEqual(found);
});

test('none of a file, and no example that has none of the names, is read for it', async () => {
	const { scope, run, names, here } = await newLearnt('sft');
	const few = [...names].slice(0, 5);
	const reads = async (tx: Tx) => {
		const [row] = await tx.$client`
			select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) as rows from pg_stat_xact_user_tables
			where relname in ('examples', 'run_examples', 'run_prompts', 'run_files', 'run_file_parts')`;
		return Number(row!.rows);
	};
	// a connection keeps a plan from the sixth time on
	for (let time = 0; time < 8; time++) {
		const read = await here.tx(async (tx) => {
			const before = await reads(tx);
			await trainedAmong(tx, run.id, new Set(few));
			return (await reads(tx)) - before;
		});
		expect(read).toBeLessThanOrEqual(2 * few.length);
	}
	await forgetHashes(run.id);
	await scope.tx(async (tx) => {
		const before = await reads(tx);
		await trainedAmong(tx, run.id, new Set(few));
		expect((await reads(tx)) - before).toBeGreaterThan(38); // as it was before
	});
});

test('nobody of another team, and no rater, learns what was sent; a trainer of another project reaches nothing', async () => {
	const { scope, run, names, as, project } = await newLearnt('sft');
	const rows = (who: Scope) => raw(who, (sql) => sql`select from run_prompts where run_id = ${run.id}`);
	const list = `{${[...names].map((name) => `"\\\\x${name}"`).join(',')}}`;
	const lookUp = (who: Scope, of = run.id) =>
		raw(who, (sql) => sql`select from learnt_by(${project.id}, ${of}, ${list}::bytea[])`);
	expect((await rows(scope)).length).toBe(37);
	expect((await lookUp(scope)).length).toBe(38);
	expect((await lookUp(scope, randomUUID())).length).toBe(0);
	const strangers = [(await newTeam()).scope, await as('trainer', [randomUUID()]), await as('rater')];
	for (const who of strangers) expect(await rows(who)).toHaveLength(0);
	for (const who of strangers.slice(0, 2)) expect(await lookUp(who)).toHaveLength(0);
	const elsewhere = (await newTeam()).scope;
	await expect(ask(elsewhere, run.id, names)).rejects.toMatchObject({ code: 'not_found' });
	const add = (who: Scope) =>
		raw(who, (sql) => sql`insert into run_prompts (project_id, run_id, prompt_hash) values (${project.id}, ${run.id}, 'x')`); // prettier-ignore
	await expect(add(strangers[0]!)).rejects.toMatchObject({ code: '23503' });
	for (const who of strangers.slice(1)) await expect(add(who)).rejects.toMatchObject({ code: '42501' });
});

/** A project that counts as large, and its run, of which no part is prepared yet. */
const newLarge = async (train: number) => {
	const workshop = await newWorkshop(sandbox.url, { train, validation: 12 });
	await owner`update projects set next_example = 5000 where id = ${workshop.project.id}`;
	const here = await inProject(workshop.scope, workshop.slug);
	return { ...workshop, here, run: await startRun(here, newRun()) };
};
/** The worker, killed before its so manyth transaction. */
const killedBefore = (scope: Scope, transaction: number): Scope => {
	let left = transaction;
	return { ...scope, tx: (work) => (--left > 0 ? scope.tx(work) : Promise.reject(new Error('killed'))) };
};

test('killed between any two parts of a preparation, each prompt is there, once', async () => {
	const { scope, run } = await newLarge(1_200);
	const reached: number[] = [];
	for (const before of [2, 3, 3, 3]) {
		await expect(prepareRun(killedBefore(scope, before), run.id, never())).rejects.toThrow('killed');
		const [{ body }] = (await owner`
			select coalesce(string_agg(body, ''), '') as body from run_file_parts where run_id = ${run.id} and kind = 'train'`) as unknown as [{ body: string }]; // prettier-ignore
		expect(await written(run.id)).toEqual(promptsIn(body).toSorted());
		reached.push((await written(run.id)).length);
		expect((await runRow(scope, run.id)).hashed).toBe(false);
	}
	expect(reached).toEqual([0, 500, 1_000, 1_200]);
	await Promise.all([prepareRun(scope, run.id, never()), prepareRun(scope, run.id, never())]);
	expect(await written(run.id)).toEqual(await inFile(scope, run.id));
	expect((await runRow(scope, run.id)).hashed).toBe(true);
});

test('called off in the middle, it says so of what there is', async () => {
	const { scope, here, run } = await newLarge(1_200);
	await expect(prepareRun(killedBefore(scope, 3), run.id, never())).rejects.toThrow('killed');
	await cancelRun(here, { runId: run.id });
	await prepareRun(scope, run.id, never());
	expect((await runRow(scope, run.id)).hashed).toBe(true);
	expect(await written(run.id)).toEqual(await inFile(scope, run.id));
	expect((await written(run.id)).length).toBe(500);
});

test('where an older version has made some of the parts, they are written down later', async () => {
	const { scope, run } = await newLarge(600);
	await expect(prepareRun(killedBefore(scope, 3), run.id, never())).rejects.toThrow('killed');
	await owner`delete from run_prompts where run_id = ${run.id}`;
	await owner`update runs set preparing = (preparing::jsonb - 'hashed')::json where id = ${run.id}`;
	await prepareRun(scope, run.id, never());
	expect((await runRow(scope, run.id)).hashed).toBe(false);
	const lines = await inFile(scope, run.id);
	expect(await ask(scope, run.id, lines)).toEqual(new Set(lines));
	await hashRun(scope, run.id, never());
	expect(await written(run.id)).toEqual(lines);
});

test('a run of an older version is asked by its file until the janitor has written it down, killed where it may be', async () => {
	const { scope, run, names, teamId } = await newLearnt('dpo');
	// as it could be: a file that says something else than its example does now
	const line = '{"messages":[{"role":"user","content":"What was it?"},{"role":"assistant","content":"That."}]}';
	await rewriteHistory(
		'run_files',
		(sql) => sql`update run_files set body = body || ${`${line}\n`} where run_id = ${run.id} and kind = 'train'`
	);
	await forgetHashes(run.id);
	const asked = new Set([...names, hashOfLine(line)]);
	const known = await ask(scope, run.id, asked);
	expect(known.has(hashOfLine(line))).toBe(true);

	expect(await owner`select teams_with_open_work() as id`).toContainEqual({ id: teamId });
	await workersEnd(run.id);
	await requeueOpenRuns(scope);
	expect(await jobsOf(run.id)).toContain('run.hash');
	for (const before of [1, 2, 3, 4]) {
		await expect(hashRun(killedBefore(scope, before), run.id, never())).rejects.toThrow('killed');
		expect((await runRow(scope, run.id)).hashed).toBe(false);
		expect(await ask(scope, run.id, asked)).toEqual(known);
	}
	await Promise.all([hashRun(scope, run.id, never()), hashRun(scope, run.id, never())]);
	expect((await runRow(scope, run.id)).hashed).toBe(true);
	expect(await ask(scope, run.id, asked)).toEqual(known);
	// and when its bytes are gone it is still known
	await rewriteHistory(
		'run_files',
		(sql) => sql`update run_files set body = null, parts = 0, removed_at = now() where run_id = ${run.id}`
	);
	expect(await ask(scope, run.id, asked)).toEqual(known);
	await workersEnd(run.id);
	await requeueOpenRuns(scope);
	expect(await jobsOf(run.id)).not.toContain('run.hash');
});

test('a line that can not be read is said once, and asked no more', async () => {
	const { scope, run, names, teamId } = await newLearnt('sft');
	const known = await ask(scope, run.id, names);
	await rewriteHistory(
		'run_files',
		(sql) =>
			sql`update run_files set body = body || ${'{"messages":[{"role":\n{"other":1}\n'} where run_id = ${run.id} and kind = 'train'`
	);
	await forgetHashes(run.id);
	expect(await ask(scope, run.id, names)).toEqual(known);
	await Promise.all([hashRun(scope, run.id, never()), hashRun(scope, run.id, never())]);
	await hashRun(scope, run.id, never());
	expect(await ask(scope, run.id, names)).toEqual(known);
	const said =
		await owner`select level, message from run_events where run_id = ${run.id} and kind = 'aitelier.unreadable'`;
	expect(said).toMatchObject([{ level: 'warning', message: expect.stringMatching(/^2 lines of the training file/) }]);
	await workersEnd(run.id);
	expect(await owner`select id from runs where team_id = ${teamId} and not hashed`).toHaveLength(0);
	await requeueOpenRuns(scope);
	expect(await jobsOf(run.id)).not.toContain('run.hash');
});

test('of a file that is gone what its examples asked is written down', async () => {
	const { scope, run, names } = await newLearnt('dpo');
	const known = await ask(scope, run.id, names);
	await forgetHashes(run.id);
	await rewriteHistory(
		'run_files',
		(sql) => sql`update run_files set body = null, parts = 0, removed_at = now() where run_id = ${run.id}`
	);
	await hashRun(scope, run.id, never());
	expect(await ask(scope, run.id, names)).toEqual(known);
});

test('more lines than a call has room for arguments', async () => {
	const { scope, run, project } = await newContest(1);
	const lineOf = (i: number) => `{"messages":[{"role":"user","content":"${i}"},{"role":"assistant","content":"a"}]}`;
	const lines = Array.from({ length: 130_000 }, (_, i) => lineOf(i));
	await scope.tx(async (tx) => {
		const file = writingFile(tx, { projectId: project.id, runId: run.id, kind: 'train' });
		for (const line of lines) await file.add(line);
		await file.end();
	});
	const hashes = lines.map(hashOfLine);
	const others = [130_000, 130_001].map((i) => hashOfLine(lineOf(i)));
	expect(await owner`select count(*)::int as n from run_prompts where run_id = ${run.id}`).toEqual([{ n: 130_000 }]);
	await rewriteHistory('runs', (sql) => sql`update runs set hashed = true where id = ${run.id}`);
	expect(await ask(scope, run.id, [...hashes, ...others])).toEqual(new Set(hashes));
	await forgetHashes(run.id);
	await hashRun(scope, run.id, never());
	expect(await owner`select count(*)::int as n from run_prompts where run_id = ${run.id}`).toEqual([{ n: 130_000 }]);
});
