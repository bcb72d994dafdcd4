import { and, eq } from 'drizzle-orm';
import type { RunFileKind } from '../../contract/run.ts';
import { AppError } from '../../core/errors.ts';
import { formatEstimate } from '../../core/runs/cost.ts';
import { countedInWords, countedLines, cutInWords, summed, uncountedInWords } from '../../core/runs/lengths.ts';
import { runCan } from '../../core/runs/status.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { mustAfford } from '../budget/rows.ts';
import { projects, runEvents } from '../platform/db/schema.ts';
import { ProviderError } from '../providers/errors.ts';
import type { Access } from '../providers/provider.ts';
import { providers } from '../providers/registry.ts';
import { changeRun, endRun, noteEvent } from './change.ts';
import { beginningOf, withBody } from './files.ts';
import { orderOf, stepBack } from './order.ts';
import { whole } from './readable.ts';
import { type Run, runById } from './rows.ts';
import { fileName, namesOfLines } from './training-files.ts';

const fileIdOf = { train: 'trainingFileId', validation: 'validationFileId' } as const;

/** Between transactions, file by file. False: the run was cancelled meanwhile. A file that was sent before is not sent again. */
export const uploadFiles = async (scope: Scope, first: Run, access: Access): Promise<boolean> => {
	for (const kind of ['train', 'validation'] as const satisfies RunFileKind[]) {
		const now = await scope.tx(async (tx) => {
			const run = await runById(tx, first.id, { lock: true });
			if (run.cancelRequestedAt || !runCan.submit(run)) return 'stop';
			return run[fileIdOf[kind]] ? 'sent' : 'send';
		});
		if (now === 'stop') {
			await scope.tx((tx) => stepBack(tx, scope, first.id, access));
			return false;
		}
		if (now === 'sent') continue;
		const sent = await withBody(scope, first, kind, (body) =>
			providers[access.provider].upload(access, { name: fileName(first, kind), body, purpose: kind })
		);
		if (!sent) continue;
		const { fileId } = sent;
		await scope.tx(async (tx) => {
			const now = await runById(tx, first.id, { lock: true });
			// another worker has sent it meanwhile, and may have ordered with it: by this number the order is found
			if (now[fileIdOf[kind]]) return;
			await changeRun(tx, scope, first, { [fileIdOf[kind]]: fileId, problem: null });
			const what = kind === 'train' ? 'training' : 'validation';
			await noteEvent(tx, first, { kind: 'uploaded', message: `The provider has accepted the ${what} file.` });
		});
	}
	return true;
};

/** An answer may come when another worker has ordered, or somebody has cancelled: it says nothing of that, and ends nothing. */
const waitsForOrder = (run: Run) => runCan.submit(run) && !run.submittedAt && !run.jobId && !run.cancelRequestedAt;

/**
 * The provider's own count of the tokens, which it makes once it has the file. Where something does not fit, the run ends before it costs;
 * where it does not count, our estimate stays. Once it is counted, a job that was cut off does not ask again.
 */
export const isShortEnough = async (scope: Scope, runId: string, access: Access): Promise<boolean> => {
	const { run, lines } = await scope.tx(async (tx) => {
		const run = await runById(tx, runId);
		return { run, lines: run.counted ? [] : countedLines(await beginningOf(tx, run.id, 'train')) };
	});
	if (run.counted) return true;
	const { name, count } = providers[access.provider];
	const answer = await count(access, orderOf(run), lines.length).catch(noAnswer);
	return scope.tx(async (tx) => {
		const now = await runById(tx, runId, { lock: true });
		if (!waitsForOrder(now)) return true;
		if (!answer) {
			await noteUncounted(tx, now, name);
			return true;
		}
		const { contextTokens, rows } = answer;
		const counted = summed(contextTokens, rows);
		if (!now.counted) {
			await changeRun(tx, scope, now, { counted });
			const message = countedInWords(name, counted, now.trainCount);
			await noteEvent(tx, now, { kind: 'counted', message });
		}
		const cut = lines.flatMap((line, at) => (rows[at]?.isCut ? [{ line, place: at + 1 }] : []));
		if (cut.length === 0) return true;
		const [project] = await tx
			.select({ systemPrompt: projects.systemPrompt })
			.from(projects)
			.where(eq(projects.id, now.projectId));
		if (!project) return false; // deleted meanwhile, and the run is called off
		const named = await namesOfLines(tx, project, now, cut);
		await endRun(tx, scope, now, 'failed', cutInWords(name, contextTokens, named));
		return false;
	});
};

/** Said once, however often the order is tried. */
const noteUncounted = async (tx: Tx, run: Run, provider: string) => {
	const said = and(eq(runEvents.runId, run.id), eq(runEvents.kind, 'aitelier.uncounted'));
	if ((await tx.$count(runEvents, said)) > 0) return;
	await noteEvent(tx, run, { kind: 'uncounted', message: uncountedInWords(provider, run.tokens) });
};

/** The provider's own price and consent, which it gives once it has the file. A refusal ends the run before it costs. */
export const isAffordable = async (scope: Scope, runId: string, access: Access): Promise<boolean> => {
	const seen = await scope.tx((tx) => runById(tx, runId));
	const estimate = await providers[access.provider].estimate(access, orderOf(seen)).catch(noAnswer);
	if (!estimate) return true;
	return scope.tx(async (tx) => {
		const run = await runById(tx, runId, { lock: true });
		if (!waitsForOrder(run)) return true;
		const estimateCents = whole(Math.ceil(estimate.cents)); // null: no price, whatever it is
		if (estimateCents !== null && run.estimateCents !== estimateCents) {
			await changeRun(tx, scope, run, { estimateCents });
			const [theirs, ours] = [formatEstimate(estimateCents), formatEstimate(run.estimateCents)];
			await noteEvent(tx, run, {
				kind: 'estimated',
				message: `The provider estimates ${theirs}; before it had the files it was ${ours}.`
			});
		}
		if (!estimate.allowed) {
			await endRun(
				tx,
				scope,
				run,
				'failed',
				'The balance of the provider account is too low for this training. Top it up there, then train again.'
			);
			return false;
		}
		const before = run.estimateCents ?? 0;
		if (estimateCents === null || estimateCents <= before) return true;
		// what nobody knew when it was started, or was thought to be less
		const problem = await mustAfford(tx, run.projectId, estimateCents, estimateCents).then(() => null, overspent);
		if (problem) await endRun(tx, scope, run, 'failed', `${problem} Nothing was ordered.`);
		return problem === null;
	});
};

const overspent = (problem: unknown): string => {
	if (problem instanceof AppError && problem.code === 'over_budget') return problem.message;
	throw problem;
};

/** Without an answer the order itself will say what is wrong, if anything is. */
const noAnswer = (problem: unknown): null => {
	if (problem instanceof ProviderError && problem.kind !== 'key') return null;
	throw problem;
};
