import type { Draft, Row } from './sniff.ts';

/** `{"input":"…","output":"…"}`, as the original's web application exports it, with an optional `system`. */
export const fromPair = (row: Row): Draft => {
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

/** A system turn where the row has a system prompt; many files carry an empty one. */
export const systemTurn = (system: unknown): unknown[] =>
	system == null || (typeof system === 'string' && system.trim() === '') ? [] : [{ role: 'system', content: system }];
