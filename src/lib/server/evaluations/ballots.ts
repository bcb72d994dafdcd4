import { and, desc, eq } from 'drizzle-orm';
import type { Pair, PairQueue } from '../../contract/evaluations.ts';
import type { AnswerQueue } from '../../contract/scoring.ts';
import { AppError } from '../../core/errors.ts';
import { spoken } from '../../core/evaluations/answers.ts';
import { type Names, masked } from '../../core/evaluations/masking.ts';
import { among } from '../platform/db/among.ts';
import { ballots, votes } from '../platform/db/schema.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { type Ballot, type Need, ballotsOf, deal, needOf } from './dealing.ts';
import { type Evaluation, contendersOf, namesOf } from './rows.ts';
import { textsOf } from './texts.ts';

/** So many pairs are on their way before they are needed: the next one is there when a key is pressed. */
const ahead = 5;

/** A step: who votes. A job is nobody. */
export const voter = (scope: Scope): string => {
	if (!scope.voterId) throw new AppError('forbidden', 'Only a person or a key can vote.');
	return scope.voterId;
};

/** A step: the ballots a voter has voted on, and those they have skipped; what was taken back is in neither. */
export const settledBy = async (tx: Tx, evaluation: Evaluation, voterId: string) => {
	const rows = await tx
		.selectDistinctOn([votes.ballotId], { ballotId: votes.ballotId, choice: votes.choice })
		.from(votes)
		.where(and(eq(votes.evaluationId, evaluation.id), eq(votes.personId, voterId)))
		.orderBy(votes.ballotId, desc(votes.seq));
	const idsOf = (list: typeof rows) => new Set(list.map(({ ballotId }) => ballotId));
	return {
		judged: idsOf(rows.filter(({ choice }) => choice !== null && choice !== 'skip')),
		skipped: idsOf(rows.filter(({ choice }) => choice === 'skip'))
	};
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

/** Those after a place first, what was left before it at the end; what no longer needs a vote comes after all. */
const inTurn = (open: readonly Ballot[], after: number, { closed }: Pick<Need, 'closed'>): Ballot[] => {
	const later = ({ position }: Ballot) => Number(position <= after);
	const served = ({ pairingId }: Ballot) => Number(closed.has(pairingId));
	return open.toSorted(
		(one, two) => served(one) - served(two) || later(one) - later(two) || one.position - two.position
	);
};

type Queue = Omit<PairQueue, 'pairs'> & { ids: string[] };
type Asked = { voterId: string; isScript: boolean; after: number; again: boolean };

/**
 * A step: the ballots of this voter's next pairs, at most five: those whose prompt lacks votes before those where one more only shows whether people
 * agree. Ballots are dealt when they are needed. `again`: those that this voter has skipped.
 */
const queueOf = async (tx: Tx, evaluation: Evaluation, { voterId, isScript, after, again }: Asked): Promise<Queue> => {
	const total = evaluation.planned;
	if (evaluation.status !== 'voting')
		return { state: 'waiting', judged: 0, skipped: 0, total, complete: false, ids: [] };
	const isOver = evaluation.revealedAt !== null;
	const { judged, skipped } = await settledBy(tx, evaluation, voterId);
	const isOpen = ({ id }: Ballot) => (again ? skipped.has(id) : !judged.has(id) && !skipped.has(id));
	const isEnough = (drawn: readonly Ballot[], { closed }: Need) => {
		const lacking = drawn.filter(({ pairingId }) => !closed.has(pairingId));
		const areDealt = lacking.length === total - closed.size;
		return (areDealt ? drawn : lacking).filter((one) => isOpen(one) && one.position > after).length >= ahead;
	};
	const known = { drawn: await ballotsOf(tx, evaluation, voterId), need: await needOf(tx, evaluation, isScript) };
	const isDue = !isOver && !again && known.drawn.length < total && !isEnough(known.drawn, known.need);
	const { drawn, need } = isDue ? await deal(tx, evaluation, voterId, { isScript, isEnough }) : known;
	const progress = { judged: judged.size, skipped: skipped.size, total, complete: need.closed.size === total };
	if (judged.size + (again ? 0 : skipped.size) === total) return { state: 'done', ...progress, ids: [] };
	if (isOver) return { state: 'closed', ...progress, ids: [] };
	const ids = inTurn(drawn.filter(isOpen), after, again ? { closed: new Set() } : need)
		.slice(0, ahead)
		.map(({ id }) => id);
	return { state: 'open', ...progress, ids };
};

/** A step: the same with what is asked and answered. `project`: its name. */
export const nextPairsOf = async (
	tx: Tx,
	evaluation: Evaluation,
	{ project, ...asked }: Asked & { project: string }
): Promise<PairQueue> => {
	const { ids, ...queue } = await queueOf(tx, evaluation, asked);
	if (ids.length === 0) return { ...queue, pairs: [] };
	return { ...queue, pairs: await pairsOf(tx, ids, namesOf(await contendersOf(tx, evaluation), project)) };
};

/** A step: this voter's next answers of a scoring, each beside the expected one; dealt in the same way. */
export const nextAnswersOf = async (
	tx: Tx,
	evaluation: Evaluation,
	{ project, ...asked }: Asked & { project: string }
): Promise<AnswerQueue> => {
	const { ids, ...queue } = await queueOf(tx, evaluation, asked);
	const sendableFrom = evaluation.sendableFrom!;
	if (ids.length === 0) return { ...queue, sendableFrom, list: [] };
	const names = namesOf(await contendersOf(tx, evaluation), project);
	const rows = await tx.select().from(ballots).where(among(ballots.id, ids));
	const texts = await textsOf(
		tx,
		rows.map(({ pairingId }) => pairingId)
	);
	const list = rows
		.toSorted((one, two) => ids.indexOf(one.id) - ids.indexOf(two.id))
		.map(({ id, position, pairingId }) => {
			const { prompt, reference, a } = texts.get(pairingId)!;
			// a scoring asks validation examples only, and those have one
			return { ballotId: id, position, prompt, expected: reference!, answer: masked(spoken(a.text), names) };
		});
	return { ...queue, sendableFrom, list };
};
