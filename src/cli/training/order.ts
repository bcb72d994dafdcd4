// How a run is ordered, exactly once: what is about to happen is written down before it happens (PR1 to PR4 in
// server/providers/README.md).
import { figure } from '../../lib/core/text/figure.ts';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { slugFrom } from '../../lib/core/text/slug-from.ts';
import { countedLines, cutInWords } from '../../lib/core/runs/lengths.ts';
import type { Method } from '../../lib/core/runs/method.ts';
import type { Recipe } from '../../lib/core/runs/recipe.ts';
import type { RunStatus } from '../../lib/core/runs/status.ts';
import type { TrainingFile, TrainingOrder } from '../../lib/server/providers/provider.ts';
import { Failure } from '../exit-codes.ts';
import { type LocalRun, type Project, saveProject } from '../files/project.ts';
import { runFolder, versionOf } from '../files/runs.ts';
import { writePairFiles, writeTrainingFiles } from '../files/training-files.ts';
import type { Connected } from '../providers.ts';
import type { gatherUnreadable } from '../unreadable.ts';
import { hyperparametersOf } from './recipe.ts';

/** The original's words for where a run is. */
const originalStatus: Record<RunStatus, LocalRun['status']> = {
	draft: 'pending',
	uploading: 'pending',
	submitting: 'pending',
	unknown: 'pending',
	validating: 'pending',
	queued: 'pending',
	training: 'running',
	finishing: 'running',
	cancelling: 'running',
	ready: 'completed',
	failed: 'failed',
	cancelled: 'cancelled'
};

const stages: Record<LocalRun['status'], RunStatus> = {
	pending: 'queued',
	running: 'training',
	completed: 'ready',
	failed: 'failed',
	cancelled: 'cancelled'
};

/** Where a run is, also one of the original's. */
export const stageOf = (run: LocalRun): RunStatus => run.stage ?? stages[run.status] ?? 'queued';

/** Writes down where a run is, before anything else happens. */
export const note = (project: Project, run: LocalRun, change: Partial<LocalRun>): void => {
	Object.assign(run, change);
	if (change.stage) run.status = originalStatus[change.stage];
	saveProject(project);
};

/** The next run with its bytes kept, not yet ordered. */
export const prepareRun = (
	project: Project,
	{
		method,
		recipe,
		tokens,
		now,
		estimateCents
	}: { method: Method; recipe: Recipe; tokens: number; now: Date; estimateCents: number | null },
	unreadable: ReturnType<typeof gatherUnreadable>
): LocalRun => {
	const { config } = project;
	const version = Math.max(0, ...config.runs.map((run) => versionOf(project, run))) + 1;
	for (const folder of [undefined, runFolder(project, version)]) {
		const files =
			method === 'dpo'
				? writePairFiles(project, unreadable, folder)
				: writeTrainingFiles(project, unreadable, { ...(folder && { folder }) });
		files.done();
	}
	const run: LocalRun = {
		jobId: '',
		provider: config.provider,
		startedAt: now.toISOString(),
		status: 'pending',
		hyperparameters: hyperparametersOf(recipe),
		version,
		stage: 'uploading',
		// 40 characters are what every provider keeps of a suffix
		mark: `${slugFrom(config.name, 'ait').slice(0, 23).replace(/-+$/, '')}-${randomBytes(8).toString('hex')}`,
		baseModel: config.model,
		...(method !== 'sft' && { method }),
		recipe,
		billedTokens: tokens,
		...(estimateCents !== null && { estimateCents })
	};
	config.runs.push(run);
	saveProject(project);
	return run;
};

const fileOf = (
	project: Project,
	run: LocalRun,
	purpose: TrainingFile['purpose']
): (TrainingFile & { body: string }) | null => {
	const file = path.join(runFolder(project, run.version!), purpose === 'train' ? 'train.jsonl' : 'val.jsonl');
	const bytes = readFileSync(file);
	if (bytes.length === 0) return null;
	if (bytes.length > 500_000_000)
		throw new Failure(
			`${path.basename(file)} has more than 500 MB, which cannot be sent from here.`,
			'train it in the app'
		);
	return { name: `${run.mark}-${purpose}.jsonl`, body: bytes.toString('utf8'), purpose };
};

const orderOf = (run: LocalRun, trainingFileId: string, validationFileId: string | null): TrainingOrder => ({
	mark: run.mark!,
	model: run.baseModel!,
	method: run.method ?? 'sft',
	trainingFileId,
	validationFileId,
	recipe: run.recipe!,
	seed: createHash('sha256').update(run.mark!).digest().readUInt32BE(0) >>> 1
});

/** What the provider counts before the order; where it counts nothing, the checklist's estimate is all there is. */
const refuseTooLong = async ({ provider, access }: Connected, order: TrainingOrder, body: string): Promise<void> => {
	const counted = await provider.count(access, order, countedLines(body).length).catch(() => null);
	const cut = counted?.rows.flatMap(({ isCut }, at) => (isCut ? [`line ${at + 1} of train.jsonl`] : [])) ?? [];
	if (cut.length > 0)
		throw new Failure(cutInWords(provider.name, counted!.contextTokens, cut), 'ait list --split train', 'provider');
};

/**
 * Sends the files and places the order. Whatever goes wrong, the run says how far it came: failed, or `unknown` when no answer
 * came to the order itself, which `ait status` then looks for.
 */
export const placeOrder = async (
	project: Project,
	run: LocalRun,
	{ provider, access }: Connected,
	tell: (what: string) => void
): Promise<void> => {
	try {
		const train = fileOf(project, run, 'train')!;
		tell(`Sending the training file, ${figure(Math.ceil(train.body.length / 1024))} kB …`);
		const { fileId } = await provider.upload(access, train);
		const validation = fileOf(project, run, 'validation');
		const validationId = validation ? (await provider.upload(access, validation)).fileId : null;
		const order = orderOf(run, fileId, validationId);
		await refuseTooLong({ provider, access }, order, train.body);
		const estimate = await provider.estimate(access, order).catch(() => null);
		if (estimate && !estimate.allowed)
			throw new Failure(
				'The balance of the provider account is too low for this training.',
				'top it up there, then ait train',
				'provider'
			);
		note(project, run, {
			stage: 'submitting',
			submittedAt: new Date().toISOString(),
			...(estimate && { estimateCents: Math.ceil(estimate.cents) })
		});
		tell('Placing the order …');
		const { jobId } = await provider.submit(access, order);
		note(project, run, { stage: 'validating', jobId });
	} catch (problem) {
		const isLost = (problem as { lost?: boolean }).lost === true && run.stage === 'submitting';
		note(project, run, { stage: isLost ? 'unknown' : 'failed', problem: (problem as Error).message });
		if (!isLost) throw problem;
		throw new Failure(
			'No answer came to the order, so it may have been placed. Nothing is ordered again until that is known.',
			'ait status, which looks for it at the provider',
			'provider'
		);
	}
};
