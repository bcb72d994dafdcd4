import { sql } from 'drizzle-orm';
import { maxTokensFor, mostTokens } from '../../core/evaluations/plan.ts';
import { estimateTokens } from '../../core/text/tokens.ts';
import type { Tx } from '../access/scope.ts';

/** So many of the largest examples are looked through for the longest answer, so many at a time. */
const looked = 300;
const atOnce = 30;
/** Longer than any answer may be: of a text no more is read. */
const letters = 20_000;

/**
 * The answers that the largest examples train, cut, the largest example first. The database looks for them in the conversations, which
 * may be a hundred times as long; one in which a \u0000 stands it cannot take apart.
 */
const answersFrom = (tx: Tx, projectId: string, from: number) =>
	tx.execute<{ tokens: number; answer: string | null }>(sql`
		select e.tokens, left(coalesce(e.rewrite, case when strpos(e.messages::text, ${'\\u0000'}) = 0 then (
			select turn ->> 'content' from json_array_elements(e.messages) with ordinality as turns (turn, place)
			where turn ->> 'role' = 'assistant' order by place desc limit 1
		) end), ${letters}) as answer
		from examples e
		where e.project_id = ${projectId} and e.split = 'train' and e.deleted_at is null
		order by e.tokens desc, e.number limit ${atOnce} offset ${from}`);

/** A step: how long answers may be where nobody says, by the longest answer in train. A conversation is at least as long as its answer. */
export const usualMaxTokens = async (tx: Tx, projectId: string): Promise<number> => {
	let longest = 0;
	for (let from = 0; from < looked; from += atOnce) {
		const rows = await answersFrom(tx, projectId, from);
		for (const { tokens, answer } of rows) {
			if (tokens <= longest || maxTokensFor(longest) === mostTokens) return maxTokensFor(longest);
			longest = Math.max(longest, estimateTokens(answer ?? ''));
		}
		if (rows.length < atOnce) break;
	}
	return maxTokensFor(longest);
};
