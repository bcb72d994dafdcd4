// What a run learns from is decided, reserved and written down together: in one transaction where it is little, else part by part by a job.
import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import type { RunFileKind } from '../../contract/run.ts';
import { AppError } from '../../core/errors.ts';
import { fewestExamples, leaksInWords } from '../../core/runs/preflight.ts';
import type { Preparing } from '../../core/runs/preparing.ts';
import { isOver } from '../../core/runs/status.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { sendAsPart } from '../platform/db/in-parts.ts';
import { codeOf } from '../platform/db/not-now.ts';
import { runExamples, runPairs, runPrompts, runs } from '../platform/db/schema.ts';
import { endRun, noteEvent, tellProgress } from './change.ts';
import { closeFile, sumOfParts, writingFile } from './files.ts';
import { type Leg, legsOf } from './legs.ts';
import { type Run, findRun, providerOf, runById } from './rows.ts';

type Lines = Awaited<ReturnType<Leg['page']>>['lines'];

const kinds = ['train', 'validation'] as const satisfies RunFileKind[];

const walkOf = async (tx: Tx, run: Run, preparing: Preparing): Promise<Leg[]> =>
	legsOf({ ...run, provider: await providerOf(tx, run.connectionId) }, preparing);

/** A step: these are in the run from now on. The database holds them on their side, and refuses one that has just left it (AI004). */
const reserve = async (tx: Tx, run: Run, kind: RunFileKind, lines: Lines) => {
	const ids = (isChoice: boolean) => lines.filter((line) => line.isChoice === isChoice).map(({ id }) => id);
	const [asExamples, asChoices] = [ids(false), ids(true)];
	if (asExamples.length > 0)
		await tx.execute(sql`
			insert into ${runExamples} (project_id, run_id, example_id, kind)
			select ${run.projectId}, ${run.id}, unnest(${sql.param(asExamples)}::uuid[]), ${kind}`);
	if (asChoices.length > 0)
		await tx.execute(sql`
			insert into ${runPairs} (project_id, run_id, pair_id)
			select ${run.projectId}, ${run.id}, unnest(${sql.param(asChoices)}::uuid[])`);
};

/** How far it is when these have been taken as well. */
const further = (state: Preparing, kind: RunFileKind, lines: Lines): Preparing => ({
	...state,
	taken: { ...state.taken, [kind]: state.taken[kind] + lines.length },
	tokens: state.tokens + (kind === 'train' ? lines.reduce((sum, { tokens }) => sum + tokens, 0) : 0)
});

/** Whether what its training file asks is written down: an older version, which does not, may have made some of its parts. */
const isHashed = ({ parts, hashed = 0 }: Preparing) => hashed === parts.train;

/**
 * A step: how many of those that measure ask what is in the training file. The database refuses that of every change of an example; here it is asked of
 * the files, before anything is paid.
 */
const leaksIn = async (tx: Tx, run: Run, preparing: Preparing): Promise<number> => {
	if (!isHashed(preparing)) return 0;
	const [row] = await tx.execute<{ count: number }>(sql`
		select count(*)::int as count from ${runExamples} m
		cross join lateral (select x.prompt_hash from examples x where x.id = m.example_id limit 1) e
		where m.run_id = ${run.id} and m.kind = 'validation'
			and (select true from ${runPrompts} p where p.run_id = ${run.id} and p.prompt_hash = e.prompt_hash limit 1)`);
	return row!.count;
};

/** A step: its files are whole. Returns what is in them. */
const finish = async (tx: Tx, run: Run, preparing: Preparing) => {
	const { taken, tokens } = preparing;
	const counts = { trainCount: taken.train, validationCount: taken.validation, tokens };
	await tx
		.update(runs)
		.set({ ...counts, preparing: null, hashed: isHashed(preparing) })
		.where(eq(runs.id, run.id));
	const validation = taken.validation === 0 ? 'no validation examples' : `${taken.validation} for validation`;
	await noteEvent(tx, run, {
		kind: 'prepared',
		message: `Prepared ${taken.train} ${run.method === 'dpo' ? 'pairs' : 'examples'} to train on and ${validation}.`
	});
	return counts;
};

/** A step: all of it in this transaction, which holds the project. Returns what is in the files. */
export const prepareHere = async (tx: Tx, run: Run, from: Preparing) => {
	let state = from;
	const place = { projectId: run.projectId, runId: run.id };
	const files = { train: writingFile(tx, { ...place, kind: 'train' }), validation: writingFile(tx, { ...place, kind: 'validation' }) }; // prettier-ignore
	for (const { kind, page } of await walkOf(tx, run, from))
		for (let last = 0, isDone = false; !isDone;) {
			const found = await page(tx, last);
			await reserve(tx, run, kind, found.lines);
			for (const { line } of found.lines) await files[kind].add(line);
			state = further(state, kind, found.lines);
			[last, isDone] = [found.last, found.isOver];
		}
	for (const kind of kinds) await files[kind].end();
	const leaks = await leaksIn(tx, run, state);
	if (leaks > 0) throw new AppError('conflict', leaksInWords(leaks));
	return finish(tx, run, state);
};

/** A step: goes on with a run's files in place of whoever did. False: there is nothing to do. */
const claim = async (tx: Tx, runId: string, worker: string): Promise<boolean> => {
	const run = await findRun(tx, runId, { lock: true });
	if (!run?.preparing) return false;
	await tx
		.update(runs)
		.set({ preparing: { ...run.preparing, worker } })
		.where(eq(runs.id, runId));
	return true;
};

/** A step: the run as it is, if it is still this worker that writes its files. */
const mine = async (tx: Tx, runId: string, worker: string): Promise<(Run & { preparing: Preparing }) | null> => {
	const run = await findRun(tx, runId, { lock: true });
	return run?.preparing?.worker === worker ? { ...run, preparing: run.preparing } : null;
};

/** Pages hear of every so manyth part. */
const partsAtOnce = 10;

/** A step: one part of one file: what is in it is reserved, and is written, at the same time. */
const preparePart = async (tx: Tx, runId: string, worker: string): Promise<'on' | 'written' | 'lost'> => {
	sendAsPart(tx.$client);
	const run = await mine(tx, runId, worker);
	if (!run) return 'lost';
	const state = run.preparing;
	const legs = await walkOf(tx, run, state);
	const leg = legs[state.leg];
	if (!leg || isOver(run)) return 'written';
	const { kind } = leg;
	const { lines, last, isOver: isLegOver } = await leg.page(tx, state.last);
	const place = { projectId: run.projectId, runId, kind };
	const file = writingFile(tx, place, undefined, state.parts[kind]);
	for (const { line } of lines) await file.add(line);
	const parts = { ...state.parts, [kind]: await file.pause() };
	const hashed = (state.hashed ?? 0) + parts.train - state.parts.train;
	await reserve(tx, run, kind, lines);
	const next = {
		...further(state, kind, lines),
		parts,
		hashed,
		...(isLegOver ? { leg: state.leg + 1, last: 0 } : { last })
	};
	await tx.update(runs).set({ preparing: next }).where(eq(runs.id, runId));
	if ((parts.train + parts.validation) % partsAtOnce === 0) await tellProgress(tx, run);
	return 'on';
};

/** One of them may leave its side between the look and the mark; the next look does not find it. */
const triesOfPart = 5;

const withTries = async <T>(work: () => Promise<T>): Promise<T> => {
	for (let tries = 1; ; tries++)
		try {
			return await work();
		} catch (problem) {
			if (codeOf(problem) !== 'AI004' || tries === triesOfPart) throw problem;
		}
};

/** Whether all is in these parts: a database that fell over may have forgotten the last of them, and that they were written. */
const isWritten = async (tx: Tx, run: Run & { preparing: Preparing }, sums: Sums): Promise<boolean> => {
	const { parts, leg } = run.preparing;
	if (kinds.some((kind) => sums[kind].parts !== parts[kind])) return false;
	return isOver(run) || leg === (await walkOf(tx, run, run.preparing)).length;
};

/**
 * A step: says that the parts are files. Of a run that ended meanwhile they stay as far as they are, and go when such files go. False: there is more to
 * write.
 */
const close = async (tx: Tx, scope: Scope, runId: string, worker: string, sums: Sums): Promise<boolean> => {
	const run = await mine(tx, runId, worker);
	if (!run) return true;
	if (!(await isWritten(tx, run, sums))) return false;
	for (const kind of kinds)
		if (sums[kind].parts > 0) await closeFile(tx, { projectId: run.projectId, runId, kind }, sums[kind]);
	if (isOver(run)) {
		await tx
			.update(runs)
			.set({ preparing: null, hashed: isHashed(run.preparing) })
			.where(eq(runs.id, runId));
		return true;
	}
	const leaks = await leaksIn(tx, run, run.preparing);
	const { trainCount } = await finish(tx, run, run.preparing);
	await tellProgress(tx, run);
	if (leaks > 0) await endRun(tx, scope, run, 'failed', `${leaksInWords(leaks)} Nothing was ordered.`);
	else if (trainCount < fewestExamples)
		await endRun(tx, scope, run, 'failed', `Only ${trainCount} were left to train on: the others were moved, deleted or rated lower since the start. Nothing was ordered.`); // prettier-ignore
	return true;
};

type Sums = Record<RunFileKind, Awaited<ReturnType<typeof sumOfParts>>>;

/**
 * Reserves what a large run learns from and writes its files, if that is still to be done, in parts of one short transaction each. Killed between
 * two of them, the next one goes on from there; called off, it stops. Twice at once, one of both goes on.
 */
export const prepareRun = async (scope: Scope, runId: string, signal: AbortSignal): Promise<void> => {
	const worker = randomUUID();
	if (!(await scope.tx((tx) => claim(tx, runId, worker)))) return;
	const writeParts = async (): Promise<boolean> => {
		for (;;) {
			signal.throwIfAborted();
			const done = await withTries(() => scope.tx((tx) => preparePart(tx, runId, worker)));
			if (done !== 'on') return done === 'written';
		}
	};
	while (await writeParts()) {
		const { projectId, preparing } = await scope.look((tx) => runById(tx, runId));
		if (!preparing) return;
		const sumOf = (kind: RunFileKind) =>
			sumOfParts((work) => scope.look(work), { projectId, runId, kind }, preparing.parts[kind]);
		const sums = { train: await sumOf('train'), validation: await sumOf('validation') };
		if (await scope.tx((tx) => close(tx, scope, runId, worker, sums))) return;
	}
};
