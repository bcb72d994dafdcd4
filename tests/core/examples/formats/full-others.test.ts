import { expect, test } from 'vitest';
import { othersIn } from '../../../../src/lib/core/examples/formats/full.ts';

const others = (row: unknown, messages: Parameters<typeof othersIn>[0]['messages'] = []) =>
	othersIn({ source: JSON.stringify(row), messages });

test.each([null, undefined, '', 'not JSON', 'null', '7', '"text"', '[]', '{}', '{"a":1}'])(
	'the line %j has no fields that go out again',
	(source) => {
		expect(othersIn({ source, messages: [] })).toEqual({ others: {} });
	}
);

test('its own fields go out again, those of its format and ours do not', () => {
	expect(others({ messages: [], id: 'x', topic: 'a', rating: 3, input: { other: 'b' } })).toEqual({
		id: 'x',
		others: { topic: 'a', input: { other: 'b' } }
	});
	expect(others({ input: 'ab', output: 'c', topic: 1 })).toEqual({ id: undefined, others: { topic: 1 } });
});

test('what stood with the question of a preference goes on beside the turns, unless it stands there already', () => {
	expect(others({ input: { messages: [], tools: 1, topic: 2 }, chosen: 'a', rejected: 'b', topic: 3 })).toMatchObject({
		others: { tools: 1, topic: 3 }
	});
	expect(others({ input: 'ab', prompt: 'a', chosen: 'a', rejected: 'b', topic: 3 })).toEqual({ others: { topic: 3 } });
});

test('a system prompt beside the turns goes out again where it was not made one of them', () => {
	const row = { messages: [], system: 'Be brief.' };
	expect(others(row)).toEqual({ others: { system: 'Be brief.' } });
	expect(others(row, [{ role: 'user', content: 'a' }])).toEqual({ others: { system: 'Be brief.' } });
	expect(others(row, [{ role: 'system', content: 'Be brief.' }])).toEqual({ others: {} });
});
