import * as v from 'valibot';
import { expect, test } from 'vitest';
import { NewConnection, ReplaceKey } from '../../src/lib/contract/connections.ts';
import { fromForm } from '../support/data/form.ts';

const connectionId = '01902f6e-7b1a-7c3e-9f00-000000000001';

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
	expect(problemsOf(fromForm(NewConnection, input as Record<string, string>))).toEqual({});
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
	expect(v.safeParse(ReplaceKey.input, { connectionId, key: ' ' }).success).toBe(false);
	expect(v.parse(ReplaceKey.input, { connectionId, key: ' abc ' })).toEqual({ connectionId, key: 'abc' });
});
