// A training of a large project is prepared, and settled, in parts: nobody waits for all of it, and whatever happens between two of them, what was reserved is what is written.
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunFileKind } from '../../../src/lib/contract/run.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { deleteExamples } from '../../../src/lib/server/examples/commands.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { examples, projects, runFiles } from '../../../src/lib/server/platform/db/schema.ts';
import { cancelRun, startRun } from '../../../src/lib/server/runs/commands.ts';
import { requeueOpenRuns } from '../../../src/lib/server/runs/jobs.ts';
import { prepareRun } from '../../../src/lib/server/runs/prepare.ts';
import { downloadRunFile, getRun } from '../../../src/lib/server/runs/queries.ts';
import { settleRun } from '../../../src/lib/server/runs/settle.ts';
import { moveExamples } from '../../../src/lib/server/splits/commands.ts';
import { verify } from '../../../src/lib/server/verify/verify.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { owner } from '../../support/database/owner.ts';
import { rewriteHistory } from '../../support/database/raw.ts';
import { addRows, drive, newRun, newWorkshop, runRow } from '../../support/data/training.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
	sandbox = await startSandbox({ port: 0, speed: 40 });
});
afterAll(async () => {
	await closePools();
	await sandbox.stop();
});

/** A project that counts as large, whatever is in it. */
const newLarge = async (size: { train?: number; validation?: number } = {}) => {
	const workshop = await newWorkshop(sandbox.url, size);
	await owner`update projects set next_example = 5000 where id = ${workshop.project.id}`;
	const here = await inProject(workshop.scope, workshop.slug);
	return { ...workshop, here };
};
type Large = Awaited<ReturnType<typeof newLarge>>;

const prepare = (scope: Scope, id: string) => prepareRun(scope, id, new AbortController().signal);

/** The worker, killed before its so manyth transaction. */
const killedBefore = (scope: Scope, transaction: number): Scope => {
	let left = transaction;
	return { ...scope, tx: (work) => (--left > 0 ? scope.tx(work) : Promise.reject(new Error('killed'))) };
};

const bodyOf = async ({ here }: Pick<Large, 'here'>, runId: string, kind: RunFileKind = 'train') =>
	(await Array.fromAsync((await downloadRunFile(here, { runId, kind })).pieces)).join('');
const numbersIn = (body: string) =>
	[...body.matchAll(/"Where is the \w+ thing number (\d+)/g)].map(([, n]) => Number(n));
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

const marks = async (scope: Scope) => {
	const rows = await scope.tx((tx) => tx.select().from(examples).where(eq(examples.split, 'train')));
	const count = (mark: 'trained' | 'reserved') => rows.filter((row) => row[mark]).length;
	return { trained: count('trained'), reserved: count('reserved') };
};

/** What `npm run verify` finds wrong in a team, but for the ratings, which nobody gave, and the tokens, which nobody counted. */
const wrongIn = async ({ teamId }: Scope) => {
	const [team] = await owner`select slug from teams where id = ${teamId}`;
	const said: string[] = [];
	// the planner takes a table that nobody has counted for an empty one, and compares each example with each
	await owner`analyze teams, projects, examples, run_examples, run_prompts`;
	await verify(owner, (sentence) => said.push(sentence));
	return said.filter(
		(each) => each.startsWith(`Team ${team!.slug},`) && !/ has the rating 9 | is said to have 20 tokens/.test(each)
	);
};

test('a start reserves nothing yet, and says so; then the files are those of a small project, and it trains', async () => {
	const size = { train: 1_010, validation: 600 };
	const large = await newLarge(size);
	const { scope, here } = large;
	const run = await startRun(here, newRun());
	expect(run).toMatchObject({ status: 'uploading', trainCount: 1_010, validationCount: 600 });
	expect(await marks(scope)).toEqual({ trained: 0, reserved: 0 });
	const before = await getRun(here, { runId: run.id });
	expect(before).toMatchObject({ files: [], run: { preparing: { taken: 0, expected: 1_610 }, canCancel: true } });
	expect(before.events.at(-1)!.message).toBe(
		'Preparing about 1,010 examples, part by part. What is added from now on is in the next run.'
	);

	await prepare(scope, run.id);
	expect(await marks(scope)).toEqual({ trained: 0, reserved: 1_010 });
	const small = await newWorkshop(sandbox.url, size);
	const there = { here: await inProject(small.scope, small.slug) };
	const same = await startRun(there.here, newRun());
	for (const kind of ['train', 'validation'] as const)
		expect(await bodyOf(large, run.id, kind)).toBe(await bodyOf(there, same.id, kind));
	const after = await getRun(here, { runId: run.id });
	const smallOne = await getRun(there.here, { runId: same.id });
	expect(after.files).toEqual(smallOne.files);
	expect(after.run).toMatchObject({ trainCount: 1_010, validationCount: 600, preparing: null });
	expect([after.run.tokens, smallOne.run.preparing]).toEqual([smallOne.run.tokens, null]);
	expect(after.events.at(-1)!.message).toBe('Prepared 1010 examples to train on and 600 for validation.');
	expect(await wrongIn(scope)).toEqual([]);

	expect((await drive(scope, run.id)).status).toBe('ready');
	await settleRun(scope, run.id, new AbortController().signal);
	expect(await marks(scope)).toEqual({ trained: 1_010, reserved: 0 });
});

test('nobody who holds the project, or one of its rows for a rating, is waited for: it is not locked', async () => {
	const { scope, here, project } = await newLarge();
	const run = await startRun(here, newRun());
	await scope.tx(async (tx) => {
		await tx.select().from(projects).where(eq(projects.id, project.id)).for('no key update');
		await prepare(scope, run.id);
	});
	expect((await runRow(scope, run.id)).preparing).toBeNull();
});

test('what leaves train before its part is not in it; nor is what came later, or what the settings say now', async () => {
	const large = await newLarge({ train: 30, validation: 12 });
	const { scope, here, project, rows } = large;
	const run = await startRun(here, newRun());
	await owner`update projects set system_prompt = 'Be rude.', quality_threshold = 10 where id = ${project.id}`;
	const [moved, deleted] = rows;
	await moveExamples(here, { ids: [moved!.id], side: 'validation' });
	await deleteExamples(here, { ids: [deleted!.id] });
	await addRows(scope, project.id, [{ question: 'Where is the late thing number 99?' }], 100);
	await prepare(scope, run.id);
	const body = await bodyOf(large, run.id);
	expect(numbersIn(body)).toEqual(upTo(30).slice(2));
	expect(body).not.toMatch(/rude/);
	expect(body).toMatch(/Be kind/);
	expect(numbersIn(await bodyOf(large, run.id, 'validation'))).toContain(0);
	expect(await runRow(scope, run.id)).toMatchObject({ trainCount: 28, validationCount: 13 });
	const [first] = await owner`select trained, reserved from examples where id = ${moved!.id}`;
	expect(first).toEqual({ trained: false, reserved: false });
	expect(await wrongIn(scope)).toEqual([]);
});

test('killed between any two parts, the next worker goes on: each line once', async () => {
	const large = await newLarge({ train: 1_200, validation: 12 });
	const { scope, here } = large;
	const run = await startRun(here, newRun());
	for (const before of [2, 3, 3, 3])
		await expect(prepare(killedBefore(scope, before), run.id)).rejects.toThrow('killed');
	expect((await runRow(scope, run.id)).preparing).not.toBeNull();
	expect(await wrongIn(scope)).toEqual([]);
	await prepare(scope, run.id);
	expect(numbersIn(await bodyOf(large, run.id))).toEqual(upTo(1_200));
	expect(await runRow(scope, run.id)).toMatchObject({ trainCount: 1_200, validationCount: 12, preparing: null });
	expect(await wrongIn(scope)).toEqual([]);
});

/** What the database knew then, brought back once all is written, before it is looked at or before it is closed: it fell over and had not waited for its disk. */
const forgetting = async (scope: Scope, runId: string, when: 'look' | 'close'): Promise<Scope> => {
	const [then] = await owner`
		select preparing->'leg' as leg, preparing->'last' as last, preparing->'taken' as taken, preparing->'parts' as parts,
			array(select example_id from run_examples where run_id = ${runId}) as ids from runs where id = ${runId}`;
	const { ids, ...was } = then as unknown as { ids: string[] };
	const forget = async () => {
		await rewriteHistory(
			'run_file_parts',
			(sql) => sql`delete from run_file_parts where run_id = ${runId} and (place > 0 or kind = 'validation')`
		);
		await rewriteHistory('run_examples', (sql) => sql`delete from run_examples where run_id = ${runId} and example_id <> all (${ids}::uuid[])`); // prettier-ignore
		await owner`update runs set preparing = (preparing::jsonb || ${owner.json(was as never)}::jsonb)::json where id = ${runId}`;
	};
	let [isWritten, isOver] = [false, false];
	const first = async (at: 'look' | 'close') => {
		if (isOver || !isWritten || at !== when) return;
		isOver = true;
		await forget();
	};
	return {
		...scope,
		look: async (work) => ((isWritten = true), await first('look'), scope.look(work)),
		tx: async (work) => (await first('close'), scope.tx(work))
	};
};

test.for(['look', 'close'] as const)(
	'what a database that fell over has forgotten is written again, before the %s',
	async (when) => {
		const large = await newLarge({ train: 1_200, validation: 12 });
		const { scope, here } = large;
		const run = await startRun(here, newRun());
		await expect(prepare(killedBefore(scope, 3), run.id)).rejects.toThrow('killed');
		await prepare(await forgetting(scope, run.id, when), run.id);
		expect(await runRow(scope, run.id)).toMatchObject({ trainCount: 1_200, validationCount: 12, preparing: null });
		expect(numbersIn(await bodyOf(large, run.id))).toEqual(upTo(1_200));
		expect(await wrongIn(scope)).toEqual([]);
	}
);

test('two workers at once, and a third one later, write one file', async () => {
	const large = await newLarge({ train: 1_200, validation: 12 });
	const { scope, here } = large;
	const run = await startRun(here, newRun());
	await Promise.all([prepare(scope, run.id), prepare(scope, run.id)]);
	await prepare(scope, run.id);
	expect(numbersIn(await bodyOf(large, run.id))).toEqual(upTo(1_200));
	expect(await scope.tx((tx) => tx.$count(runFiles, eq(runFiles.runId, run.id)))).toBe(2);
	expect(await runRow(scope, run.id)).toMatchObject({ trainCount: 1_200, preparing: null });
});

test('called off in the middle, it stops, frees what it had, and keeps no text of which nobody knows', async () => {
	const large = await newLarge({ train: 1_200, validation: 12 });
	const { scope, here } = large;
	const run = await startRun(here, newRun());
	await expect(prepare(killedBefore(scope, 4), run.id)).rejects.toThrow('killed');
	expect(await marks(scope)).toEqual({ trained: 0, reserved: 1_000 });
	await cancelRun(here, { runId: run.id });
	expect(await runRow(scope, run.id)).toMatchObject({ status: 'cancelled', trainCount: 1_000, validationCount: 0 });
	expect(await wrongIn(scope)).toEqual([]);
	// the janitor finds it, although it is over
	expect(await owner`select teams_with_open_work() as id`).toContainEqual({ id: scope.teamId });
	await owner`delete from pgboss.job where singleton_key = ${run.id}`;
	await requeueOpenRuns(scope);
	const jobs = await owner`select name from pgboss.job where singleton_key = ${run.id} order by name`;
	expect(jobs.map(({ name }) => name)).toContain('run.submit');
	await drive(scope, run.id);
	await prepare(scope, run.id);
	expect(await runRow(scope, run.id)).toMatchObject({ status: 'cancelled', preparing: null, trainCount: 1_000 });
	expect(numbersIn(await bodyOf(large, run.id))).toEqual(upTo(1_000));
	await settleRun(scope, run.id, new AbortController().signal);
	expect(await marks(scope)).toEqual({ trained: 0, reserved: 0 });
	expect(await wrongIn(scope)).toEqual([]);
});

test('a double click is one run; a second start is told to wait; nothing is ordered before the files are whole', async () => {
	const { scope, here } = await newLarge();
	const input = newRun();
	const [one, two] = await Promise.all([startRun(here, input), startRun(here, input)]);
	expect(one.id).toBe(two.id);
	await expect(startRun(here, newRun())).rejects.toThrow('v1 is being sent to the provider');
	await expect(
		scope.tx((tx) => tx.$client`update runs set status = 'submitting', submitted_at = now() where id = ${one.id}`)
	).rejects.toMatchObject({ code: 'AI004' });
	expect((await drive(scope, one.id)).status).toBe('ready');
});

test('where too few are left of what was asked for, the run fails with that sentence', async () => {
	const { scope, here, rows } = await newLarge({ train: 12, validation: 2 });
	const run = await startRun(here, newRun());
	await deleteExamples(here, { ids: rows.slice(0, 4).map(({ id }) => id) });
	await prepare(scope, run.id);
	expect(await runRow(scope, run.id)).toMatchObject({
		status: 'failed',
		preparing: null,
		trainCount: 8,
		problem:
			'Only 8 were left to train on: the others were moved, deleted or rated lower since the start. Nothing was ordered.'
	});
	expect(await marks(scope)).toEqual({ trained: 0, reserved: 0 });
});

test('what was learnt is marked so in parts; until its turn it is held as in an order, and the janitor sees to it', async () => {
	const { scope, here, rows } = await newLarge({ train: 2_100, validation: 12 });
	const run = await startRun(here, newRun());
	await prepare(scope, run.id);
	await scope.tx((tx) => tx.$client`update runs set status = 'training', job_id = 'j' where id = ${run.id}`);
	expect(await marks(scope)).toEqual({ trained: 1_000, reserved: 1_100 });
	expect(await runRow(scope, run.id)).toMatchObject({ settling: true });
	expect(await wrongIn(scope)).toEqual([]);
	const held = await owner`select id from examples where project_id = ${here.project.id} and reserved limit 1`;
	await expect(moveExamples(here, { ids: [held[0]!.id], side: 'validation' })).rejects.toMatchObject({
		code: 'conflict'
	});
	await requeueOpenRuns(scope);
	const jobs = await owner`select name from pgboss.job where singleton_key = ${run.id} order by name`;
	expect(jobs.map(({ name }) => name)).toContain('run.settle');
	await Promise.all([1, 2].map(() => settleRun(scope, run.id, new AbortController().signal)));
	expect(await marks(scope)).toEqual({ trained: 2_100, reserved: 0 });
	expect(await runRow(scope, run.id)).toMatchObject({ settling: false });
	expect(await wrongIn(scope)).toEqual([]);
	expect(rows.length).toBe(2_112);
});

test.for([2, 3, 4])(
	'what a database that fell over has forgotten is marked again, before transaction %i',
	async (at) => {
		const { scope, here } = await newLarge({ train: 2_100, validation: 12 });
		const run = await startRun(here, newRun());
		await prepare(scope, run.id);
		await scope.tx((tx) => tx.$client`update runs set status = 'training', job_id = 'j' where id = ${run.id}`);
		// the newest first: of the first part nothing, or its end as well
		const forget = () =>
			rewriteHistory(
				'examples',
				(
					sql
				) => sql`update examples set trained = false, reserved = true where project_id = ${here.project.id} and id in (
				select example_id from run_examples where run_id = ${run.id} and kind = 'train' order by example_id offset 500)`
			);
		let left = at;
		const forgetting: Scope = { ...scope, tx: async (work) => (--left === 0 && (await forget()), scope.tx(work)) };
		await settleRun(forgetting, run.id, new AbortController().signal);
		expect(await marks(scope)).toEqual({ trained: 2_100, reserved: 0 });
		expect(await runRow(scope, run.id)).toMatchObject({ settling: false });
	}
);

test('a prompt that trains and measures is in no order, however it came onto both sides', async () => {
	const leaked = (teamId: string) =>
		rewriteHistory(
			'examples',
			(sql) => sql`
				update examples e set prompt_hash = o.prompt_hash from examples o
				where e.team_id = ${teamId} and e.number = 31 and o.team_id = e.team_id and o.number = 3`
		);
	const sentence =
		'1 example has a prompt that is both in train and in validation: the model would know the answers. Move them to one side.';
	const size = { train: 30, validation: 12 };
	const large = await newLarge(size);
	await leaked(large.teamId);
	const run = await startRun(large.here, newRun());
	await prepare(large.scope, run.id);
	expect(await runRow(large.scope, run.id)).toMatchObject({
		status: 'failed',
		problem: `${sentence} Nothing was ordered.`,
		preparing: null
	});
	expect(await marks(large.scope)).toEqual({ trained: 0, reserved: 0 });
	const small = await newWorkshop(sandbox.url, size);
	await leaked(small.teamId);
	const started = startRun(await inProject(small.scope, small.slug), newRun());
	await expect(started).rejects.toMatchObject({ code: 'conflict', message: sentence });
	expect(await marks(small.scope)).toEqual({ trained: 0, reserved: 0 });
});
