import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { type Message, promptOf, targetOf } from '../../core/examples/example.ts';
import { chatLine } from '../../core/examples/formats/training.ts';
import { runCan } from '../../core/runs/status.ts';
import type { Tx } from '../access/scope.ts';
import { evaluations, examples, pairings, runs } from '../platform/db/schema.ts';
import { trainedPrompts } from './leaks.ts';
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

/** A step: the validation examples, one for each prompt: the same prompt twice would be the same comparison twice. */
export const comparable = async (tx: Tx, projectId: string): Promise<{ id: string; prompt: string }[]> => {
	const rows = await tx
		.selectDistinctOn([examples.promptHash], { id: examples.id, hash: examples.promptHash })
		.from(examples)
		.where(and(eq(examples.projectId, projectId), eq(examples.split, 'validation'), isNull(examples.deletedAt)))
		.orderBy(asc(examples.promptHash), asc(examples.number));
	return rows.map(({ id, hash }) => ({ id, prompt: hash.toString('hex') }));
};

/** A step: those that no contender has trained on: what a model has learnt by heart measures nothing. */
export const fair = async (tx: Tx, projectId: string, runIds: string[]): Promise<string[]> => {
	const trained = await Promise.all(runIds.map((id) => trainedPrompts(tx, id)));
	const list = await comparable(tx, projectId);
	return list.filter(({ prompt }) => !trained.some((prompts) => prompts.has(prompt))).map(({ id }) => id);
};

/** What both contenders are asked: the turns before the answer as the training wrote them, without its weights. */
export const promptFor = (messages: Message[], systemPrompt: string): Message[] => {
	const { messages: turns } = JSON.parse(chatLine({ messages, rewrite: null }, systemPrompt, { thoughts: false })) as {
		messages: Message[];
	};
	return promptOf(turns).map(({ weight: _, ...turn }) => turn as Message);
};

/** A step: the same two are not prepared twice at once: that was a second click. */
export const refuseTwin = async (tx: Tx, runId: string, againstRunId: string | null) => {
	const [twin] = await tx
		.select({ number: evaluations.number })
		.from(evaluations)
		.where(
			and(
				eq(evaluations.runId, runId),
				againstRunId === null ? isNull(evaluations.againstRunId) : eq(evaluations.againstRunId, againstRunId),
				eq(evaluations.status, 'generating')
			)
		);
	if (twin) throw new AppError('conflict', `Comparison ${twin.number} of these two is being prepared. Wait for it.`);
};

/** A step: what will be compared, prompt by prompt, in the order of `exampleIds`. Never changed afterwards. */
export const addPairings = async (
	tx: Tx,
	{ id, projectId, systemPrompt }: Evaluation,
	exampleIds: readonly string[]
) => {
	const rows = await tx
		.select()
		.from(examples)
		.where(inArray(examples.id, [...exampleIds]));
	const byId = new Map(rows.map((row) => [row.id, row]));
	await tx.insert(pairings).values(
		exampleIds.map((exampleId, position) => {
			const example = byId.get(exampleId)!;
			return {
				projectId,
				evaluationId: id,
				exampleId,
				position,
				prompt: promptFor(example.messages, systemPrompt),
				reference: targetOf(example)
			};
		})
	);
};
