import { expect, test } from 'vitest';
import { modernTurns } from '../../../../src/lib/core/examples/formats/turns.ts';

const asked = { role: 'user', content: 'Where is 12?' };
const call = (id: string, args: unknown) => ({ id, type: 'function', function: { name: 'find', arguments: args } });

test('where nothing is old it is the same list', () => {
	const texts = [asked, { role: 'assistant', content: null, tool_calls: [call('c1', '{}')] }, null, 'x', ['y'], 7];
	expect(modernTurns(texts)).toBe(texts);
	expect(modernTurns([])).toEqual([]);
	for (const calls of ['x', {}, [null], [{ function: 'find' }], [{}]]) {
		const turns = [{ role: 'assistant', tool_calls: calls }];
		expect(modernTurns(turns)).toBe(turns);
	}
});

test('a developer is the system, and whoever stands beside stays as they are', () => {
	const others = [asked, null, 'x'];
	const turns = modernTurns([{ role: 'developer', content: 'Be kind.' }, ...others]);
	expect(turns).toEqual([{ role: 'system', content: 'Be kind.' }, ...others]);
	expect(turns[1]).toBe(asked);
});

test('each call of a function is answered by the function that comes after it', () => {
	const turn = (name: string, args: unknown) => ({
		role: 'assistant',
		content: null,
		function_call: { name, arguments: args }
	});
	expect(
		modernTurns([
			asked,
			turn('find', '{"id":12}'),
			{ role: 'function', name: 'find', content: 'Ulm' },
			turn('send', { to: 'ana' }),
			{ role: 'function', name: 'send', content: 'sent' },
			{ role: 'function', name: 'send', content: 'again', tool_call_id: 'own' }
		])
	).toStrictEqual([
		asked,
		{
			...{ role: 'assistant', content: null },
			tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'find', arguments: '{"id":12}' } }]
		},
		{ role: 'tool', name: 'find', content: 'Ulm', tool_call_id: 'call_1' },
		{
			...{ role: 'assistant', content: null },
			tool_calls: [{ id: 'call_2', type: 'function', function: { name: 'send', arguments: '{"to":"ana"}' } }]
		},
		{ role: 'tool', name: 'send', content: 'sent', tool_call_id: 'call_2' },
		{ role: 'tool', name: 'send', content: 'again', tool_call_id: 'own' }
	]);
});

test('who has calls already keeps them, and what is no call stays, to be refused', () => {
	const called = [call('c1', '{}')];
	const old = { name: 'find', arguments: '{}' };
	expect(modernTurns([{ role: 'assistant', tool_calls: called, function_call: old }])).toStrictEqual([
		{ role: 'assistant', tool_calls: called }
	]);
	expect(modernTurns([{ role: 'assistant', tool_calls: called, function_call: 'find' }])).toStrictEqual([
		{ role: 'assistant', tool_calls: called }
	]);
	for (const odd of ['find', ['find'], 7])
		expect(modernTurns([{ role: 'assistant', function_call: odd }])).toStrictEqual([
			{ role: 'assistant', tool_calls: odd }
		]);
	const none = [{ role: 'assistant', content: 'Hi', function_call: null }];
	expect(modernTurns(none)).toBe(none);
});

test('arguments are JSON text, of each call and only of calls', () => {
	expect(
		modernTurns([{ role: 'assistant', tool_calls: [call('c1', { id: 12 }), call('c2', '{"id":13}'), call('c3', [1])] }])
	).toStrictEqual([
		{ role: 'assistant', tool_calls: [call('c1', '{"id":12}'), call('c2', '{"id":13}'), call('c3', [1])] }
	]);
});

test('text in parts is text; what holds something else is refused as it stands', () => {
	const said = (content: unknown) => (modernTurns([{ role: 'user', content }])[0] as { content: unknown }).content;
	const part = (text: unknown) => ({ type: 'text', text });
	expect(said([part('Where '), part('is it?')])).toBe('Where is it?');
	for (const odd of [
		[],
		[part('What is this?'), { type: 'image_url', text: 'x' }],
		[part('x'), part(7)],
		[part('x'), null],
		['x']
	])
		expect(said(odd)).toBe(odd);
});
