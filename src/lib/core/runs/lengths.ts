import { figure } from '../text/figure.ts';
import type { Method } from './method.ts';

/** What a provider's own tokenizer has counted of a training file before the order: the first rows of it. */
export type Counted = {
	rows: number;
	tokens: number;
	longestTokens: number;
	/** What fits. */
	contextTokens: number;
};

/** Providers that count a file that was sent to them. The others keep their tokenizer to themselves until they train. */
const counting: readonly string[] = ['together', 'sandbox'];

/** Whether the tokens of a training there are counted before it is ordered; pairs are counted nowhere. */
export const isCounted = (provider: string | null, method: Method): boolean =>
	method === 'sft' && counting.includes(provider ?? '');

/** So many rows are counted at most, and so much text: what comes back is ten times as large. */
export const mostCountedLines = 100;
const most = { rows: mostCountedLines, characters: 1_000_000 };

/** The lines at the beginning of a training file that are counted: one at least. */
export const countedLines = (body: string): string[] => {
	const lines: string[] = [];
	for (let from = 0; from < body.length && lines.length < most.rows;) {
		const end = body.indexOf('\n', from);
		const to = end === -1 ? body.length : end;
		if (lines.length > 0 && to > most.characters) break;
		lines.push(body.slice(from, to));
		from = to + 1;
	}
	return lines;
};

/**
 * From so many tokens on, by our estimate, an example may turn out to be too long: such examples stand first in a file that is
 * counted from its beginning. It is off by less than that in any language.
 */
export const doubtfulFrom = (contextTokens: number, promptTokens: number): number =>
	Math.max(0, Math.floor(contextTokens / 2) - promptTokens);

export const summed = (contextTokens: number, rows: readonly { tokens: number }[]): Counted => ({
	rows: rows.length,
	tokens: rows.reduce((sum, { tokens }) => sum + tokens, 0),
	longestTokens: rows.reduce((longest, { tokens }) => Math.max(longest, tokens), 0),
	contextTokens
});

/** What was counted, of so many examples. */
export const countedInWords = (provider: string, counted: Counted, examples: number): string => {
	const { rows, tokens, longestTokens, contextTokens } = counted;
	const longest = `the longest has ${figure(longestTokens)}, and ${figure(contextTokens)} fit`;
	return rows >= examples
		? `${provider} has counted the tokens: ${figure(tokens)} in the training file; ${longest}.`
		: `${provider} has counted the tokens of ${figure(rows)} of ${figure(examples)} examples, those that looked too long first: ${longest}. Those of the others are our estimate.`;
};

export const uncountedInWords = (provider: string, tokens: number): string =>
	`${provider} did not count the tokens before the order. The lengths are our estimate: about ${figure(tokens)} tokens in the training file.`;

/** Why nothing was ordered: these do not fit. They are named as a person finds them. */
export const cutInWords = (provider: string, contextTokens: number, named: readonly string[]): string => {
	const shown = named.length > 3 ? [...named.slice(0, 3), `${figure(named.length - 3)} more`] : named;
	const who = shown.length === 1 ? shown[0] : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
	const [have, it, end] = named.length === 1 ? ['has', 'it', 'Its end'] : ['have', 'them', 'Their ends'];
	const began = `${who} ${have} more tokens than the ${figure(contextTokens)} that fit, as ${provider} counts.`;
	const asked = `Shorten ${it}, or leave ${it} out of the split, and train again.`;
	return `${began[0]!.toUpperCase()}${began.slice(1)} ${end}, where the answer stands, would be cut off, so nothing was ordered. ${asked}`;
};
