import { and, eq, inArray } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { estimateProblem } from '../../core/runs/cost.ts';
import { doubtfulFrom, isCounted } from '../../core/runs/lengths.ts';
import type { Method } from '../../core/runs/method.ts';
import type { Recipe } from '../../core/runs/recipe.ts';
import { trainingCost } from '../../core/runs/training-cost.ts';
import { promptTokens } from '../../core/text/tokens.ts';
import type { Project, ProjectScope, Tx } from '../access/scope.ts';
import { mustAfford, noteSpending } from '../budget/rows.ts';
import { record } from '../events/record.ts';
import { enqueue } from '../jobs/queue.ts';
import { sha256 } from '../platform/crypto.ts';
import { projects, runs } from '../platform/db/schema.ts';
import type { ProviderId } from '../providers/provider.ts';
import type { lockedProject } from '../project/rows.ts';
import { noteEvent } from './change.ts';
import { readFactsFor } from './pair-facts.ts';
import { type ProviderFacts, findingsOf, refuseBlocked } from './preflight.ts';
import type { Run } from './rows.ts';
import { writePairFile, writeTrainingFile } from './training-files.ts';

/** A project with another place to train at, for one run; its own settings stay. */
export const trainedAt = <P extends Pick<Project, 'connectionId' | 'baseModel'>>(
	project: P,
	{ connectionId, baseModel }: { connectionId?: string | undefined; baseModel?: string | undefined }
): P => (connectionId === undefined ? project : { ...project, connectionId, baseModel: baseModel! });

/** What follows from the page's id alone: the same page makes the same mark, and a team's mark exists once. */
export const fromClientId = ({ teamId, project }: ProjectScope, clientId: string) => {
	const digest = sha256(`${teamId}|${project.id}|${clientId}`);
	const random = digest.toString('hex').slice(0, 16);
	// 40 characters are what every provider keeps of a suffix (providers/README.md)
	return { mark: `${project.slug.slice(0, 23).replace(/-+$/, '')}-${random}`, seed: digest.readUInt32BE(16) >>> 1 };
};

/** A step: the run with this mark, if it has been started. */
export const runWithMark = async (tx: Tx, mark: string): Promise<Run | undefined> => {
	const [run] = await tx.select().from(runs).where(eq(runs.mark, mark));
	return run;
};

/** A step: two orders at the same moment are nearly always one person's two clicks on two pages. */
export const refuseWhileOrdering = async (tx: Tx, project: Pick<Project, 'id'>) => {
	const [other] = await tx
		.select({ version: runs.version })
		.from(runs)
		.where(and(eq(runs.projectId, project.id), inArray(runs.status, ['uploading', 'submitting', 'unknown'])));
	if (other)
		throw new AppError(
			'conflict',
			`v${other.version} is being sent to the provider. Wait until it is queued, or cancel it.`
		);
};

type Placed = {
	/** As it is under its lock. */
	project: Awaited<ReturnType<typeof lockedProject>>;
	method: Method;
	recipe: Recipe;
	mark: string;
	seed: number;
	provider: ProviderFacts;
};

/**
 * A step: refuses what blocks with its sentences, keeps the exact bytes, marks what is learnt from, and queues the order in
 * the same transaction.
 */
export const placeRun = async (
	tx: Tx,
	scope: ProjectScope,
	{ project, method, recipe, mark, seed, provider }: Placed
): Promise<Run> => {
	const data = await readFactsFor(tx, project, { method, recipe, provider: provider.provider as ProviderId | null });
	refuseBlocked(findingsOf({ ...data, recipe }, provider));
	const isElsewhere =
		project.connectionId !== scope.project.connectionId || project.baseModel !== scope.project.baseModel;
	const estimateCents = trainingCost(data, recipe, provider.price).cents;
	const tooMuch = estimateProblem(estimateCents);
	if (tooMuch) throw new AppError('conflict', tooMuch);
	await mustAfford(tx, project.id, estimateCents);
	await tx
		.update(projects)
		// the next training begins with these settings; preferences have their own
		.set({ nextRun: project.nextRun + 1, ...(method === 'sft' && !isElsewhere && { recipe }) })
		.where(eq(projects.id, project.id));
	const [row] = await tx
		.insert(runs)
		.values({
			projectId: project.id,
			version: project.nextRun,
			connectionId: project.connectionId!,
			baseModel: project.baseModel,
			method,
			recipe,
			seed,
			status: 'uploading',
			mark,
			trainCount: data.trainCount,
			validationCount: data.validationCount,
			tokens: data.tokens,
			estimateCents,
			createdBy: scope.userId
		})
		.returning();
	const run = row!;
	const write = method === 'dpo' ? writePairFile : writeTrainingFile;
	// what is counted is the beginning of the file
	const doubtful =
		provider.contextTokens !== null && isCounted(provider.provider, method)
			? doubtfulFrom(provider.contextTokens, promptTokens(project.systemPrompt))
			: null;
	const trainCount = await write(tx, project, run, 'train', doubtful);
	const validationCount = await write(tx, project, run, 'validation');
	await tx.update(runs).set({ trainCount, validationCount }).where(eq(runs.id, run.id));
	const validation = validationCount === 0 ? 'no validation examples' : `${validationCount} for validation`;
	await noteEvent(tx, run, {
		kind: 'prepared',
		message: `Prepared ${trainCount} ${method === 'dpo' ? 'pairs' : 'examples'} to train on and ${validation}.`
	});
	const { version, baseModel: model } = run;
	await record(tx, scope, {
		event: 'run.started',
		subject: run.id,
		projectId: project.id,
		details: { project: project.slug, version, model, trainCount, validationCount }
	});
	await noteSpending(tx, project.id);
	await enqueue(tx, 'run.submit', { runId: run.id });
	return { ...run, trainCount, validationCount };
};

/** An example can leave its side between our two looks at it; the database notices (AI004). */
export const changedMeanwhile = (problem: unknown): never => {
	const code = (problem as { cause?: { code?: string } }).cause?.code;
	if (code === 'AI004') throw new AppError('conflict', 'The split has just changed. Look at the checklist again.');
	throw problem;
};
