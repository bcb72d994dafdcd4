import { afterEach, expect, test } from 'vitest';
import { withSwitches } from './switches.ts';
import { isMutant } from './trial.ts';

const code = 'may(a) && eq(b, may(c))';
const edit = (id: string, piece: string, text: string) => {
	const from = code.indexOf(piece);
	return { id, file: 'a.ts', from, to: from + piece.length, text };
};
const edits = [
	edit('yes', 'may(a)', 'true'),
	edit('no', 'may(a)', 'false'),
	edit('any', 'eq(b, may(c))', '7'),
	edit('inner', 'may(c)', '2')
];

afterEach(() => void delete (globalThis as Record<string, unknown>)[isMutant]);

test.for([
	[undefined, 'a=2'],
	['yes', 2],
	['no', false],
	['any', 7],
	['inner', 'b=2']
] as const)('what stands in a file reads as the mutant %s', ([id]) => {
	if (id) (globalThis as Record<string, unknown>)[isMutant] = (asked: string) => asked === id;
	const run = (text: string) =>
		new Function('may', 'eq', 'a', 'b', 'c', `return ${text}`)(
			(what: string) => `may ${what}`,
			(one: string, two: string) => `${one}=${two}`,
			...['a', 'b', 'c']
		);
	const mutated = edits.filter((one) => one.id === id);
	const alone = mutated.reduce((text, one) => text.slice(0, one.from) + one.text + text.slice(one.to), code);
	expect(run(withSwitches(code, edits))).toEqual(run(alone));
});
