import { randomUUID } from 'node:crypto';
import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import { balancedSides, dealt, orderOf } from '../../core/evaluations/ballots.ts';
import { repeatable, repeatsDue } from '../../core/evaluations/repeats.ts';
import { hash, randomFrom } from '../../core/math/hash.ts';
import { config } from '../platform/config.ts';
import { keyedDigest } from '../platform/crypto.ts';
import { ballots, votes } from '../platform/db/schema.ts';
import type { Tx } from '../access/scope.ts';
import type { Evaluation } from './evaluation.ts';
import { outOf, peopleOf } from './electorate.ts';
import { givenIn, pairingsOf, refusedByReveal } from './votes.ts';

/** Sides are balanced within so many. */
const block = 4;

/** `repeat`: the voter has had the pair, with the other side first. */
export type Ballot = { id: string; pairingId: string; position: number; swapped: boolean; repeat: boolean };

const ofBallot = {
	id: ballots.id,
	pairingId: ballots.pairingId,
	position: ballots.position,
	swapped: ballots.swapped,
	repeat: ballots.repeat
};

/** A step: a voter's ballots in their order. */
export const ballotsOf = (tx: Tx, evaluation: Evaluation, voterId: string): Promise<Ballot[]> =>
	tx
		.select(ofBallot)
		.from(ballots)
		.where(and(eq(ballots.evaluationId, evaluation.id), eq(ballots.personId, voterId)))
		.orderBy(ballots.position);

/** A step: the ballots a voter has voted on, in the order of their last word, and those they have skipped; what was taken back is in neither. */
export const settledBy = async (tx: Tx, evaluation: Evaluation, voterId: string) => {
	const rows = await tx
		.selectDistinctOn([votes.ballotId], { ballotId: votes.ballotId, choice: votes.choice, seq: votes.seq })
		.from(votes)
		.where(and(eq(votes.evaluationId, evaluation.id), eq(votes.personId, voterId)))
		.orderBy(votes.ballotId, desc(votes.seq));
	const idsOf = (list: typeof rows) =>
		new Set(list.toSorted((one, two) => one.seq - two.seq).map(({ ballotId }) => ballotId));
	return {
		judged: idsOf(rows.filter(({ choice }) => choice !== null && choice !== 'skip')),
		skipped: idsOf(rows.filter(({ choice }) => choice === 'skip'))
	};
};

/** Which pairings have their votes, or are out, and for how many people each is, or was, on the screen. */
export type Need = { closed: ReadonlySet<string>; shown: ReadonlyMap<string, number> };

/** A step: which prompts still wait for people. To a script all are alike: it is no person, and none waits for it. */
export const needOf = async (tx: Tx, { id, votesPerPrompt }: Evaluation, isScript: boolean): Promise<Need> => {
	if (isScript) return { closed: new Set(), shown: new Map() };
	const standing = await givenIn(tx, id);
	const said = Map.groupBy(standing.votes, ({ pairingId }) => pairingId);
	const open = await tx
		.select({ pairingId: ballots.pairingId, count: sql<number>`count(*)::int` })
		.from(ballots)
		.leftJoin(votes, eq(votes.ballotId, ballots.id))
		.where(and(eq(ballots.evaluationId, id), eq(ballots.voter, 'person'), eq(ballots.repeat, false), isNull(votes.id)))
		.groupBy(ballots.pairingId);
	const shown = new Map(open.map(({ pairingId, count }) => [pairingId, count]));
	for (const [pairingId, given] of said) shown.set(pairingId, (shown.get(pairingId) ?? 0) + given.length);
	const has = [...said].filter(([, given]) => given.length >= votesPerPrompt).map(([pairingId]) => pairingId);
	const out = outOf(standing, await peopleOf(tx, id), votesPerPrompt);
	return { closed: new Set([...has, ...out]), shown };
};

type Dealing = { isScript: boolean; isEnough: (drawn: readonly Ballot[], need: Need) => boolean };

/** A step: what may come to a person once more, as far as repeats are due. A script says the same whenever it is asked. */
const repeatsOf = async (tx: Tx, evaluation: Evaluation, voterId: string, drawn: readonly Ballot[]) => {
	const again = new Set(drawn.filter(({ repeat }) => repeat).map(({ pairingId }) => pairingId));
	const { judged } = await settledBy(tx, evaluation, voterId);
	const byId = new Map(drawn.filter(({ repeat }) => !repeat).map((ballot) => [ballot.id, ballot]));
	const had = [...judged].flatMap((id) => byId.get(id) ?? []);
	const mayCome = new Set(
		repeatable(
			had.map(({ pairingId }) => pairingId),
			again
		)
	);
	return had.filter(({ pairingId }) => mayCome.has(pairingId));
};

/**
 * A step: deals a voter more ballots, block by block, until `isEnough` or nothing is left: first the prompts that lack votes and that
 * the fewest have before them, so that each gets its votes whoever comes. Somewhere among a block comes a pair once more, as often as
 * the plan says. One deal at a time. The key of sides and order can be made
 * by nobody but the server: whoever tried seeds until one explained what they know of a few pairs would know the rest.
 */
export const deal = async (
	tx: Tx,
	evaluation: Evaluation,
	voterId: string,
	{ isScript, isEnough }: Dealing
): Promise<{ drawn: Ballot[]; need: Need }> => {
	await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${evaluation.id}, 17))`);
	const drawn = await ballotsOf(tx, evaluation, voterId);
	const need = await needOf(tx, evaluation, isScript);
	const own = new Set(drawn.map(({ pairingId }) => pairingId));
	const seed = keyedDigest(config().keks, 'ballots', `${evaluation.id}:${voterId}`);
	const left = (await pairingsOf(tx, evaluation.id)).map(({ id }) => id).filter((id) => !own.has(id));
	const order = dealt(orderOf(left, seed), need);
	const mostRepeats = isScript ? 0 : evaluation.repeats;
	const mayCome = mostRepeats === 0 ? [] : await repeatsOf(tx, evaluation, voterId, drawn);
	const comesAgain = orderOf(
		mayCome.map(({ id }) => id),
		`${seed}:again`
	).map((id) => mayCome.find((ballot) => ballot.id === id)!);
	while (!isEnough(drawn, need)) {
		const some = order.splice(0, block);
		const from = drawn.length;
		const swapped = balancedSides({ seed: `${seed}:${from}`, count: some.length });
		const cards = some.map((pairingId, at) => ({ pairingId, swapped: swapped[at]!, repeat: false }));
		const known = drawn.filter(({ repeat }) => !repeat).length;
		const isDue = repeatsDue(known + some.length, mostRepeats) > from - known;
		const once = isDue ? comesAgain.shift() : undefined;
		const place = Math.floor(randomFrom(hash('again', `${seed}:${from}`))() * (some.length + 1));
		if (once) cards.splice(place, 0, { pairingId: once.pairingId, swapped: !once.swapped, repeat: true });
		if (cards.length === 0) break;
		const rows = cards.map((card, at) => ({
			projectId: evaluation.projectId,
			evaluationId: evaluation.id,
			personId: voterId,
			position: from + at,
			// ids come in the order of their making, and those of three comparisons are made one after the other
			...(evaluation.threePart && { id: randomUUID() }),
			...card
		}));
		const made = await tx.insert(ballots).values(rows).returning(ofBallot).catch(refusedByReveal);
		drawn.push(...made.sort((one, two) => one.position - two.position));
	}
	return { drawn, need };
};
