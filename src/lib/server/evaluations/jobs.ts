import { and, eq, isNull } from 'drizzle-orm';
import type { Scope } from '../access/scope.ts';
import { eachOf } from '../jobs/each.ts';
import { isQueued } from '../jobs/is-queued.ts';
import { job } from '../jobs/job.ts';
import { enqueue } from '../jobs/queue.ts';
import { evaluations, judgings } from '../platform/db/schema.ts';
import { generateOutputs } from './generate.ts';
import { letJudge } from './judge.ts';
import { tellVerdict } from './mail.ts';
import { countVotes, isUncounted } from './verdict.ts';

export const evaluationJobs = [
	job('evaluation.generate', {
		id: 'evaluationId',
		atOnce: 2,
		run: (scope, { evaluationId }, signal) => generateOutputs(scope, evaluationId, signal)
	}),
	job('evaluation.tell', {
		id: 'evaluationId',
		atOnce: 1,
		bySystem: true,
		run: (scope, { evaluationId }) => tellVerdict(scope, evaluationId)
	}),
	job('judging.ask', {
		id: 'judgingId',
		atOnce: 2,
		run: (scope, { judgingId }, signal) => letJudge(scope, judgingId, signal)
	})
];

/** Gives every evaluation that is being generated its job back, where it has none. For the sweep. */
export const requeueGenerations = (scope: Scope) =>
	scope.tx(async (tx) => {
		const lost = await tx
			.select({ id: evaluations.id })
			.from(evaluations)
			// of a three-way the first has the answers of all written
			.where(and(eq(evaluations.status, 'generating'), isNull(evaluations.threeOf)));
		for (const { id } of lost) {
			if (!(await isQueued(tx, 'evaluation.generate', id)))
				await enqueue(tx, 'evaluation.generate', { evaluationId: id });
		}
	});

/** The same of every model that judges. */
export const requeueJudgings = (scope: Scope) =>
	scope.tx(async (tx) => {
		const lost = await tx.select({ id: judgings.id }).from(judgings).where(eq(judgings.status, 'judging'));
		for (const { id } of lost) {
			if (!(await isQueued(tx, 'judging.ask', id))) await enqueue(tx, 'judging.ask', { judgingId: id });
		}
	});

/** Counts every revealed comparison of which something is not kept. One that cannot be counted stands in no other's way. For the sweep. */
export const countUncounted = async (scope: Scope): Promise<void> => {
	const uncounted = await scope.tx((tx) => tx.select({ id: evaluations.id }).from(evaluations).where(isUncounted));
	await eachOf(uncounted, ({ id }) => countVotes(scope, id));
};

/** Removes the texts of answers that are kept no longer. For the sweep, where a server keeps them for some time only. */
export { removeOldTexts } from './removed-texts.ts';
