import * as v from 'valibot';
import { expect, test } from 'vitest';
import { NewConnection, NewKey, keyHint } from '../../../src/lib/core/connections/connection.ts';

const problemsOf = (input: unknown) => {
	const result = v.safeParse(NewConnection, input);
	return result.success
		? {}
		: Object.fromEntries(result.issues.map((issue) => [v.getDotPath(issue) ?? '', issue.message]));
};

test.each([
	{ provider: 'sandbox' },
	{ provider: 'sandbox', key: 'closed' },
	{ provider: 'together', key: 'abc' },
	{ provider: 'openai', key: ' sk-abc\n' },
	{ provider: 'openai-compatible', baseUrl: 'https://models.example.com/v1' },
	{ provider: 'openai-compatible', baseUrl: 'https://models.example.com/v1', key: 'abc', name: 'Ours' }
])('%j is a connection', (input) => {
	expect(problemsOf(input)).toEqual({});
});

test.each([
	[{ provider: 'aol' }, 'provider'],
	[{}, 'provider'],
	[{ provider: 'together' }, 'key'],
	[{ provider: 'openai', key: '  ' }, 'key'],
	[{ provider: 'openai', key: 'two words' }, 'key'],
	[{ provider: 'openai', key: 'a\r\nHost: evil' }, 'key'],
	[{ provider: 'openai-compatible' }, 'baseUrl'],
	[{ provider: 'openai-compatible', baseUrl: 'models.example.com' }, 'baseUrl'],
	[{ provider: 'openai-compatible', baseUrl: 'file:///etc/passwd' }, 'baseUrl'],
	[{ provider: 'openai-compatible', baseUrl: 'https://key@models.example.com/v1' }, 'baseUrl'],
	[{ provider: 'openai-compatible', baseUrl: 'https://models.example.com/v1?key=abc' }, 'baseUrl']
])('%j is not, and says so under %s', (input, field) => {
	expect(Object.keys(problemsOf(input))).toEqual([field]);
});

test('a new key is needed, and its edges are trimmed', () => {
	expect(v.safeParse(NewKey, { key: ' ' }).success).toBe(false);
	expect(v.parse(NewKey, { key: ' abc ' })).toEqual({ key: 'abc' });
});

test('the hint of a key is its end, unless that would be too much of it', () => {
	expect(keyHint('sk-1234567890abcd')).toBe('abcd');
	expect(keyHint('12345678901')).toBe('');
});
