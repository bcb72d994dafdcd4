import { and, desc, eq } from 'drizzle-orm';
import type { Pair, PairQueue } from '../../contract/evaluations.ts';
import { AppError } from '../../core/errors.ts';
import { spoken } from '../../core/evaluations/answers.ts';
import { balancedSides, orderOf } from '../../core/evaluations/ballots.ts';
import { type Names, masked } from '../../core/evaluations/masking.ts';
import { config } from '../platform/config.ts';
import { keyedDigest } from '../platform/crypto.ts';
import { ballots, votes } from '../platform/db/schema.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { type Evaluation, contendersOf, namesOf } from './rows.ts';
import { among, textsOf } from './texts.ts';
import { pairingsOf, refusedByReveal } from './votes.ts';

/** So many pairs are on their way before they are needed: the next one is there when a key is pressed. */
const ahead = 5;

/** A step: who votes. A job is nobody. */
export const voter = (scope: Scope): string => {
	if (!scope.voterId) throw new AppError('forbidden', 'Only a person or a key can vote.');
	return scope.voterId;
};

/** A step: a voter's ballots in their order. */
export const ballotsOf = (tx: Tx, evaluation: Evaluation, voterId: string) =>
	tx
		.select({ id: ballots.id, position: ballots.position })
		.from(ballots)
		.where(and(eq(ballots.evaluationId, evaluation.id), eq(ballots.personId, voterId)))
		.orderBy(ballots.position);

/**
 * Draws a voter's ballots, once: their own order, and sides in balanced blocks of it. The key is the same for two tabs that open
 * together, and nobody but the server can make it: whoever tried seeds until one explained what they know of a few pairs would
 * know the rest.
 */
const drawBallots = async (tx: Tx, evaluation: Evaluation, voterId: string) => {
	const drawn = await ballotsOf(tx, evaluation, voterId);
	if (drawn.length > 0) return drawn;
	const seed = keyedDigest(config().keks, 'ballots', `${evaluation.id}:${voterId}`);
	const order = orderOf(
		(await pairingsOf(tx, evaluation.id)).map(({ id }) => id),
		seed
	);
	const swapped = balancedSides({ seed, count: order.length });
	await tx
		.insert(ballots)
		.values(
			order.map((pairingId, position) => ({
				projectId: evaluation.projectId,
				evaluationId: evaluation.id,
				pairingId,
				personId: voterId,
				position,
				swapped: swapped[position]!
			}))
		)
		.onConflictDoNothing()
		.catch(refusedByReveal);
	return ballotsOf(tx, evaluation, voterId);
};

/** A step: the ballots a voter has voted on and not taken back. */
export const judgedBy = async (tx: Tx, evaluation: Evaluation, voterId: string): Promise<Set<string>> => {
	const rows = await tx
		.selectDistinctOn([votes.ballotId], { ballotId: votes.ballotId, choice: votes.choice })
		.from(votes)
		.where(and(eq(votes.evaluationId, evaluation.id), eq(votes.personId, voterId)))
		.orderBy(votes.ballotId, desc(votes.seq));
	return new Set(rows.filter((row) => row.choice !== null).map((row) => row.ballotId));
};

const pairsOf = async (tx: Tx, ids: string[], names: Names): Promise<Pair[]> => {
	const rows = await tx.select().from(ballots).where(among(ballots.id, ids));
	const texts = await textsOf(
		tx,
		rows.map(({ pairingId }) => pairingId)
	);
	return ids
		.map((id) => rows.find((row) => row.id === id)!)
		.map(({ id, position, pairingId, swapped }) => {
			const { prompt, a, b } = texts.get(pairingId)!;
			const [first, second] = swapped ? [b, a] : [a, b];
			return {
				ballotId: id,
				position,
				prompt,
				first: masked(spoken(first.text), names),
				second: masked(spoken(second.text), names)
			};
		});
};

/**
 * A step: this voter's next pairs, at most five, those after the place `after` first: what was skipped comes back at the end.
 * The first look draws their ballots. `project`: its name.
 */
export const nextPairsOf = async (
	tx: Tx,
	evaluation: Evaluation,
	{ voterId, after, project }: { voterId: string; after: number; project: string }
): Promise<PairQueue> => {
	if (evaluation.status !== 'voting') return { state: 'waiting', judged: 0, total: evaluation.planned, pairs: [] };
	const isOver = evaluation.revealedAt !== null;
	const drawn = await (isOver ? ballotsOf : drawBallots)(tx, evaluation, voterId);
	const judged = await judgedBy(tx, evaluation, voterId);
	const left = drawn.filter((ballot) => !judged.has(ballot.id));
	const progress = { judged: judged.size, total: drawn.length || evaluation.planned };
	if (progress.judged === progress.total) return { state: 'done', ...progress, pairs: [] };
	if (isOver) return { state: 'closed', ...progress, pairs: [] };
	const next = [
		...left.filter((ballot) => ballot.position > after),
		...left.filter((ballot) => ballot.position <= after)
	];
	const ids = next.slice(0, ahead).map(({ id }) => id);
	const names = namesOf(await contendersOf(tx, evaluation), project);
	return { state: 'open', ...progress, pairs: await pairsOf(tx, ids, names) };
};
