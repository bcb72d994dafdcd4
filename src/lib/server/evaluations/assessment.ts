import { sql } from 'drizzle-orm';
import type { VoterFacts } from '../../core/evaluations/checks.ts';
import type { Counted } from '../../core/evaluations/counted.ts';
import { countOf } from '../../core/evaluations/scores.ts';
import type { Tally } from '../../core/evaluations/tally.ts';
import { type Verdict, judge } from '../../core/evaluations/verdict.ts';
import type { Names as Sides } from '../../core/evaluations/verdict-sentence.ts';
import { named, votersIn } from '../access/named.ts';
import type { Tx } from '../access/scope.ts';
import { rewrites } from '../platform/db/schema.ts';
import { alikeAmong } from './asked.ts';
import { chainOf, countAnew } from './counting.ts';
import { type Evaluation, type Letter, keptVotes } from './evaluation.ts';
import { type JudgedPair, type Pairs, keptPairs, thesePairs } from './judged-pairs.ts';
import { leakedIn } from './leaks.ts';
import type { Contender } from './rows.ts';
import { earlierTries } from './tries.ts';

/** Everything that a verdict stands on, and the verdict. */
export type Assessment = {
	tally: Tally;
	verdict: Verdict;
	counted: Counted;
	/** The prompts that count, those of what it continues first. */
	pairs: Pairs;
	/** Those whose votes count, by their names. */
	voters: VoterFacts[];
	/** The examples or prompts that some checks speak of. */
	marked: Record<'leaked' | 'alike' | 'own-words', string[]>;
	sides: Sides;
	/** The evaluation and those it continues, the first one first. */
	chain: Evaluation[];
};

// A verdict follows from its tally and the names, and its exact tests take longer than all else of a page. By both; of those asked about last.
const judgedBefore = new Map<string, Verdict>();
const mostJudged = 50;

const judgeOnce = (tally: Tally, sides: Sides): Verdict => {
	const name = JSON.stringify([tally, sides]);
	const verdict = judgedBefore.get(name) ?? judge(tally, sides);
	judgedBefore.delete(name);
	judgedBefore.set(name, verdict);
	if (judgedBefore.size > mostJudged) judgedBefore.delete(judgedBefore.keys().next().value!);
	return verdict;
};

/** A step: what the reveal has counted, or what is counted now. */
const countedOf = async (tx: Tx, evaluation: Evaluation, contenders: Record<Letter, Contender>) => {
	const counted = keptVotes(evaluation);
	if (counted) return { counted, pairs: keptPairs(evaluation.id) };
	const anew = await countAnew(tx, evaluation, contenders);
	return { counted: anew.counted, pairs: thesePairs(anew.pairs) };
};

/** A step: who wrote an answer of their own to which of the examples that count, of those who judged them. */
const ownWordsOf = async (tx: Tx, evaluation: Evaluation, pairs: Pairs, personIds: readonly string[]) => {
	// nobody has written an answer to a prompt of the pool
	if (evaluation.promptsFrom === 'pool') return [];
	return tx.execute<{ personId: string; exampleId: string }>(sql`
		select distinct p.asked_id as "exampleId", unnest(array(
			select w.person_id from ${rewrites} w
			where w.example_id = p.asked_id and w.person_id = any (${sql.param([...personIds])}::uuid[]) and w.output is not null
		)) as "personId"
		from ${pairs}`);
};

const votersOf = async (
	tx: Tx,
	chain: readonly Evaluation[],
	counted: Counted,
	written: readonly { personId: string }[]
): Promise<VoterFacts[]> => {
	const people = new Map<string, string>();
	for (const { id } of chain)
		for (const person of await tx.select({ id: named.id, name: named.name }).from(votersIn(id)))
			people.set(person.id, person.name);
	return counted.voters
		.flatMap((voter): VoterFacts[] => {
			const name = people.get(voter.id);
			const wrote = written.filter(({ personId }) => personId === voter.id).length;
			return name === undefined ? [] : [{ ...voter, name, wrote }];
		})
		.sort((one, two) => one.name.localeCompare(two.name));
};

/**
 * A step: what the votes of an evaluation come to, with those of the ones it continues, and what is known today of what it asked. Every page, file
 * and event takes its numbers from here. `counted`: what was counted just now.
 */
export const assessmentOf = async (
	tx: Tx,
	evaluation: Evaluation,
	contenders: Record<Letter, Contender>,
	just?: { counted: Counted; pairs: readonly JudgedPair[] }
): Promise<Assessment> => {
	const { votesPerPrompt, delta, attempt, maxTokens, promptsFrom } = evaluation;
	const { counted, pairs } = just
		? { counted: just.counted, pairs: thesePairs(just.pairs) }
		: await countedOf(tx, evaluation, contenders);
	const chain = await chainOf(tx, evaluation);
	const leaked: string[] = [];
	for (const one of chain) leaked.push(...(await leakedIn(tx, one)));
	const alike = await alikeAmong(tx, promptsFrom, pairs);
	const written = await ownWordsOf(
		tx,
		evaluation,
		pairs,
		counted.voters.map(({ id }) => id)
	);
	const voters = await votersOf(tx, chain, counted, written);
	const { missing, skipped, scores, bothBad, broken } = counted;
	const tally: Tally = {
		scores,
		bothBad,
		plan: { prompts: countOf(scores) + missing.length + skipped.length, votes: votesPerPrompt, delta, attempt },
		skipped: skipped.length,
		continued: chain.length > 1,
		leaked: new Set(leaked).size,
		alike: alike && alike.reduce((sum, { length }) => sum + length - 1, 0),
		broken
	};
	const sides: Sides = {
		a: contenders.a.label,
		b: contenders.b.label,
		prompted: evaluation.againstFewShot !== null,
		people: voters.map(({ name }) => name),
		maxTokens,
		earlier: await earlierTries(tx, chain[0]!),
		untold: [contenders.a, contenders.b].filter(({ kind }) => kind === 'model').map(({ label }) => label)
	};
	const ownWords = new Set(written.map(({ exampleId }) => exampleId));
	const marked = { leaked: [...new Set(leaked)], alike: alike?.flat() ?? [], 'own-words': [...ownWords] };
	return { tally, verdict: judgeOnce(tally, sides), counted, pairs, voters, marked, sides, chain };
};
