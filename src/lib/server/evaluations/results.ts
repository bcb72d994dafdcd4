import type { Judged, Locked, Results, Show } from '../../contract/evaluation-results.ts';
import { answerChecks, revealCheck } from '../../core/evaluations/checks.ts';
import { may } from '../../core/permissions.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { factsOf, judgedPairings, withTexts } from './judged.ts';
import { type Evaluation, contendersOf, evaluationOf, namesOf, titleFor } from './rows.ts';
import { verdictOf } from './verdict.ts';
import { judgedCount, scriptVotesOf, votesOf } from './votes.ts';

/** Which pairs are wanted with their texts: all of them, or one page of some. */
type Wanted = 'all' | { show: Show; page: number };

const outcomes = { wins: 'a', losses: 'b', ties: 'tie', 'both-bad': 'both_bad' } as const;
const rowsOnPage = 20;

const pageOf = <Pair extends { outcome: string }>(judged: readonly Pair[], wanted: Wanted) => {
	if (wanted === 'all') return { show: 'all' as const, page: 1, pages: 1, count: judged.length, list: judged };
	const { show } = wanted;
	const some = show === 'all' ? judged : judged.filter(({ outcome }) => outcome === outcomes[show]);
	const pages = Math.max(1, Math.ceil(some.length / rowsOnPage));
	const page = Math.min(wanted.page, pages);
	return { show, page, pages, count: some.length, list: some.slice((page - 1) * rowsOnPage, page * rowsOnPage) };
};

const lockedOf = async (tx: Tx, scope: ProjectScope, evaluation: Evaluation): Promise<Locked> => ({
	number: evaluation.number,
	title: titleFor(scope, evaluation),
	judged: await judgedCount(tx, evaluation.id),
	planned: evaluation.planned,
	status: evaluation.status,
	mayReveal: may(scope.role, 'evaluations:reveal')
});

/**
 * A step: what came out, or only how far it is while identities are hidden. The same for every role: nobody peeks. The texts are
 * read of the wanted pairs only.
 */
export const resultsOf = async (
	tx: Tx,
	scope: ProjectScope,
	evaluationId: string,
	wanted: Wanted
): Promise<{ locked: Locked } | { results: Results }> => {
	const evaluation = await evaluationOf(tx, scope.project.id, evaluationId);
	const { number, planned, revealedAt } = evaluation;
	if (revealedAt === null) return { locked: await lockedOf(tx, scope, evaluation) };
	const votes = await votesOf(tx, evaluation.id);
	const contenders = await contendersOf(tx, evaluation);
	const names = namesOf(contenders, scope.project.name);
	const { tally, verdict } = await verdictOf(tx, evaluation, votes, contenders);
	const judged = await judgedPairings(tx, evaluation, votes);
	const facts = await factsOf(tx, judged, names);
	const { list, ...rows } = pageOf(judged, wanted);
	const shown: Judged[] = await withTexts(tx, list, votes, names);
	const { wins, losses, ties, bothBad } = tally;
	return {
		results: {
			number,
			title: titleFor(scope, evaluation),
			revealedAt,
			contenders: { a: contenders.a.label, b: contenders.b.label },
			counts: { wins, losses, ties, bothBad, planned },
			scriptVotes: await scriptVotesOf(tx, evaluation.id),
			verdict,
			checks: [...verdict.checks, ...answerChecks(facts, votes), ...revealCheck(planned, verdict.judged)],
			rows: { ...rows, list: shown }
		}
	};
};
