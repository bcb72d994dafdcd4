import { type Draft, type Format, type Row, fields, systemTurn } from './format.ts';

const read = (row: Row): Draft => {
	if (typeof row.input !== 'string') return 'has an "input" that is not text';
	if (typeof row.output !== 'string') return 'has an "output" that is not text';
	return {
		turns: [
			...systemTurn(row.system),
			{ role: 'user', content: row.input },
			{ role: 'assistant', content: row.output }
		],
		rewrite: row.rewrite
	};
};

/** `{"input":"…","output":"…"}`, as the original's web application exports it, with an optional `system`. */
export const pair: Format = {
	name: 'Input and output',
	sniff: (row) => row.input !== undefined && row.output !== undefined,
	read,
	fields: fields('input', 'output', 'system')
};
