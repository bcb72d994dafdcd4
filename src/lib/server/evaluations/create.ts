import { randomInt } from 'node:crypto';
import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { type NewEvaluation, orderOf } from '../../core/evaluations/ballots.ts';
import { type Message, promptOf, targetOf } from '../../core/examples/example.ts';
import { chatLine } from '../../core/examples/formats/training.ts';
import { authorize } from '../../core/permissions.ts';
import { runCan } from '../../core/runs/status.ts';
import { audit } from '../events/legacy.ts';
import { evaluations, examples, pairings, projects, runs } from '../platform/db/schema.ts';
import { enqueue } from '../jobs/queue.ts';
import { projectOf } from '../project/projects.ts';
import { announce } from '../events/legacy.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { trainedPrompts } from './leaks.ts';

/** A step: the run of this project with this id, whose model can answer. */
const readyRun = async (tx: Tx, projectId: string, id: string, field: 'runId' | 'against') => {
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

/** Those that no contender has trained on: what a model has learnt by heart measures nothing. */
const fair = async (tx: Tx, projectId: string, runIds: string[]): Promise<string[]> => {
	const trained = await Promise.all(runIds.map((id) => trainedPrompts(tx, id)));
	const list = await comparable(tx, projectId);
	return list.filter(({ prompt }) => !trained.some((prompts) => prompts.has(prompt))).map(({ id }) => id);
};

/** What both contenders are asked: the turns before the answer as the training wrote them, without its weights. */
const promptFor = (messages: Message[], systemPrompt: string): Message[] => {
	const { messages: turns } = JSON.parse(chatLine({ messages, rewrite: null }, systemPrompt)) as {
		messages: Message[];
	};
	return promptOf(turns).map(({ weight: _, ...turn }) => turn as Message);
};

const refuseTwin = async (tx: Tx, runId: string, againstRunId: string | null) => {
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

/**
 * Fixes what will be compared, prompt by prompt, and how many votes make a verdict; the answers are written by a job.
 * Refuses a run that is not ready, more pairs than there are validation prompts, and a second click.
 */
export const createEvaluation = (
	scope: Scope,
	slug: string,
	input: NewEvaluation
): Promise<{ id: string; number: number }> => {
	authorize(scope, 'evaluations:create');
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug, { lock: true });
		const run = await readyRun(tx, project.id, input.runId, 'runId');
		const against = input.against === 'base' ? null : await readyRun(tx, project.id, input.against, 'against');
		await refuseTwin(tx, run.id, against?.id ?? null);

		const available = await fair(tx, project.id, against ? [run.id, against.id] : [run.id]);
		if (input.pairs > available.length) {
			throw new AppError('invalid', `Only ${available.length} validation prompts can be compared fairly.`, 'pairs');
		}
		const seed = randomInt(2 ** 31);
		const chosen = orderOf(available, seed).slice(0, input.pairs);
		const rows = await tx.select().from(examples).where(inArray(examples.id, chosen));
		const byId = new Map(rows.map((row) => [row.id, row]));

		const [made] = await tx
			.insert(evaluations)
			.values({
				projectId: project.id,
				number: project.nextEvaluation,
				name: input.name || `v${run.version} against ${against ? `v${against.version}` : 'base'}`,
				runId: run.id,
				againstRunId: against?.id ?? null,
				connectionId: run.connectionId,
				baseModel: run.baseModel,
				systemPrompt: project.systemPrompt,
				planned: chosen.length,
				temperature: input.temperature,
				maxTokens: input.maxTokens,
				seed,
				status: 'generating',
				createdBy: scope.userId
			})
			.returning();
		await tx
			.update(projects)
			.set({ nextEvaluation: project.nextEvaluation + 1 })
			.where(eq(projects.id, project.id));
		await tx.insert(pairings).values(
			chosen.map((exampleId, position) => {
				const example = byId.get(exampleId)!;
				return {
					projectId: project.id,
					evaluationId: made!.id,
					exampleId,
					position,
					prompt: promptFor(example.messages, project.systemPrompt),
					reference: targetOf(example)
				};
			})
		);
		await enqueue(tx, scope, 'evaluation.generate', { evaluationId: made!.id });
		await audit(tx, scope, 'evaluation.created', made!.id, { name: made!.name, planned: made!.planned });
		await announce(tx, `project:${project.id}`, project.id);
		return { id: made!.id, number: made!.number };
	});
};
