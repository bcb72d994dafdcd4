import { shown } from '../../text/json.ts';
import { type Draft, type Format, type Row, answerTurn, drafted, fields } from './format.ts';

const read = (row: Row): Draft => {
	const { instruction, input, output, history } = row;
	if (typeof instruction !== 'string') return 'has an "instruction" that is not text';
	if (input != null && typeof input !== 'string') return 'has an "input" that is not text';
	if (output == null)
		return `has an "instruction" but no "output"; it has ${Object.keys(row).slice(0, 5).map(shown).join(', ')}`;
	if (typeof output !== 'string') return 'has an "output" that is not text';
	if (history != null && !Array.isArray(history)) return 'has a "history" that is not a list';

	const turns: unknown[] = [];
	for (const pair of history ?? []) {
		if (!Array.isArray(pair) || pair.length !== 2)
			return 'has a "history" that is not a list of [question, answer] pairs';
		turns.push({ role: 'user', content: pair[0] }, { role: 'assistant', content: pair[1] });
	}
	const isInput = input != null && !/^\s*(nan)?\s*$/i.test(input); // what pandas writes into an empty column
	const parts = isInput ? [instruction, input] : [instruction];
	const question = parts.filter((part) => part.trim() !== '').join('\n\n');
	turns.push({ role: 'user', content: question }, answerTurn(row, output));
	return drafted(row, turns, { rewrite: row.rewrite, saysMore: !isInput && !!input });
};

/**
 * `{"instruction","input","output"}` with an optional `system`, and `history`: earlier [question, answer] pairs, which are
 * trained on like the rest. The input, where there is one, follows the instruction after a blank line.
 */
export const alpaca: Format = {
	name: 'Alpaca instructions',
	sniff: (row) => row.instruction != null,
	read,
	fields: fields('instruction', 'input', 'output', 'history', 'reasoning', 'reasoning_content')
};
