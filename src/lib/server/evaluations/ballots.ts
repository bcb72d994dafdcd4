import { and, desc, eq } from 'drizzle-orm';
import type { Pair, PairQueue } from '../../contract/evaluations.ts';
import { AppError } from '../../core/errors.ts';
import { spoken } from '../../core/evaluations/answers.ts';
import { type Names, masked } from '../../core/evaluations/masking.ts';
import { ballots, votes } from '../platform/db/schema.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { type Ballot, type Need, ballotsOf, deal, needOf } from './dealing.ts';
import { type Evaluation, contendersOf, namesOf } from './rows.ts';
import { among, textsOf } from './texts.ts';

/** So many pairs are on their way before they are needed: the next one is there when a key is pressed. */
const ahead = 5;

/** A step: who votes. A job is nobody. */
export const voter = (scope: Scope): string => {
	if (!scope.voterId) throw new AppError('forbidden', 'Only a person or a key can vote.');
	return scope.voterId;
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

/** Those after a place first: what was skipped comes back at the end; what no longer needs a vote comes after all. */
const inTurn = (open: readonly Ballot[], after: number, { has }: Need): Ballot[] => {
	const later = ({ position }: Ballot) => Number(position <= after);
	const served = ({ pairingId }: Ballot) => Number(has.has(pairingId));
	return open.toSorted(
		(one, two) => served(one) - served(two) || later(one) - later(two) || one.position - two.position
	);
};

/**
 * A step: this voter's next pairs, at most five: those whose prompt lacks votes before those where one more only shows whether people
 * agree. Ballots are dealt when they are needed. `project`: its name.
 */
export const nextPairsOf = async (
	tx: Tx,
	evaluation: Evaluation,
	{ voterId, isScript, after, project }: { voterId: string; isScript: boolean; after: number; project: string }
): Promise<PairQueue> => {
	const total = evaluation.planned;
	if (evaluation.status !== 'voting') return { state: 'waiting', judged: 0, total, complete: false, pairs: [] };
	const isOver = evaluation.revealedAt !== null;
	const judged = await judgedBy(tx, evaluation, voterId);
	const isOpen = ({ id }: Ballot) => !judged.has(id);
	const isEnough = (drawn: readonly Ballot[], { has }: Need) => {
		const lacking = drawn.filter(({ pairingId }) => !has.has(pairingId));
		const areDealt = lacking.length === total - has.size;
		return (areDealt ? drawn : lacking).filter((one) => isOpen(one) && one.position > after).length >= ahead;
	};
	const known = { drawn: await ballotsOf(tx, evaluation, voterId), need: await needOf(tx, evaluation, isScript) };
	const isDue = !isOver && known.drawn.length < total && !isEnough(known.drawn, known.need);
	const { drawn, need } = isDue ? await deal(tx, evaluation, voterId, { isScript, isEnough }) : known;
	const progress = { judged: judged.size, total, complete: need.has.size === total };
	if (judged.size === total) return { state: 'done', ...progress, pairs: [] };
	if (isOver) return { state: 'closed', ...progress, pairs: [] };
	const ids = inTurn(drawn.filter(isOpen), after, need)
		.slice(0, ahead)
		.map(({ id }) => id);
	const names = namesOf(await contendersOf(tx, evaluation), project);
	return { state: 'open', ...progress, pairs: await pairsOf(tx, ids, names) };
};
