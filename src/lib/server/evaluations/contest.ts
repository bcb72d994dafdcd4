import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { type Message, promptOf, targetOf } from '../../core/examples/example.ts';
import { chatLine } from '../../core/examples/formats/training.ts';
import { runCan } from '../../core/runs/status.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { record } from '../events/record.ts';
import { enqueue } from '../jobs/queue.ts';
import { evaluations, examples, members, pairings, projects, runs } from '../platform/db/schema.ts';
import { trainedPrompts } from './leaks.ts';
import { sortOf } from './generation.ts';
import type { Evaluation } from './rows.ts';

/** A step: the run of this project with this id, whose model can answer. */
export const readyRun = async (tx: Tx, projectId: string, id: string, field: 'runId' | 'against') => {
	const [run] = await tx
		.select()
		.from(runs)
		.where(and(eq(runs.id, id), eq(runs.projectId, projectId)));
	if (!run) throw new AppError('not_found', 'There is no such run, or it is not yours to see.');
	if (!runCan.evaluate(run))
		throw new AppError('conflict', `v${run.version} is not ready. Choose a run that has finished.`, field);
	return run;
};

/** A step: how many people of the team may vote in this project. */
export const voterCount = (tx: Tx, projectId: string): Promise<number> =>
	tx.$count(members, sql`${members.projectIds} is null or ${projectId}::uuid = any (${members.projectIds})`);

/** A step: more votes on a prompt than there are people would never be given. */
export const asManyVoters = async (tx: Tx, projectId: string, votes: number) => {
	const people = await voterCount(tx, projectId);
	if (votes <= people) return;
	const have = people === 1 ? 'Only one person' : `Only ${people} people`;
	throw new AppError(
		'invalid',
		`${have} may vote in this project, so a prompt cannot get ${votes} votes. Invite more, or ask for fewer.`,
		'votes'
	);
};

/** A prompt that can be asked: its hash, and that of its family, or its own where it has none. */
export type Comparable = { id: string; prompt: string; family: string };

/** A step: the validation examples, one of each family: what nearly asks the same twice would be the same comparison twice. */
export const comparable = async (tx: Tx, projectId: string): Promise<Comparable[]> => {
	const family = sql<Buffer>`coalesce(${examples.family}, ${examples.promptHash})`;
	const rows = await tx
		.selectDistinctOn([family], { id: examples.id, hash: examples.promptHash, family })
		.from(examples)
		.where(and(eq(examples.projectId, projectId), eq(examples.split, 'validation'), isNull(examples.deletedAt)))
		.orderBy(family, asc(examples.number));
	return rows.map(({ id, hash, family }) => ({ id, prompt: hash.toString('hex'), family: family.toString('hex') }));
};

/** Whether one of these prompts, or one of its family, is the prompt. */
export const isKnown = (prompts: ReadonlySet<string>) => (one: Comparable) =>
	prompts.has(one.prompt) || prompts.has(one.family);

/** A step: those that no contender has trained on: what a model has learnt by heart measures nothing. */
export const fair = async (tx: Tx, projectId: string, runIds: string[]): Promise<string[]> => {
	const trained = await Promise.all(runIds.map((id) => trainedPrompts(tx, id)));
	const list = await comparable(tx, projectId);
	return list.filter((one) => !trained.some((prompts) => isKnown(prompts)(one))).map(({ id }) => id);
};

/** What both contenders are asked: the turns before the answer as the training wrote them, without its weights. */
export const promptFor = (messages: Message[], systemPrompt: string): Message[] => {
	const { messages: turns } = JSON.parse(chatLine({ messages, rewrite: null }, systemPrompt, { thoughts: false })) as {
		messages: Message[];
	};
	return promptOf(turns).map(({ weight: _, ...turn }) => turn as Message);
};

/** A step: the same are not prepared twice at once: that was a second click. */
export const refuseTwin = async (
	tx: Tx,
	runId: string,
	againstRunId: string | null,
	kind: Evaluation['kind'] = 'comparison'
) => {
	const [twin] = await tx
		.select({ number: evaluations.number })
		.from(evaluations)
		.where(
			and(
				eq(evaluations.runId, runId),
				againstRunId === null ? isNull(evaluations.againstRunId) : eq(evaluations.againstRunId, againstRunId),
				eq(evaluations.status, 'generating'),
				eq(evaluations.kind, kind)
			)
		);
	if (!twin) return;
	const which = kind === 'scoring' ? `Scoring ${twin.number} of this model` : `Comparison ${twin.number} of these two`;
	throw new AppError('conflict', `${which} is being prepared. Wait for it.`);
};

/** A step: what will be compared, prompt by prompt, in the order of `exampleIds`, from place `from` on. Never changed afterwards. */
export const addPairings = async (
	tx: Tx,
	{ id, projectId, systemPrompt }: Evaluation,
	exampleIds: readonly string[],
	from = 0
) => {
	if (exampleIds.length === 0) return;
	const rows = await tx
		.select()
		.from(examples)
		.where(inArray(examples.id, [...exampleIds]));
	const byId = new Map(rows.map((row) => [row.id, row]));
	await tx.insert(pairings).values(
		exampleIds.map((exampleId, at) => {
			const example = byId.get(exampleId)!;
			return {
				projectId,
				evaluationId: id,
				exampleId,
				position: from + at,
				prompt: promptFor(example.messages, systemPrompt),
				reference: targetOf(example)
			};
		})
	);
};

/** A step: what was just set up begins: it has its number and its event, and its answers are written. */
export const begin = async (tx: Tx, scope: Scope, evaluation: Evaluation) => {
	const { id, projectId, number, name, planned } = evaluation;
	await tx
		.update(projects)
		.set({ nextEvaluation: number + 1 })
		.where(eq(projects.id, projectId));
	await enqueue(tx, 'evaluation.generate', { evaluationId: id });
	await record(tx, scope, {
		event: 'evaluation.created',
		subject: id,
		projectId,
		details: { name, planned, ...sortOf(evaluation) }
	});
	return { id, number };
};
