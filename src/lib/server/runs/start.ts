import { and, eq, inArray } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { type NewRun, recipeOf } from '../../core/runs/new-run.ts';
import { authorize } from '../../core/permissions.ts';
import { limitProblem } from '../../core/runs/recipe-limits.ts';
import { trainingCost } from '../../core/runs/training-cost.ts';
import { audit } from '../events/legacy.ts';
import { openAccess } from '../connections/connections.ts';
import { sha256 } from '../platform/crypto.ts';
import { projects, runs } from '../platform/db/schema.ts';
import { enqueue } from '../jobs/queue.ts';
import { type Project, projectOf } from '../project/projects.ts';
import { announce } from '../events/legacy.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { readFacts } from './facts.ts';
import { type ProviderFacts, askProvider, findingsOf, refuseBlocked } from './preflight.ts';
import { type Run, noteEvent } from './rows.ts';
import { writeTrainingFile } from './training-files.ts';

/** What follows from the page's id alone: the same page makes the same mark, and a team's mark exists once. */
const fromClientId = (scope: Scope, project: Project, clientId: string) => {
	const digest = sha256(`${scope.teamId}|${project.id}|${clientId}`);
	const random = digest.toString('hex').slice(0, 16);
	// 40 characters are what every provider keeps of a suffix (providers.md §4.1)
	return { mark: `${project.slug.slice(0, 23).replace(/-+$/, '')}-${random}`, seed: digest.readUInt32BE(16) >>> 1 };
};

const existing = async (tx: Tx, mark: string): Promise<Run | undefined> => {
	const [run] = await tx.select().from(runs).where(eq(runs.mark, mark));
	return run;
};

/** Two orders at the same moment are nearly always one person's two clicks on two pages. */
const refuseWhileOrdering = async (tx: Tx, project: Project) => {
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

/**
 * Starts a run: refuses what blocks with its sentences, keeps the exact bytes, marks what is learnt from, and queues the
 * order in the same transaction. The same `clientId` is the same run, however often it comes.
 */
export const startRun = async (scope: Scope, slug: string, input: NewRun): Promise<Run> => {
	authorize(scope, 'runs:start');
	const recipe = recipeOf(input);
	const first = await scope.tx(async (tx) => {
		const project = await projectOf(tx, slug);
		const run = await existing(tx, fromClientId(scope, project, input.clientId).mark);
		const access = !run && project.connectionId ? await openAccess(tx, project.connectionId) : null;
		return { run, access, baseModel: project.baseModel };
	});
	if (first.run) return first.run;
	if (!first.access) throw new AppError('conflict', 'The project has no connection. Choose one in its settings.');
	const provider = await askProvider(first.access, first.baseModel);
	const wrong = limitProblem(recipe, provider.limits);
	if (wrong) throw new AppError('invalid', wrong.sentence, wrong.field);
	return scope
		.tx(async (tx) => {
			const project = await projectOf(tx, slug, { lock: true });
			const { mark, seed } = fromClientId(scope, project, input.clientId);
			const known = await existing(tx, mark);
			if (known) return known;
			await refuseWhileOrdering(tx, project);
			if (project.baseModel !== first.baseModel)
				throw new AppError('conflict', 'The model of the project has just changed. Look at the checklist again.');
			return placeRun(tx, scope, project, { recipe, mark, seed, provider });
		})
		.catch(changedMeanwhile);
};

type Placed = { recipe: ReturnType<typeof recipeOf>; mark: string; seed: number; provider: ProviderFacts };

const placeRun = async (
	tx: Tx,
	scope: Scope,
	project: Project,
	{ recipe, mark, seed, provider }: Placed
): Promise<Run> => {
	const data = await readFacts(tx, project, recipe);
	refuseBlocked(findingsOf(data, provider));
	await tx
		.update(projects)
		.set({ nextRun: project.nextRun + 1, recipe })
		.where(eq(projects.id, project.id));
	const [run] = await tx
		.insert(runs)
		.values({
			projectId: project.id,
			version: project.nextRun,
			connectionId: project.connectionId!,
			baseModel: project.baseModel,
			recipe,
			seed,
			status: 'uploading',
			mark,
			trainCount: data.trainCount,
			validationCount: data.validationCount,
			tokens: data.tokens,
			estimateCents: trainingCost(data, recipe, provider.centsPerMillion).cents,
			createdBy: scope.userId
		})
		.returning();
	const trainCount = await writeTrainingFile(tx, project, run!, 'train');
	const validationCount = await writeTrainingFile(tx, project, run!, 'validation');
	await tx.update(runs).set({ trainCount, validationCount }).where(eq(runs.id, run!.id));
	const validation = validationCount === 0 ? 'no validation examples' : `${validationCount} for validation`;
	await noteEvent(tx, run!, {
		kind: 'prepared',
		message: `Prepared ${trainCount} examples to train on and ${validation}.`
	});
	await audit(tx, scope, 'run.started', run!.id, {
		project: project.slug,
		version: run!.version,
		model: run!.baseModel,
		trainCount,
		validationCount
	});
	await enqueue(tx, scope, 'run.submit', { runId: run!.id });
	await announce(tx, `run:${run!.id}`, project.id);
	await announce(tx, `project:${project.id}`, project.id);
	return { ...run!, trainCount, validationCount };
};

/** An example can leave its side between our two looks at it; the database notices (AI004). */
const changedMeanwhile = (problem: unknown): never => {
	const code = (problem as { cause?: { code?: string } }).cause?.code;
	if (code === 'AI004') throw new AppError('conflict', 'The split has just changed. Look at the checklist again.');
	throw problem;
};
