import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import fc from 'fast-check';
import { burdenOf, readJson } from '../../../src/lib/core/text/json.ts';

const tooMuch = 'it has more than 30,000 fields and values';

test.each([
	['a megabyte of brackets', '['.repeat(1_000_000), tooMuch],
	['a megabyte of objects', '{"a":'.repeat(200_000), tooMuch],
	['a list of numbers', `[${'1,'.repeat(40_000)}1]`, tooMuch],
	['20,000 fields', `{${'"a":1,'.repeat(20_000)}"a":1}`, tooMuch],
	['16,000 empty objects', `[${'{},'.repeat(16_000)}1]`, tooMuch],
	['a string that ends with a backslash, and 40,000 numbers', `["\\\\"${',1'.repeat(40_000)}]`, tooMuch],
	['a megabyte of blanks', ' '.repeat(1_000_000), null],
	['30,000 numbers', `[${'1,'.repeat(29_999)}1]`, null],
	['a long text of commas', JSON.stringify({ input: ',:[{'.repeat(100_000) }), null],
	['a long text of quotation marks', JSON.stringify({ input: '",\\'.repeat(100_000) }), null],
	['a text without an end', `["${','.repeat(100_000)}`, null],
	['10,000 levels', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, null]
])('%s', (_, text, burden) => {
	expect(burdenOf(text)).toBe(burden);
});

test('what is too much is not given to JSON.parse, and says so in a sentence', () => {
	expect(() => readJson('['.repeat(1_000_000))).toThrow(`This is too much to be read: ${tooMuch}.`);
	expect(() => readJson('[')).toThrow(SyntaxError);
});

test('whatever else is JSON is read as JSON.parse reads it', () => {
	fc.assert(
		fc.property(fc.json(), (text) => {
			expect(readJson(text)).toEqual(JSON.parse(text));
		})
	);
});

/** What is read there is our own, or was read before. */
const own = [
	'core/text/json.ts',
	'contract/openapi/rest-fields.ts', // our own schema
	'core/text/double-key.ts', // one name of what was read
	'core/examples/import/parse.ts', // asks burdenOf, to say it in its own words
	'core/prompts/parse.ts', // the same
	'core/examples/formats/full.ts', // a line that an import has read
	'core/examples/formats/training.ts', // the same, and a line of a file we made
	'server/platform/mail/outbox.ts',
	'server/platform/db/embedded-binaries.ts',
	'server/platform/db/embedded.ts',
	'server/platform/db/migrations.ts',
	'server/platform/db/transaction.ts', // what our own functions raise
	'server/platform/config-secrets.ts',
	'server/access/entrance.ts', // a row of our own database
	'server/access/oauth.ts', // a cookie, at most 4 kB
	'server/webhooks/deliver.ts', // what we have made to be sent
	'server/http/mcp/call.ts', // what our own API answers
	'server/examples/export.ts', // two numbers of our own query
	'server/evaluations/asked.ts'
];

test('nothing that strangers send is read in another way', () => {
	const files = ['core', 'contract', 'server'].flatMap((room) =>
		readdirSync(`src/lib/${room}`, { recursive: true, encoding: 'utf8' })
			.filter((name) => name.endsWith('.ts'))
			.map((name) => `${room}/${name}`)
	);
	const reading = files.filter((name) => readFileSync(`src/lib/${name}`, 'utf8').includes('JSON.parse('));
	expect(reading.sort()).toEqual([...own].sort());
});
