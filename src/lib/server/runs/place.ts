import { and, asc, desc, eq, inArray } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { estimateProblem } from '../../core/runs/cost.ts';
import { doubtfulFrom, isCounted } from '../../core/runs/lengths.ts';
import type { Method } from '../../core/runs/method.ts';
import { type Preparing, preparedAtOnce } from '../../core/runs/preparing.ts';
import type { Recipe } from '../../core/runs/recipe.ts';
import { trainingCost } from '../../core/runs/training-cost.ts';
import { figure } from '../../core/text/figure.ts';
import { promptTokens } from '../../core/text/tokens.ts';
import type { Project, ProjectScope, Tx } from '../access/scope.ts';
import { mustAfford, noteSpending } from '../budget/rows.ts';
import { record } from '../events/record.ts';
import { enqueue } from '../jobs/queue.ts';
import { sha256 } from '../platform/crypto.ts';
import { examples, projects, runs } from '../platform/db/schema.ts';
import type { ProviderId } from '../providers/provider.ts';
import type { lockedProject } from '../project/rows.ts';
import { noteEvent } from './change.ts';
import type { DataFacts } from './facts.ts';
import type { Kept } from './kept.ts';
import { doubtfulAmong } from './legs.ts';
import { readFactsFor } from './pair-facts.ts';
import { type ProviderFacts, findingsOf, refuseBlocked } from './preflight.ts';
import { prepareHere } from './prepare.ts';
import type { Run } from './rows.ts';

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

/** What the checklist says just before a start, and what follows from it. */
export type Checked = {
	data: DataFacts;
	estimateCents: number | null;
	/** The examples that stand first in the training file, by number. */
	first: number[];
};

type Wanted = { method: Method; recipe: Recipe; provider: ProviderFacts };

const lastNumber = async (tx: Tx, projectId: string): Promise<number> => {
	const { projectId: ofProject, number } = examples;
	const [last] = await tx
		.select({ number })
		.from(examples)
		.where(eq(ofProject, projectId))
		.orderBy(asc(ofProject), desc(number))
		.limit(1);
	return last?.number ?? 0;
};

/** A step: looks through the data once more. Refuses what blocks with its sentences. `kept`: for transactions that only look. */
export const checkRun = async (
	tx: Tx,
	project: Project,
	{ method, recipe, provider }: Wanted,
	kept?: Kept
): Promise<Checked> => {
	const at = provider.provider as ProviderId | null;
	const data = await readFactsFor(tx, project, { method, recipe, provider: at, ...(kept && { kept }) });
	refuseBlocked(findingsOf({ ...data, recipe }, provider));
	const estimateCents = trainingCost(data, recipe, provider.price).cents;
	const tooMuch = estimateProblem(estimateCents);
	if (tooMuch) throw new AppError('conflict', tooMuch);
	const prompt = promptTokens(project.systemPrompt);
	const doubtful =
		provider.contextTokens !== null && isCounted(at, method) ? doubtfulFrom(provider.contextTokens, prompt) : Infinity;
	// as a rule none is nearly as long, which the checklist knows
	const first = data.longestTokens - prompt > doubtful ? await doubtfulAmong(tx, project, doubtful) : [];
	return { data, estimateCents, first };
};

type Placed = Pick<Wanted, 'method' | 'recipe'> & {
	/** As it is under its lock. */
	project: Awaited<ReturnType<typeof lockedProject>>;
	mark: string;
	seed: number;
	checked: Checked;
};

/**
 * A step: makes the run and queues the order in the same transaction. What it learns from is reserved and written down in it as well where the
 * project is small, else part by part by the same job, before it orders anything.
 */
export const placeRun = async (
	tx: Tx,
	scope: ProjectScope,
	{ project, method, recipe, mark, seed, checked }: Placed
): Promise<Run> => {
	const { data, estimateCents, first } = checked;
	const isElsewhere =
		project.connectionId !== scope.project.connectionId || project.baseModel !== scope.project.baseModel;
	await mustAfford(tx, project.id, estimateCents);
	await tx
		.update(projects)
		// the next training begins with these settings; preferences have their own
		.set({ nextRun: project.nextRun + 1, ...(method === 'sft' && !isElsewhere && { recipe }) })
		.where(eq(projects.id, project.id));
	const { systemPrompt, qualityThreshold } = project;
	// numbers are given under this lock: all that are lower stand there
	const before = (await lastNumber(tx, project.id)) + 1;
	const preparing: Preparing = {
		...{ systemPrompt, qualityThreshold, before, first },
		...{ leg: 0, last: 0, taken: { train: 0, validation: 0 }, parts: { train: 0, validation: 0 }, tokens: 0 },
		worker: null
	};
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
			preparing,
			createdBy: scope.userId
		})
		.returning();
	const run = row!;
	const isPrepared = project.nextExample <= preparedAtOnce;
	const placed: Run = isPrepared ? { ...run, preparing: null, ...(await prepareHere(tx, run, preparing)) } : run;
	if (!isPrepared)
		await noteEvent(tx, run, {
			kind: 'preparing',
			message: `Preparing about ${figure(run.trainCount)} ${method === 'dpo' ? 'pairs' : 'examples'}, part by part. What is added from now on is in the next run.`
		});
	const { version, baseModel: model, trainCount, validationCount } = placed;
	await record(tx, scope, {
		event: 'run.started',
		subject: run.id,
		projectId: project.id,
		details: { project: project.slug, version, model, trainCount, validationCount }
	});
	await noteSpending(tx, project.id);
	await enqueue(tx, 'run.submit', { runId: run.id });
	return placed;
};

/** An example can leave its side between our two looks at it; the database notices (AI004). */
export const changedMeanwhile = (problem: unknown): never => {
	const code = (problem as { cause?: { code?: string } }).cause?.code;
	if (code === 'AI004') throw new AppError('conflict', 'The split has just changed. Look at the checklist again.');
	throw problem;
};
