import { type Draft, type Format, type Row, fields, systemTurn } from './format.ts';

const read = (row: Row): Draft => {
	const { instruction, input, output, history } = row;
	if (typeof instruction !== 'string') return 'has an "instruction" that is not text';
	if (input != null && typeof input !== 'string') return 'has an "input" that is not text';
	if (output === undefined) return 'has an "instruction" but no "output"';
	if (typeof output !== 'string') return 'has an "output" that is not text';
	if (history != null && !Array.isArray(history)) return 'has a "history" that is not a list';

	const turns = systemTurn(row.system);
	for (const pair of history ?? []) {
		if (!Array.isArray(pair) || pair.length !== 2)
			return 'has a "history" that is not a list of [question, answer] pairs';
		turns.push({ role: 'user', content: pair[0] }, { role: 'assistant', content: pair[1] });
	}
	const question = input && input.trim() !== '' ? `${instruction}\n\n${input}` : instruction;
	return {
		turns: [...turns, { role: 'user', content: question }, { role: 'assistant', content: output }],
		rewrite: row.rewrite
	};
};

/**
 * `{"instruction","input","output"}` with an optional `system`, and `history`: earlier [question, answer] pairs, which are
 * trained on like the rest. The input, where there is one, follows the instruction after a blank line.
 */
export const alpaca: Format = {
	name: 'Alpaca instructions',
	sniff: (row) => row.instruction !== undefined,
	read,
	fields: fields('instruction', 'input', 'output', 'history', 'system')
};
