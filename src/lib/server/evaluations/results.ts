import { type SQL, sql } from 'drizzle-orm';
import type { Locked, Results, Show } from '../../contract/evaluation-results.ts';
import { answerChecks, missingCheck, skippedCheck } from '../../core/evaluations/checks.ts';
import type { Skipped } from '../../core/evaluations/counted.ts';
import { keptTexts } from '../../core/evaluations/kept-texts.ts';
import { type PromptSource, barOf } from '../../core/evaluations/plan.ts';
import type { Remark } from '../../core/evaluations/remarks.ts';
import { countsOf, judgedOf } from '../../core/evaluations/tally.ts';
import { may } from '../../core/permissions.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { config } from '../platform/config.ts';
import { type Assessment, assessmentOf } from './assessment.ts';
import { numbersOf } from './asked.ts';
import { againOf } from './counting.ts';
import { withTexts } from './judged.ts';
import { type JudgedPair, countPairs, pairsIn } from './judged-pairs.ts';
import { type Judges, judgesOf, onPairs } from './judges.ts';
import { nextOf } from './next.ts';
import type { Evaluation } from './evaluation.ts';
import { comparisonOf, contendersOf, leadOf, titleFor } from './rows.ts';
import { fewShotsOf } from './sides.ts';
import { type Vote, saidOn } from './votes.ts';
import { voteCounts } from './vote-counts.ts';

/** Which pairs are wanted with their texts: all of them, or one page of some. */
type Wanted = 'all' | { show: Show; page: number };

const rowsOnPage = 20;

/** What a list shows, asked of a pair `p`. */
const asked = (show: Show, { marked }: Assessment, judges: Judges): SQL => {
	const among = (column: SQL, ids: readonly string[]) => sql`${column} = any (${sql.param([...ids])}::uuid[])`;
	const isOf = (kind: keyof Assessment['marked']) => among(sql`p.asked_id`, marked[kind]);
	const where: Record<Show, SQL> = {
		all: sql`true`,
		wins: sql`p.outcome = 'a'`,
		losses: sql`p.outcome = 'b'`,
		ties: sql`p.outcome = 'tie'`,
		'both-bad': sql`p.outcome = 'both_bad'`,
		'cut-off': sql`not (p.complete_a and p.complete_b)`,
		thinking: sql`(p.thought_a or p.thought_b)`,
		named: sql`num_nonnulls(p.named_a, p.named_b) > 0`,
		leaked: isOf('leaked'),
		alike: isOf('alike'),
		'own-words': isOf('own-words'),
		longer: sql`p.length_a > p.length_b`,
		shorter: sql`p.length_a < p.length_b`,
		'several-votes': sql`p.votes > 1`,
		'came-again': sql`p.again`,
		'judge-differs': among(sql`p.pairing_id`, judges.newest?.differs ?? [])
	};
	return where[show];
};

const pageOf = async (tx: Tx, assessment: Assessment, judges: Judges, wanted: Wanted) => {
	const { pairs, tally } = assessment;
	const { show, page } = wanted === 'all' ? { show: 'all' as const, page: 1 } : wanted;
	const where = asked(show, assessment, judges);
	const count = show === 'all' ? judgedOf(tally) : await countPairs(tx, pairs, where);
	const limit = wanted === 'all' ? null : rowsOnPage;
	const pages = limit === null ? 1 : Math.max(1, Math.ceil(count / limit));
	const at = Math.min(page, pages);
	const list = await pairsIn(tx, pairs, tally.plan.votes, {
		where,
		limit,
		offset: limit === null ? 0 : (at - 1) * limit
	});
	return { show, page: at, pages, count, list };
};

/** A step: what people said of these pairs and added to it. */
const saidOfPairs = async (tx: Tx, chain: readonly Evaluation[], list: readonly JudgedPair[]) => {
	const votes: Vote[] = [];
	const repeats: Vote[] = [];
	const remarks = new Map<string, Remark>();
	const ids = list.map(({ id }) => id);
	for (const one of ids.length === 0 ? [] : chain) {
		const said = await saidOn(tx, one, ids);
		votes.push(...said.votes);
		repeats.push(...said.repeats);
		for (const [ballotId, remark] of said.remarks) remarks.set(ballotId, remark);
	}
	return { votes, remarks, again: againOf(votes, repeats) };
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
	const { tally, verdict, counted, voters, sides, chain } = assessment;
	const before = chain.slice(0, -1).reduce((sum, { planned }) => sum + planned, 0);
	const judges = await judgesOf(tx, scope, evaluation, assessment.pairs, wanted === 'all' ? { filedFrom: before } : {});
	const { list, ...rows } = await pageOf(tx, assessment, judges, wanted);
	const out = await skippedRows(tx, promptsFrom, counted.skipped);
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
			scriptVotes: counted.scripts,
			guestVotes: counted.guests,
			judges: judges.list,
			scores: counted.means,
			verdict,
			checks: [
				...verdict.checks,
				...skippedCheck(
					out.map(({ number }) => number),
					tally.plan
				),
				...missingCheck(inOrder(await numbersOf(tx, promptsFrom, counted.missing)), votesPerPrompt),
				...answerChecks(counted, voters, evaluation.repeats, sides, thinking)
			],
			next: await nextOf(tx, scope, evaluation),
			rows: {
				...rows,
				list: await withTexts(tx, list, {
					...{ promptsFrom, people: new Map(voters.map(({ id, name }) => [id, name])) },
					...(await saidOfPairs(tx, chain, list)),
					judged: await onPairs(tx, judges, list)
				})
			}
		}
	};
};
