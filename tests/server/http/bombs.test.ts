import type { RequestEvent } from '@sveltejs/kit';
import * as v from 'valibot';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { operations } from '../../../src/lib/contract/operations.ts';
import { endpoint } from '../../../src/lib/server/http/endpoint.ts';
import { sentFields } from '../../../src/lib/server/http/fields.ts';
import { form } from '../../../src/lib/server/http/form.ts';

const megabyte = 1_000_000;
const deep = (open: string, inner: string, close: string, levels: number) =>
	`${open.repeat(levels)}${inner}${close.repeat(levels)}`;
const tooMuch: Record<string, string> = {
	brackets: '['.repeat(megabyte),
	'brackets that close': deep('[', '', ']', megabyte / 2),
	'objects in objects': deep('{"a":', '1', '}', 150_000),
	numbers: `[${'1,'.repeat(megabyte / 2)}1]`,
	'empty objects': `[${'{},'.repeat(megabyte / 3)}{}]`,
	keys: `{${Array.from({ length: 70_000 }, (_, i) => `"k${i}":1`).join()}}`
};
const much: Record<string, string> = {
	'10,000 levels': deep('[', '', ']', 10_000),
	'10,000 objects in objects': deep('{"a":', '1', '}', 10_000),
	'10,000 numbers': `[${'1,'.repeat(10_000)}1]`,
	'1,500 levels in a turn': `[{"role":"user","content":"a","x":${deep('[', '', ']', 1_500)}},{"role":"assistant","content":"b"}]`
};
const withInput = operations.filter(
	({ input }) => Object.keys((input as { entries?: object }).entries ?? {}).length > 0
);
/** Those with a field that a form sends as JSON. */
const withLists = ['examples.add', 'splits.move', 'team.changeRole'].map((name) =>
	withInput.find((operation) => operation.name === name)!
);
const fieldsOf = (operation: (typeof operations)[number]) =>
	Object.keys((operation.input as { entries?: object }).entries!);

const eventOf = (body: string, type: string, url = 'http://localhost/x') =>
	({
		request: new Request(url, { method: 'POST', body, headers: { 'content-type': type } }),
		params: {},
		locals: { requestId: 'r-1' },
		route: { id: '/x' },
		url: new URL(url)
	}) as unknown as RequestEvent;
const reached = () => null;

afterEach(() => vi.restoreAllMocks());

test.each(Object.entries(tooMuch))(
	'a megabyte of %s is refused in a sentence, and not given to JSON.parse',
	async (_, text) => {
		const parse = vi.spyOn(JSON, 'parse');
		const large = () => parse.mock.calls.filter(([given]) => given.length > 30_000);
		for (const operation of withLists) {
			for (const body of [text, ...fieldsOf(operation).map((field) => `{"${field}":${text}}`)]) {
				const answer = await endpoint(operation.input, reached)(eventOf(body, 'application/json'));
				expect([answer.status, large()]).toEqual([422, []]);
				expect((await answer.json()).error.message).toContain('too much to be read');
			}
			for (const field of fieldsOf(operation)) {
				const fields = new URLSearchParams({ [field]: text }).toString();
				const answer = await form(operation.input, reached)(eventOf(fields, 'application/x-www-form-urlencoded'));
				expect([answer?.status, large()]).toEqual([422, []]);
			}
		}
	}
);

describe.each(Object.entries(much))('%s', (_, text) => {
	test.each(withInput.map((operation) => [operation.name, operation] as const))(
		'to %s are no bug',
		async (__, operation) => {
			for (const body of [text, ...fieldsOf(operation).map((field) => `{"${field}":${text}}`)]) {
				const answer = await endpoint(operation.input, reached)(eventOf(body, 'application/json'));
				// some fields fall back to a default whatever they hold
				expect([422, 200]).toContain(answer.status);
			}
		}
	);
});

test('a form of half a million fields is counted, not read', async () => {
	const type = 'application/x-www-form-urlencoded';
	const many = vi.spyOn(URLSearchParams.prototype, 'append');
	for (const body of ['a&'.repeat(megabyte / 2), 'ids=1&'.repeat(100_000)])
		await expect(sentFields(eventOf(body, type).request)).rejects.toMatchObject({ code: 'invalid' });
	expect(many).not.toHaveBeenCalled();
	const part = '--b\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n';
	const parts = eventOf(`${part.repeat(5_000)}--b--\r\n`, 'multipart/form-data; boundary=b').request;
	await expect(sentFields(parts)).rejects.toMatchObject({ code: 'invalid' });

	const Ids = v.object({ ids: v.array(v.string()) });
	const commas = await form(Ids, reached)(eventOf(`ids=${'a,'.repeat(megabyte / 3)}`, type));
	expect(commas).toMatchObject({ status: 422, data: { problems: { form: expect.stringContaining('2,000') } } });
});

test('an ordinary form comes through, urlencoded or in parts', async () => {
	const parts = '--b\r\ncontent-disposition: form-data; name="a"\r\n\r\n1 & 2\r\n--b--\r\n';
	for (const [body, type] of [
		['a=1+%26+2', 'application/x-www-form-urlencoded;charset=UTF-8'],
		[parts, 'multipart/form-data; boundary=b'],
		[parts, 'multipart/form-data; boundary="b"']
	] as const)
		expect((await sentFields(eventOf(body, type).request))!.get('a')).toBe('1 & 2');
	expect(await sentFields(eventOf('a=1', 'text/plain').request)).toBeNull();
	expect(await sentFields(eventOf('cut', 'multipart/form-data; boundary=b').request)).toBeNull();
});
