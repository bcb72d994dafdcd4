import type { Pair, PairQueue } from '../../contract/evaluations.ts';
import type { AnswerQueue } from '../../contract/scoring.ts';
import { AppError } from '../../core/errors.ts';
import { spoken } from '../../core/evaluations/answers.ts';
import { type Names, masked } from '../../core/evaluations/masking.ts';
import { among } from '../platform/db/among.ts';
import { ballots } from '../platform/db/schema.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { enqueue } from '../jobs/queue.ts';
import { type Ballot, type Need, ballotsOf, deal, needOf, settledBy } from './dealing.ts';
import { type Evaluation, contendersOf, namesOf } from './rows.ts';
import { textsOf } from './texts.ts';

/** So many pairs are on their way before they are needed: the next one is there when a key is pressed. */
const ahead = 5;

/** A step: who votes. A job is nobody. */
export const voter = (scope: Scope): string => {
	if (!scope.voterId) throw new AppError('forbidden', 'Only a person or a key can vote.');
	return scope.voterId;
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
 * Those after a place first, what was left before it at the end; what no longer needs a vote comes after all, but for what comes again:
 * it has its votes, and must not stand out by that.
 */
const inTurn = (open: readonly Ballot[], after: number, { closed }: Pick<Need, 'closed'>): Ballot[] => {
	const later = ({ position }: Ballot) => Number(position <= after);
	const served = ({ pairingId, repeat }: Ballot) => Number(!repeat && closed.has(pairingId));
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
	const { planned } = evaluation;
	const promised = isScript ? 0 : evaluation.repeats;
	if (evaluation.status !== 'voting') {
		const total = planned + promised;
		return { state: 'waiting', judged: 0, skipped: 0, total, repeats: promised, complete: false, ids: [] };
	}
	const isOver = evaluation.revealedAt !== null;
	const { judged, skipped } = await settledBy(tx, evaluation, voterId);
	const isOpen = ({ id }: Ballot) => (again ? skipped.has(id) : !judged.has(id) && !skipped.has(id));
	const isEnough = (drawn: readonly Ballot[], { closed }: Need) => {
		const lacking = drawn.filter(({ pairingId, repeat }) => !repeat && !closed.has(pairingId));
		const areDealt = lacking.length === planned - closed.size;
		const coming = areDealt ? drawn : drawn.filter(({ pairingId, repeat }) => repeat || !closed.has(pairingId));
		return coming.filter((one) => isOpen(one) && one.position > after).length >= ahead;
	};
	const known = { drawn: await ballotsOf(tx, evaluation, voterId), need: await needOf(tx, evaluation, isScript) };
	const isDue = !isOver && !again && known.drawn.length < planned + promised && !isEnough(known.drawn, known.need);
	const { drawn, need } = isDue ? await deal(tx, evaluation, voterId, { isScript, isEnough }) : known;
	// who has skipped much may not have judged enough for all that was to come again
	const cameAgain = drawn.filter(({ repeat }) => repeat).length;
	const isThrough = drawn.length - cameAgain === planned && drawn.every(({ id }) => judged.has(id) || skipped.has(id));
	const repeats = isThrough ? cameAgain : promised;
	const total = planned + repeats;
	const complete = need.closed.size === planned;
	const progress = { judged: judged.size, skipped: skipped.size, total, repeats, complete };
	// whoever asks on after their last vote finds it complete: then those are told who may reveal it
	if (complete && !isOver && evaluation.kind === 'comparison')
		await enqueue(tx, 'evaluation.tell', { evaluationId: evaluation.id });
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
	const { ids, repeats: _none, ...queue } = await queueOf(tx, evaluation, asked);
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
