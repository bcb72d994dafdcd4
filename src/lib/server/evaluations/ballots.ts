import type { Pair, PairQueue } from '../../contract/evaluations.ts';
import type { AnswerQueue } from '../../contract/scoring.ts';
import { AppError } from '../../core/errors.ts';
import { spoken } from '../../core/evaluations/answers.ts';
import { masked } from '../../core/evaluations/masking.ts';
import type { Names } from '../../core/evaluations/naming-words.ts';
import { ownPlace, sharedPlace } from '../../core/evaluations/three-way.ts';
import { hash, randomFrom } from '../../core/math/hash.ts';
import { config } from '../platform/config.ts';
import { keyedDigest } from '../platform/crypto.ts';
import { among } from '../platform/db/among.ts';
import { ballots } from '../platform/db/schema.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { enqueue } from '../jobs/queue.ts';
import { type Ballot, type Need, ballotsOf, deal, needOf, settledBy } from './dealing.ts';
import type { Evaluation } from './evaluation.ts';
import { contendersOf, namesOf, sharedNames, sharedOf } from './rows.ts';
import { textsOf } from './texts.ts';

/** So many pairs are on their way before they are needed: the next one is there when a key is pressed. */
const ahead = 5;

/** A step: who votes. A job is nobody. */
export const voter = (scope: Scope): string => {
	if (!scope.voterId) throw new AppError('forbidden', 'Only a person or a key can vote.');
	return scope.voterId;
};

const pairsOf = async (tx: Tx, cards: readonly Card[], names: Names): Promise<Pair[]> => {
	const rows = await tx
		.select()
		.from(ballots)
		.where(
			among(
				ballots.id,
				cards.map(({ id }) => id)
			)
		);
	const texts = await textsOf(
		tx,
		rows.map(({ pairingId }) => pairingId)
	);
	return cards.map(({ id, place }) => {
		const { pairingId, swapped } = rows.find((row) => row.id === id)!;
		const { prompt, a, b } = texts.get(pairingId)!;
		const [first, second] = swapped ? [b, a] : [a, b];
		return {
			ballotId: id,
			position: place,
			prompt,
			first: masked(spoken(first.text), names),
			second: masked(spoken(second.text), names)
		};
	});
};

/** A ballot in a voter's queue. `place`: among all that are voted on together. `isServed`: its prompt has its votes. */
type Card = { id: string; place: number; isServed: boolean };

/**
 * Those after a place first, what was left before it at the end; what no longer needs a vote comes after all, but for what comes again:
 * it has its votes, and must not stand out by that.
 */
const inTurn = (cards: readonly Card[], after: number): Card[] => {
	const later = ({ place }: Card) => Number(place <= after);
	return cards.toSorted(
		(one, two) => Number(one.isServed) - Number(two.isServed) || later(one) - later(two) || one.place - two.place
	);
};

type Queue = Omit<PairQueue, 'pairs' | 'threeWay'> & { cards: Card[] };
type Asked = { voterId: string; isScript: boolean; after: number; again: boolean };

/**
 * A step: the ballots of this voter's next pairs in one evaluation, at least five where there are so many: those whose prompt lacks votes
 * before those where one more only shows whether people agree. Ballots are dealt when they are needed. `again`: those that this voter has skipped.
 */
const queueOf = async (tx: Tx, evaluation: Evaluation, { voterId, isScript, after, again }: Asked): Promise<Queue> => {
	const { planned } = evaluation;
	const promised = isScript ? 0 : evaluation.repeats;
	if (evaluation.status !== 'voting') {
		const total = planned + promised;
		return { state: 'waiting', judged: 0, skipped: 0, total, repeats: promised, complete: false, cards: [] };
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
	if (judged.size + (again ? 0 : skipped.size) === total) return { state: 'done', ...progress, cards: [] };
	if (isOver) return { state: 'closed', ...progress, cards: [] };
	const cards = drawn.filter(isOpen).map(({ id, position, pairingId, repeat }) => ({
		id,
		place: position,
		isServed: !again && !repeat && need.closed.has(pairingId)
	}));
	return { state: 'open', ...progress, cards };
};

/** In which order the ballots of three comparisons lie beside each other: nobody can find out which of them a pair is from. */
const orderOfThree = (lead: Evaluation, voterId: string) => {
	const seed = keyedDigest(config().keks, 'ballots', `${lead.id}:${voterId}:three`);
	return (place: number) => randomFrom(hash(String(place), seed))();
};

/** A step: the queue of all that are voted on together as one. */
const sharedQueueOf = async (tx: Tx, shared: readonly Evaluation[], asked: Asked): Promise<Queue> => {
	const [lead] = shared;
	const parts: Queue[] = [];
	if (shared.length === 1) parts.push(await queueOf(tx, lead!, asked));
	else {
		const random = orderOfThree(lead!, asked.voterId);
		for (const [part, one] of shared.entries()) {
			const queue = await queueOf(tx, one, { ...asked, after: ownPlace(part, asked.after, random) });
			const cards = queue.cards.map((card) => ({ ...card, place: sharedPlace(part, card.place, random) }));
			parts.push({ ...queue, cards });
		}
	}
	const sum = (what: 'judged' | 'skipped' | 'total' | 'repeats') => parts.reduce((all, part) => all + part[what], 0);
	const state =
		(['waiting', 'closed', 'open'] as const).find((one) => parts.some((part) => part.state === one)) ?? 'done';
	const complete = parts.every((part) => part.complete);
	// whoever asks on after their last vote finds it complete: then those are told who may reveal it
	if (complete && lead!.revealedAt === null && lead!.kind === 'comparison')
		await enqueue(tx, 'evaluation.tell', { evaluationId: lead!.id });
	const cards = inTurn(
		parts.flatMap((part) => part.cards),
		asked.after
	).slice(0, ahead);
	return {
		...{ state, complete, judged: sum('judged'), skipped: sum('skipped'), total: sum('total') },
		repeats: sum('repeats'),
		cards
	};
};

/** A step: the same with what is asked and answered. `project`: its name. */
export const nextPairsOf = async (
	tx: Tx,
	evaluation: Evaluation,
	{ project, ...asked }: Asked & { project: string }
): Promise<PairQueue> => {
	const shared = await sharedOf(tx, evaluation);
	const { cards, ...some } = await sharedQueueOf(tx, shared, asked);
	const queue = { ...some, threeWay: shared.length > 1 };
	if (cards.length === 0) return { ...queue, pairs: [] };
	return { ...queue, pairs: await pairsOf(tx, cards, await sharedNames(tx, shared, project)) };
};

/** A step: this voter's next answers of a scoring, each beside the expected one; dealt in the same way. */
export const nextAnswersOf = async (
	tx: Tx,
	evaluation: Evaluation,
	{ project, ...asked }: Asked & { project: string }
): Promise<AnswerQueue> => {
	const { cards, repeats: _none, ...queue } = await sharedQueueOf(tx, [evaluation], asked);
	const ids = cards.map(({ id }) => id);
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
