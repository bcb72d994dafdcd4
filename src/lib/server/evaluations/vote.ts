import { and, eq } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import type { Choice } from '../../core/evaluations/ballots.ts';
import { authorize } from '../../core/permissions.ts';
import { ballots, votes } from '../platform/db/schema.ts';
import { projectOf } from '../project/projects.ts';
import { announce } from '../events/legacy.ts';
import type { Scope } from '../access/scope.ts';
import { ballotsOf, judgedBy, voter } from './ballots.ts';
import { evaluationOf } from './rows.ts';
import { isClosed } from './votes.ts';

type NewChoice = { evaluationId: string; ballotId: string; clientId: string };

const append = (scope: Scope, slug: string, input: NewChoice & { choice: Choice | null }) => {
	authorize(scope, 'evaluations:vote');
	const personId = voter(scope);
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug);
		const evaluation = await evaluationOf(tx, project.id, input.evaluationId);
		const [ballot] = await tx
			.select()
			.from(ballots)
			.where(
				and(eq(ballots.id, input.ballotId), eq(ballots.evaluationId, evaluation.id), eq(ballots.personId, personId))
			);
		if (!ballot) throw new AppError('not_found', 'There is no such comparison, or it is not yours.');
		const [sent] = await tx.select().from(votes).where(eq(votes.clientId, input.clientId));
		if (sent && sent.ballotId !== ballot.id)
			throw new AppError('conflict', 'This vote was already used for another comparison.');
		if (!sent) {
			if (await isClosed(tx, evaluation)) {
				throw new AppError('conflict', 'This comparison is over: its results have been revealed.');
			}
			const { projectId, pairingId } = ballot;
			const vote = { projectId, pairingId, personId, ballotId: ballot.id, evaluationId: evaluation.id };
			// the same vote sent twice at once: the second one finds it there
			await tx
				.insert(votes)
				.values({ ...vote, choice: input.choice, clientId: input.clientId })
				.onConflictDoNothing();
			await announce(tx, `evaluation:${evaluation.id}`, project.id);
		}
		const judged = await judgedBy(tx, evaluation, personId);
		return { judged: judged.size, total: (await ballotsOf(tx, evaluation, personId)).length };
	});
};

/** Appends this person's vote on their own ballot. The same `clientId` twice counts once. Answers with their progress. */
export const castVote = (scope: Scope, slug: string, input: NewChoice & { choice: Choice }) =>
	append(scope, slug, input);

/** Takes a vote back by appending an empty one; the pair comes again. */
export const undoVote = (scope: Scope, slug: string, input: NewChoice) =>
	append(scope, slug, { ...input, choice: null });
