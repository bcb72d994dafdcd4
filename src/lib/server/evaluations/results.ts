import { eq, sql } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import type { Check } from '../../core/evaluations/checks.ts';
import { authorize, may } from '../../core/permissions.ts';
import { type Verdict, judge } from '../../core/evaluations/verdict.ts';
import { audit } from '../events/legacy.ts';
import { evaluations, pairings } from '../platform/db/schema.ts';
import { projectOf } from '../project/projects.ts';
import { announce } from '../events/legacy.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { type Judged, checksOf, judgedPairings } from './judged.ts';
import { leakedPairings } from './leaks.ts';
import { type Contender, type Evaluation, type Letter, contendersOf, evaluationOf, namesOf, titleFor } from './rows.ts';
import { type Vote, judgedIn, tallyOf, votesOf } from './votes.ts';

export type Results = {
	number: number;
	title: string;
	revealedAt: Date;
	contenders: Record<Letter, string>;
	counts: Record<'wins' | 'losses' | 'ties' | 'bothBad' | 'planned', number>;
	verdict: Verdict;
	checks: Check[];
	judged: Judged[];
};

/** Before the reveal there is nothing but progress. */
export type Locked = {
	number: number;
	title: string;
	judged: number;
	planned: number;
	status: Evaluation['status'];
	mayReveal: boolean;
};

/** A step: how the votes stand, in words and numbers. */
export const verdictOf = async (
	tx: Tx,
	evaluation: Evaluation,
	votes: readonly Vote[],
	contenders: Record<Letter, Contender>
) => {
	const tally = tallyOf(evaluation, votes, await leakedPairings(tx, evaluation));
	return { tally, verdict: judge(tally, { a: contenders.a.label, b: contenders.b.label }) };
};

const revealCheck = (evaluation: Evaluation, atReveal: number): Check[] =>
	atReveal >= evaluation.planned
		? []
		: [
				{
					name: 'reveal',
					state: 'warn',
					sentence: `Revealed at ${atReveal} of ${evaluation.planned}: whoever voted after that may have known what to look for.`
				}
			];

/** What came out, or only how far it is while identities are hidden. The same for every role: nobody peeks (statistics.md §2). */
export const getResults = (
	scope: Scope,
	slug: string,
	id: string
): Promise<{ locked: Locked } | { results: Results }> => {
	authorize(scope, 'evaluations:see');
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug);
		const evaluation = await evaluationOf(tx, project.id, id);
		const votes = await votesOf(tx, [evaluation.id]);
		const { number, planned, revealedAt, status } = evaluation;
		const title = titleFor(scope, evaluation);
		if (revealedAt === null) {
			return {
				locked: {
					number,
					title,
					judged: judgedIn(votes),
					planned,
					status,
					mayReveal: may(scope.role, 'evaluations:reveal')
				}
			};
		}
		const contenders = await contendersOf(tx, evaluation);
		const { tally, verdict } = await verdictOf(tx, evaluation, votes, contenders);
		const judged = await judgedPairings(tx, evaluation, votes, namesOf(contenders));
		const atReveal = judgedIn(await votesOf(tx, [evaluation.id], revealedAt));
		const { wins, losses, ties, bothBad } = tally;
		return {
			results: {
				number,
				title,
				revealedAt,
				contenders: { a: contenders.a.label, b: contenders.b.label },
				counts: { wins, losses, ties, bothBad, planned },
				verdict,
				checks: [...verdict.checks, ...checksOf(judged, votes), ...revealCheck(evaluation, atReveal)],
				judged
			}
		};
	});
};

/** The prompts and what a person wrote for them, for the rows a page shows. Only of judged pairings after the reveal. */
export const getPrompts = (scope: Scope, slug: string, id: string, pairingIds: readonly string[]) => {
	authorize(scope, 'evaluations:see');
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug);
		const evaluation = await evaluationOf(tx, project.id, id);
		if (evaluation.revealedAt === null) throw new AppError('forbidden', 'The identities are still hidden.');
		const rows = await tx
			.select({ id: pairings.id, prompt: pairings.prompt, reference: pairings.reference })
			.from(pairings)
			.where(eq(pairings.evaluationId, evaluation.id));
		return Object.fromEntries(rows.filter((row) => pairingIds.includes(row.id)).map(({ id, ...row }) => [id, row]));
	});
};

/**
 * Shows who wrote what, to everybody, and writes down when. Before everything planned is judged the statistics ask for more
 * (E ≥ 20), and the results say that it was early. Again changes nothing.
 */
export const revealResults = (scope: Scope, slug: string, id: string) => {
	authorize(scope, 'evaluations:reveal');
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug);
		const evaluation = await evaluationOf(tx, project.id, id, { lock: true });
		if (evaluation.revealedAt !== null) return;
		const judged = judgedIn(await votesOf(tx, [evaluation.id]));
		if (judged === 0) throw new AppError('conflict', 'Nobody has voted yet, so there is nothing to reveal.');
		// rounded up, because it is read in milliseconds: a vote of just before it was before it
		const now = sql`date_trunc('milliseconds', now()) + interval '1 millisecond'`;
		await tx.update(evaluations).set({ revealedAt: now }).where(eq(evaluations.id, evaluation.id));
		await audit(tx, scope, 'evaluation.revealed', evaluation.id, {
			name: evaluation.name,
			judged,
			planned: evaluation.planned
		});
		await announce(tx, `evaluation:${evaluation.id}`, project.id);
		await announce(tx, `project:${project.id}`, project.id);
	});
};
