import { sql } from 'drizzle-orm';
import { maxTokensFor, mostTokens, usualAnswer } from '../../core/evaluations/plan.ts';
import { estimateTokens } from '../../core/text/tokens.ts';
import type { Tx } from '../access/scope.ts';

/** So many of the largest examples are looked through for the longest answer, so many at a time. */
const looked = 300;
const atOnce = 30;
/** Longer than any answer may be: of a text no more is read. */
const letters = 20_000;

type Large = { number: number; tokens: number };

/** The largest examples in train, the largest first, along an index of those that could ask for more than is usual. */
const largest = (tx: Tx, projectId: string) =>
	tx.execute<Large>(sql`
		select e.number, e.tokens from examples e
		where e.project_id = ${projectId} and e.split = 'train' and e.deleted_at is null and e.tokens > ${sql.raw(String(usualAnswer))}
		order by e.tokens desc, e.number limit ${looked}`);

/**
 * The same of those that somebody has rewritten, by their rewrites: what an example has in tokens is its first text, and a better answer is often longer. None
 * has more tokens than bytes.
 */
const largestRewrites = (tx: Tx, projectId: string) =>
	tx.execute<Large>(sql`select number, bytes as tokens from longest_rewrites(${projectId}, ${looked})`);

/**
 * The answers that these examples train, cut, by number: looked up one after the other, since for some at once the planner may read all. The database looks for them in the conversations, which may be a hundred times as
 * long; one in which a \u0000 stands it cannot take apart.
 */
const answersOf = async (tx: Tx, projectId: string, numbers: readonly number[]) => {
	const rows = await tx.execute<{ number: number; answer: string | null }>(sql`
		select e.number, left(coalesce(e.rewrite, case when strpos(e.messages::text, ${'\\u0000'}) = 0 then (
			select turn ->> 'content' from json_array_elements(e.messages) with ordinality as turns (turn, place)
			where turn ->> 'role' = 'assistant' order by place desc limit 1
		) end), ${letters}) as answer
		from unnest(${sql.param(numbers)}::int[]) one (number) cross join lateral (
			select x.number, x.rewrite, x.messages from examples x where x.project_id = ${projectId} and x.number = one.number limit 1
		) e`);
	return new Map(rows.map(({ number, answer }) => [number, answer]));
};

/** A step: the longest of these answers, where one is longer than `longest`. `tokens`: what none of them is longer than. */
const longestAmong = async (tx: Tx, projectId: string, list: readonly Large[], longest: number): Promise<number> => {
	for (let from = 0; from < list.length; from += atOnce) {
		const some = list.slice(from, from + atOnce);
		const answers = await answersOf(
			tx,
			projectId,
			some.map(({ number }) => number)
		);
		for (const { number, tokens } of some) {
			if (tokens <= longest || maxTokensFor(longest) === mostTokens) return longest;
			longest = Math.max(longest, estimateTokens(answers.get(number) ?? ''));
		}
	}
	return longest;
};

/** A step: how long answers may be where nobody says, by the longest answer in train. A conversation is at least as long as its answer. */
export const usualMaxTokens = async (tx: Tx, projectId: string): Promise<number> => {
	const longest = await longestAmong(tx, projectId, await largest(tx, projectId), 0);
	return maxTokensFor(await longestAmong(tx, projectId, await largestRewrites(tx, projectId), longest));
};
