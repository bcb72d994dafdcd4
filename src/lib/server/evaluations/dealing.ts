import { and, eq, isNull, sql } from 'drizzle-orm';
import { balancedSides, dealt, orderOf } from '../../core/evaluations/ballots.ts';
import { config } from '../platform/config.ts';
import { keyedDigest } from '../platform/crypto.ts';
import { ballots, votes } from '../platform/db/schema.ts';
import type { Tx } from '../access/scope.ts';
import type { Evaluation } from './rows.ts';
import { outOf, peopleOf } from './electorate.ts';
import { givenIn, pairingsOf, refusedByReveal } from './votes.ts';

/** Sides are balanced within so many. */
const block = 4;

export type Ballot = { id: string; pairingId: string; position: number };

/** A step: a voter's ballots in their order. */
export const ballotsOf = (tx: Tx, evaluation: Evaluation, voterId: string): Promise<Ballot[]> =>
	tx
		.select({ id: ballots.id, pairingId: ballots.pairingId, position: ballots.position })
		.from(ballots)
		.where(and(eq(ballots.evaluationId, evaluation.id), eq(ballots.personId, voterId)))
		.orderBy(ballots.position);

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
		.where(and(eq(ballots.evaluationId, id), eq(ballots.voter, 'person'), isNull(votes.id)))
		.groupBy(ballots.pairingId);
	const shown = new Map(open.map(({ pairingId, count }) => [pairingId, count]));
	for (const [pairingId, given] of said) shown.set(pairingId, (shown.get(pairingId) ?? 0) + given.length);
	const has = [...said].filter(([, given]) => given.length >= votesPerPrompt).map(([pairingId]) => pairingId);
	const out = outOf(standing, await peopleOf(tx, id), votesPerPrompt);
	return { closed: new Set([...has, ...out]), shown };
};

/**
 * A step: deals a voter more ballots, block by block, until `isEnough` or nothing is left: first the prompts that lack votes and that
 * the fewest have before them, so that each gets its votes whoever comes. One deal at a time. The key of sides and order can be made
 * by nobody but the server: whoever tried seeds until one explained what they know of a few pairs would know the rest.
 */
export const deal = async (
	tx: Tx,
	evaluation: Evaluation,
	voterId: string,
	{ isScript, isEnough }: { isScript: boolean; isEnough: (drawn: readonly Ballot[], need: Need) => boolean }
): Promise<{ drawn: Ballot[]; need: Need }> => {
	await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${evaluation.id}, 17))`);
	const drawn = await ballotsOf(tx, evaluation, voterId);
	const need = await needOf(tx, evaluation, isScript);
	const own = new Set(drawn.map(({ pairingId }) => pairingId));
	const seed = keyedDigest(config().keks, 'ballots', `${evaluation.id}:${voterId}`);
	const left = (await pairingsOf(tx, evaluation.id)).map(({ id }) => id).filter((id) => !own.has(id));
	const order = dealt(orderOf(left, seed), need);
	while (order.length > 0 && !isEnough(drawn, need)) {
		const some = order.splice(0, block);
		const from = drawn.length;
		const swapped = balancedSides({ seed: `${seed}:${from}`, count: some.length });
		const rows = some.map((pairingId, at) => ({
			projectId: evaluation.projectId,
			evaluationId: evaluation.id,
			pairingId,
			personId: voterId,
			position: from + at,
			swapped: swapped[at]!
		}));
		const made = await tx
			.insert(ballots)
			.values(rows)
			.returning({ id: ballots.id, pairingId: ballots.pairingId, position: ballots.position })
			.catch(refusedByReveal);
		drawn.push(...made.sort((one, two) => one.position - two.position));
	}
	return { drawn, need };
};
