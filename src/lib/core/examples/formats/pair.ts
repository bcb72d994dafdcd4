import { type Draft, type Format, type Row, answerTurn, drafted, fields } from './format.ts';

const read = (row: Row): Draft => {
	if (typeof row.input !== 'string') return 'has an "input" that is not text';
	if (typeof row.output !== 'string') return 'has an "output" that is not text';
	const turns = [{ role: 'user', content: row.input }, answerTurn(row, row.output)];
	return drafted(row, turns, { rewrite: row.rewrite });
};

/** `{"input":"…","output":"…"}`, as the original's web application exports it, with an optional `system`. */
export const pair: Format = {
	name: 'Input and output',
	sniff: (row) => row.input != null && row.output != null,
	read,
	fields: fields('input', 'output', 'reasoning', 'reasoning_content')
};
