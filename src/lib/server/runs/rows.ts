import { and, desc, eq, isNotNull, isNull, notInArray } from 'drizzle-orm';
import type { ListedRun, RunFileKind, Serving } from '../../contract/run.ts';
import { AppError } from '../../core/errors.ts';
import { promptOfLine } from '../../core/examples/formats/training.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { sha256 } from '../platform/crypto.ts';
import { connections, runFileParts, runFiles, runs, servings } from '../platform/db/schema.ts';
import { ProviderError } from '../providers/errors.ts';
import type { ProviderId } from '../providers/provider.ts';
import { isUnreadable } from '../providers/unreadable.ts';

export type Run = typeof runs.$inferSelect;

/** A step: the run with this id, if it is still there. `lock` makes other changes of it wait. */
export const findRun = async (tx: Tx, runId: string, { lock = false } = {}): Promise<Run | undefined> => {
	const query = tx.select().from(runs).where(eq(runs.id, runId));
	return (await (lock ? query.for('no key update') : query))[0];
};

/** A step: the same, and *not found* when it is not. */
export const runById = async (tx: Tx, runId: string, options: { lock?: boolean } = {}): Promise<Run> => {
	const run = await findRun(tx, runId, options);
	if (!run) throw noRun();
	return run;
};

/** A step: a run of the scope's project. One of another project is *not found*. */
export const runOf = async (
	tx: Tx,
	{ project }: Pick<ProjectScope, 'project'>,
	runId: string,
	options: { lock?: boolean } = {}
): Promise<Run> => {
	const run = await runById(tx, runId, options);
	if (run.projectId !== project.id) throw noRun();
	return run;
};

const noRun = () => new AppError('not_found', 'There is no such run, or it is not yours to see.');

/** The fields that lists show. */
export const listedRun = (run: Run): ListedRun => ({
	id: run.id,
	version: run.version,
	status: run.status,
	baseModel: run.baseModel,
	model: run.model,
	method: run.method,
	recipe: run.recipe,
	trainCount: run.trainCount,
	validationCount: run.validationCount,
	estimateCents: run.estimateCents,
	costCents: run.costCents,
	stepsDone: run.stepsDone,
	stepsTotal: run.stepsTotal,
	problem: run.problem,
	cancelRequestedAt: run.cancelRequestedAt,
	createdAt: run.createdAt,
	finishedAt: run.finishedAt
});

/** A step: what a dashboard shows of the project's runs: the newest, those that are not over, and how many gave a model. */
export const recentRuns = async (tx: Tx, { project }: Pick<ProjectScope, 'project'>, limit: number) => {
	const ofProject = eq(runs.projectId, project.id);
	const line = {
		id: runs.id,
		version: runs.version,
		status: runs.status,
		trainCount: runs.trainCount,
		validationCount: runs.validationCount,
		createdAt: runs.createdAt,
		finishedAt: runs.finishedAt
	};
	const newest = await tx.select(line).from(runs).where(ofProject).orderBy(desc(runs.version)).limit(limit);
	const open = await tx
		.select({ id: runs.id })
		.from(runs)
		.where(and(ofProject, notInArray(runs.status, ['draft', 'ready', 'failed', 'cancelled'])));
	const models = await tx.$count(runs, and(ofProject, eq(runs.status, 'ready')));
	return { newest, open: open.map(({ id }) => id), models };
};

/** The servings of a run's model, or those of its base, which a comparison needs. */
export const isOf = (runId: string, ofBase: boolean) =>
	and(eq(servings.runId, runId), ofBase ? isNotNull(servings.baseModel) : isNull(servings.baseModel));

/** A step: the newest serving of a run, or of its base, whatever became of it. */
export const newestServing = async (
	tx: Tx,
	runId: string,
	ofBase = false
): Promise<typeof servings.$inferSelect | undefined> => {
	const [newest] = await tx
		.select()
		.from(servings)
		.where(isOf(runId, ofBase))
		.orderBy(desc(servings.createdAt))
		.limit(1);
	return newest;
};

/** A serving as people may see it: nothing of where it stands at the provider. */
export const shownServing = (serving: typeof servings.$inferSelect): Serving => ({
	id: serving.id,
	status: serving.status,
	centsPerHour: serving.centsPerHour,
	problem: serving.problem,
	createdAt: serving.createdAt,
	readyAt: serving.readyAt,
	idleAt: serving.idleAt,
	stoppedAt: serving.stoppedAt,
	callAs: serving.deployment?.callAs ?? null
});

/** A provider may ask us to wait; longer than this would look like a standstill. */
export const longestWaitMs = 15 * 60_000;

/**
 * Has what went wrong at a provider written down where people read it; an address that we may not call is such a problem
 * too. Anything else is a bug and is thrown, also when an answer brought it about, which is said before that.
 */
export const tellProblem = async (problem: unknown, record: (known: ProviderError) => Promise<void>): Promise<void> => {
	if (problem instanceof ProviderError) return record(problem);
	if (problem instanceof AppError) return record(new ProviderError('refused', problem.message));
	if (isUnreadable(problem)) {
		const known = new ProviderError('down', 'The provider answered in a way that can not be read.');
		await record(known).catch(() => {}); // to the log goes what broke, not that it is tried again
	}
	throw problem;
};

/** A step: where a connection leads. */
export const providerOf = async (tx: Tx, connectionId: string): Promise<ProviderId> => {
	const [row] = await tx
		.select({ provider: connections.provider })
		.from(connections)
		.where(eq(connections.id, connectionId));
	return row!.provider;
};

/** A step: what a failed call has taught us about its connection, shown in the team's settings. */
export const markFrom = async (tx: Tx, connectionId: string, { kind, message, keyIsGood }: ProviderError) => {
	if ((kind !== 'key' && kind !== 'closed') || keyIsGood) return;
	await tx
		.update(connections)
		.set({
			...(kind === 'key' ? { status: 'refused' } : { training: 'closed' }),
			problem: message,
			checkedAt: new Date()
		})
		.where(eq(connections.id, connectionId));
};

export type Ask = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;

/** The lines of a file in texts, one after the other. `ask` opens a transaction for each, or has one. Nothing where there is no such file. */
export async function* textsOf(ask: Ask, runId: string, kind: RunFileKind): AsyncGenerator<string> {
	const [file] = await ask((tx) =>
		tx
			.select({ body: runFiles.body, parts: runFiles.parts })
			.from(runFiles)
			.where(and(eq(runFiles.runId, runId), eq(runFiles.kind, kind)))
	);
	if (!file) return;
	if (file.body !== null) return yield file.body;
	yield* partsOf(ask, { runId, kind }, file.parts!);
}

/** The parts of a file, one after the other, as many as it has. */
export async function* partsOf(
	ask: Ask,
	{ runId, kind }: { runId: string; kind: RunFileKind },
	parts: number
): AsyncGenerator<string> {
	for (let place = 0; place < parts; place++) {
		const [part] = await ask((tx) =>
			tx
				.select({ body: runFileParts.body })
				.from(runFileParts)
				.where(and(eq(runFileParts.runId, runId), eq(runFileParts.kind, kind), eq(runFileParts.place, place)))
		);
		yield part!.body;
	}
}

/** By what the prompt of a line of a training file is known, in hexadecimal. */
export const hashOfLine = (line: string): string => sha256(promptOfLine(line)).toString('hex');

const linesIn = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

/** The same of all lines of a part of a file. Throws where one can not be read. */
export const promptsIn = (text: string): string[] => linesIn(text).map(hashOfLine);

/** The same of those lines that can be read, and how many can not: of a file as it came from elsewhere, or was broken. */
export const readablePrompts = (text: string): { hashes: string[]; unreadable: number } => {
	const lines = linesIn(text);
	const hashes = lines.flatMap((line) => {
		try {
			return hashOfLine(line);
		} catch (problem) {
			if (problem instanceof SyntaxError || problem instanceof TypeError) return [];
			throw problem;
		}
	});
	return { hashes, unreadable: lines.length - hashes.length };
};
