import type { Locked, Results, Show } from '../../contract/evaluation-results.ts';
import { answerChecks, longerOf, missingCheck, skippedCheck } from '../../core/evaluations/checks.ts';
import { keptTexts } from '../../core/evaluations/kept-texts.ts';
import { type PromptSource, barOf } from '../../core/evaluations/plan.ts';
import { type Remark, meanScores } from '../../core/evaluations/remarks.ts';
import type { Repeated } from '../../core/evaluations/repeats.ts';
import { countsOf } from '../../core/evaluations/tally.ts';
import { may } from '../../core/permissions.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { config } from '../platform/config.ts';
import { type Assessment, type Skipped, assessmentOf, chainOf } from './assessment.ts';
import { numbersOf } from './asked.ts';
import { type CountedPair, withTexts } from './judged.ts';
import { type Judges, differs, judgesOf, onPairs } from './judges.ts';
import { nextOf } from './next.ts';
import type { Evaluation } from './evaluation.ts';
import { comparisonOf, contendersOf, leadOf, namesOf, titleFor } from './rows.ts';
import { fewShotsOf } from './sides.ts';
import { type Vote, guestVotesOf, scriptVotesOf } from './votes.ts';
import { voteCounts } from './vote-counts.ts';

/** Which pairs are wanted with their texts: all of them, or one page of some. */
type Wanted = 'all' | { show: Show; page: number };

const rowsOnPage = 20;

const shown = ({ pairs, votes, repeats, marked }: Assessment, judges: Judges, show: Show): CountedPair[] => {
	const byPair = Map.groupBy(votes, ({ pairingId }) => pairingId);
	const cameAgain = new Set(againOf(votes, repeats).keys());
	const is: Record<Show, (pair: CountedPair) => boolean> = {
		all: () => true,
		wins: ({ outcome }) => outcome === 'a',
		losses: ({ outcome }) => outcome === 'b',
		ties: ({ outcome }) => outcome === 'tie',
		'both-bad': ({ outcome }) => outcome === 'both_bad',
		'cut-off': ({ a, b }) => !a.complete || !b.complete,
		thinking: ({ a, b }) => a.thought || b.thought,
		named: ({ a, b }) => a.named || b.named,
		leaked: ({ askedId }) => marked.leaked.has(askedId),
		alike: ({ askedId }) => marked.alike.has(askedId),
		'own-words': ({ askedId }) => marked['own-words'].has(askedId),
		longer: (pair) => longerOf(pair) === 'longer',
		shorter: (pair) => longerOf(pair) === 'shorter',
		'several-votes': ({ id }) => (byPair.get(id)?.length ?? 0) > 1,
		'came-again': ({ id }) => byPair.get(id)?.some(({ ballotId }) => cameAgain.has(ballotId)) ?? false,
		'judge-differs': (pair) => differs(judges, pair)
	};
	return pairs.filter(is[show]);
};

/** By the ballot of a vote what was said when its pair came once more to the same person. */
const againOf = (votes: readonly Vote[], repeats: readonly Vote[]): Map<string, Vote> => {
	const nameOf = ({ pairingId, personId }: Vote) => `${pairingId} ${personId}`;
	const again = new Map(repeats.map((repeat) => [nameOf(repeat), repeat]));
	return new Map(votes.flatMap((vote) => (again.has(nameOf(vote)) ? [[vote.ballotId, again.get(nameOf(vote))!]] : [])));
};

const pageOf = (assessment: Assessment, judges: Judges, wanted: Wanted) => {
	const { pairs } = assessment;
	if (wanted === 'all') return { show: 'all' as const, page: 1, pages: 1, count: pairs.length, list: pairs };
	const { show } = wanted;
	const some = shown(assessment, judges, show);
	const pages = Math.max(1, Math.ceil(some.length / rowsOnPage));
	const page = Math.min(wanted.page, pages);
	return { show, page, pages, count: some.length, list: some.slice((page - 1) * rowsOnPage, page * rowsOnPage) };
};

/** What voters added, of the pairs that count. */
const remarksIn = ({ pairs, votes, remarks }: Assessment): Remark[] => {
	const counting = new Set(pairs.map(({ id }) => id));
	return votes.flatMap(({ pairingId, ballotId }) =>
		remarks.has(ballotId) && counting.has(pairingId) ? [remarks.get(ballotId)!] : []
	);
};

export const lockedOf = async (tx: Tx, scope: ProjectScope, evaluation: Evaluation): Promise<Locked> => {
	const counts = (await voteCounts(tx, [evaluation.id], null)).get(evaluation.id);
	return {
		number: evaluation.number,
		title: titleFor(scope, evaluation),
		judged: counts?.judged ?? 0,
		skipped: counts?.skipped ?? 0,
		planned: evaluation.planned,
		status: evaluation.status,
		threeWay: leadOf(evaluation),
		mayReveal: may(scope.role, 'evaluations:reveal')
	};
};

const skippedRows = async (tx: Tx, from: PromptSource, list: readonly Skipped[]): Promise<Results['skipped']> => {
	const numbers = await numbersOf(
		tx,
		from,
		list.map(({ askedId }) => askedId)
	);
	return list.map(({ askedId, place, ...counts }) => ({ position: place, number: numbers.get(askedId)!, ...counts }));
};

/** Their numbers in order, as a sentence names them. */
const inOrder = (numbers: ReadonlyMap<string, number>) => [...numbers.values()].sort((one, two) => one - two);

/**
 * A step: what came out, or only how far it is while identities are hidden. The same for every role, but for the name of the
 * model at its provider: nobody peeks. The texts are
 * read of the wanted pairs only.
 */
export const resultsOf = async (
	tx: Tx,
	scope: ProjectScope,
	evaluationId: string,
	wanted: Wanted
): Promise<{ locked: Locked } | { results: Results }> => {
	const evaluation = await comparisonOf(tx, scope.project.id, evaluationId);
	const {
		number,
		revealedAt,
		textsRemovedAt,
		promptsFrom,
		votesPerPrompt,
		delta,
		attempt,
		temperature,
		maxTokens,
		thinking
	} = evaluation;
	if (revealedAt === null) return { locked: await lockedOf(tx, scope, evaluation) };
	const contenders = await contendersOf(tx, evaluation);
	const assessment = await assessmentOf(tx, evaluation, contenders);
	const { tally, verdict, pairs, votes, repeats, remarks, voters, sides, missing, skipped } = assessment;
	// checks speak of the votes on what counts, as every number does: those are in the file too
	const counting = new Set(pairs.map(({ id }) => id));
	const counted = votes.filter(({ pairingId }) => counting.has(pairingId));
	const voted = voters.filter(({ id }) => counted.some(({ personId }) => personId === id));
	const again = againOf(votes, repeats);
	const repeated = counted.flatMap(({ ballotId, personId, outcome }): Repeated[] =>
		again.has(ballotId) ? [{ personId, before: outcome, again: again.get(ballotId)!.outcome }] : []
	);
	const chain = await chainOf(tx, evaluation);
	const before = chain.slice(0, -1).reduce((sum, { planned }) => sum + planned, 0);
	const judges = await judgesOf(tx, scope, evaluation, pairs, wanted === 'all' ? { filedFrom: before } : {});
	const { list, ...rows } = pageOf(assessment, judges, wanted);
	const out = await skippedRows(tx, promptsFrom, skipped);
	const people = new Map(voters.map(({ id, name }) => [id, name]));
	const names = namesOf(contenders, scope.project.name);
	return {
		results: {
			number,
			title: titleFor(scope, evaluation),
			threeWay: leadOf(evaluation),
			revealedAt,
			...keptTexts({ revealedAt, textsRemovedAt }, config().keepDays.answers),
			contenders: { a: sides.a, b: sides.b },
			prompts: fewShotsOf(evaluation),
			plan: {
				promptsFrom,
				prompts: tally.plan.prompts,
				votes: votesPerPrompt,
				delta,
				repeats: evaluation.repeats,
				attempt,
				bar: barOf(attempt),
				temperature,
				maxTokens,
				thinking,
				continued: tally.continued,
				continues: chain.at(-2)?.number ?? null
			},
			counts: { ...countsOf(tally), skipped: tally.skipped, planned: tally.plan.prompts },
			skipped: out,
			scriptVotes: await scriptVotesOf(tx, evaluation.id),
			guestVotes: await guestVotesOf(tx, evaluation.id),
			judges: judges.list,
			scores: meanScores(remarksIn(assessment)),
			verdict,
			checks: [
				...verdict.checks,
				...skippedCheck(
					out.map(({ number }) => number),
					tally.plan
				),
				...missingCheck(inOrder(await numbersOf(tx, promptsFrom, missing)), votesPerPrompt),
				...answerChecks(pairs, voted, counted, { list: repeated, planned: evaluation.repeats }, sides, thinking)
			],
			next: await nextOf(tx, scope, evaluation),
			rows: {
				...rows,
				list: await withTexts(tx, list, {
					...{ promptsFrom, votes, again, remarks, names, people },
					judged: await onPairs(tx, judges, list)
				})
			}
		}
	};
};
