import { and, desc, eq, inArray } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { masked } from '../../core/evaluations/masking.ts';
import { AppError } from '../../core/errors.ts';
import { balancedSides, orderOf } from '../../core/evaluations/ballots.ts';
import type { Message } from '../../core/examples/example.ts';
import { authorize } from '../../core/permissions.ts';
import { ballots, outputs, pairings, votes } from '../platform/db/schema.ts';
import { projectOf } from '../project/projects.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { type Evaluation, contendersOf, evaluationOf, namesOf } from './rows.ts';
import { isClosed, pairingsOf } from './votes.ts';

/** So many pairs are on their way before they are needed: the next one is there when a key is pressed. */
const ahead = 5;

/** All that a voter sees of a pair. Which model wrote what is not in it, whatever the role (statistics.md §11, 12). */
export type BoothPair = { ballotId: string; position: number; prompt: Message[]; first: string; second: string };

/** `waiting`: the answers are not written. `closed`: the results are known. `done`: this person has judged everything. */
export type Booth = {
	state: 'waiting' | 'open' | 'done' | 'closed';
	judged: number;
	total: number;
	pairs: BoothPair[];
};

/** A step: who votes. A key or a job is nobody. */
export const voter = (scope: Scope): string => {
	if (!scope.userId) throw new AppError('forbidden', 'Only a person can vote.');
	return scope.userId;
};

/** A step: a person's ballots in their order. */
export const ballotsOf = (tx: Tx, evaluation: Evaluation, personId: string) =>
	tx
		.select({ id: ballots.id, position: ballots.position })
		.from(ballots)
		.where(and(eq(ballots.evaluationId, evaluation.id), eq(ballots.personId, personId)))
		.orderBy(ballots.position);

/**
 * Draws a person's ballots, once: their own order, and sides in balanced blocks of it. The seed makes two tabs that open
 * together draw the same.
 */
const drawBallots = async (tx: Tx, evaluation: Evaluation, personId: string) => {
	const drawn = await ballotsOf(tx, evaluation, personId);
	if (drawn.length > 0) return drawn;
	const seed = `${evaluation.seed}:${personId}`;
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
				personId,
				position,
				swapped: swapped[position]!
			}))
		)
		.onConflictDoNothing();
	return ballotsOf(tx, evaluation, personId);
};

/** A step: the ballots a person has voted on and not taken back. */
export const judgedBy = async (tx: Tx, evaluation: Evaluation, personId: string): Promise<Set<string>> => {
	const rows = await tx
		.selectDistinctOn([votes.ballotId], { ballotId: votes.ballotId, choice: votes.choice })
		.from(votes)
		.where(and(eq(votes.evaluationId, evaluation.id), eq(votes.personId, personId)))
		.orderBy(votes.ballotId, desc(votes.seq));
	return new Set(rows.filter((row) => row.choice !== null).map((row) => row.ballotId));
};

const pairsOf = async (tx: Tx, ids: string[], names: string[]): Promise<BoothPair[]> => {
	const [a, b] = [alias(outputs, 'a'), alias(outputs, 'b')];
	const rows = await tx
		.select({ ballot: ballots, prompt: pairings.prompt, a: a.text, b: b.text })
		.from(ballots)
		.innerJoin(pairings, eq(pairings.id, ballots.pairingId))
		.innerJoin(a, and(eq(a.pairingId, ballots.pairingId), eq(a.contender, 'a')))
		.innerJoin(b, and(eq(b.pairingId, ballots.pairingId), eq(b.contender, 'b')))
		.where(inArray(ballots.id, ids));
	return ids
		.map((id) => rows.find((row) => row.ballot.id === id)!)
		.map(({ ballot, prompt, ...text }) => {
			const [first, second] = ballot.swapped ? [text.b, text.a] : [text.a, text.b];
			return {
				ballotId: ballot.id,
				position: ballot.position,
				prompt,
				first: masked(first, names),
				second: masked(second, names)
			};
		});
};

/**
 * This person's next pairs, at most five, those after the place `after` first: what was skipped comes back at the end.
 * The first visit draws the ballots.
 */
export const openBooth = (scope: Scope, slug: string, evaluationId: string, { after = -1 } = {}): Promise<Booth> => {
	authorize(scope, 'evaluations:vote');
	const personId = voter(scope);
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug);
		const evaluation = await evaluationOf(tx, project.id, evaluationId);
		if (evaluation.status !== 'voting') return { state: 'waiting', judged: 0, total: evaluation.planned, pairs: [] };
		const drawn = await drawBallots(tx, evaluation, personId);
		const judged = await judgedBy(tx, evaluation, personId);
		const left = drawn.filter((ballot) => !judged.has(ballot.id));
		const progress = { judged: judged.size, total: drawn.length };
		if (left.length === 0) return { state: 'done', ...progress, pairs: [] };
		if (await isClosed(tx, evaluation)) return { state: 'closed', ...progress, pairs: [] };
		const next = [
			...left.filter((ballot) => ballot.position > after),
			...left.filter((ballot) => ballot.position <= after)
		];
		const names = namesOf(await contendersOf(tx, evaluation));
		return {
			state: 'open',
			...progress,
			pairs: await pairsOf(
				tx,
				next.slice(0, ahead).map(({ id }) => id),
				names
			)
		};
	});
};
