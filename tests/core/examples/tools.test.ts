import { describe, expect, test } from 'vitest';
import { sampleWeightProblem } from '../../../src/lib/core/examples/conversation.ts';
import { toolsOf } from '../../../src/lib/core/examples/tools.ts';

const tool = (name: string, more: object = {}) => ({ type: 'function', function: { name, ...more } });

test.each([undefined, null, '', ' \n', [], '[]', 'null', '""'])('%j are no tools', (tools) => {
	expect(toolsOf({ tools })).toBeNull();
	expect(toolsOf({ functions: tools })).toBeNull();
});

describe('a function', () => {
	const parameters = { type: 'object' };
	test('stays as it is, or gets its wrapping', () => {
		const whole = { ...tool('f', { parameters }), strict: true };
		expect(toolsOf({ tools: [whole] })).toEqual({ tools: [whole] });
		expect(toolsOf({ tools: [{ name: 'f', parameters }] })).toEqual({ tools: [tool('f', { parameters })] });
		expect(toolsOf({ tools: JSON.stringify([{ name: 'f' }]) })).toEqual({ tools: [tool('f')] });
	});
	test('without parameters has none', () => {
		expect(toolsOf({ tools: [tool('f', { parameters: null, description: 'a' })] })).toEqual({
			tools: [tool('f', { description: 'a' })]
		});
	});
	test.each([7, null, [], {}, tool(''), { name: '' }, { name: 7 }, { type: 'function' }])('%j has no name', (given) => {
		expect(toolsOf({ tools: [given] })).toContain('without the name');
	});
	test('whose parameters are no object is told by the first thirty letters of its name', () => {
		for (const wrong of [7, 'a', []])
			expect(toolsOf({ tools: [{ name: 'f'.repeat(31), parameters: wrong }] })).toMatch(/[^f]"f{30}"$/);
	});
});

test.each(['[', '{"name": "f"}', 7, {}])('%j is no list of them', (tools) => {
	expect(toolsOf({ tools })).toContain('has "tools" that are not');
	expect(toolsOf({ functions: tools })).toContain('has "functions" that are not');
});

test('they stand in the row, or with what was asked; one list, not two', () => {
	const [ours, theirs] = [[tool('ours')], [tool('theirs')]];
	expect(toolsOf({ input: { tools: theirs, parallel_tool_calls: false } })).toEqual({
		tools: theirs,
		parallel_tool_calls: false
	});
	expect(toolsOf({ tools: ours, input: { tools: theirs } })).toEqual({ tools: ours });
	expect(toolsOf({ functions: ours, input: { tools: theirs } })).toEqual({ tools: ours });
	expect(toolsOf({ input: [theirs] })).toBeNull();
	expect(toolsOf({ tools: ours, functions: theirs })).toContain('both');
	expect(toolsOf({ tools: ours, parallel_tool_calls: 'no' })).toEqual({ tools: ours });
});

test('how much a whole example counts is a number from 0 on', () => {
	for (const weight of [undefined, null, 0, 0.5, 2]) expect(sampleWeightProblem(weight)).toBeNull();
	for (const weight of [-0.1, NaN, Infinity, '1', true, []]) expect(sampleWeightProblem(weight)).not.toBeNull();
});
