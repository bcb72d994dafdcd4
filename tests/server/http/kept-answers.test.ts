import type { RequestEvent } from '@sveltejs/kit';
import { expect, test } from 'vitest';
import { keepAnswers } from '../../../src/lib/server/http/kept-answers.ts';

const handle = keepAnswers((route) => route.startsWith('/(docs)'));

/** Asks at this address, and tells whether it was made for this. */
const ask = async (
	address: string,
	{
		route = '/(docs)/docs/[guide]' as string | null,
		method = 'GET',
		isDataRequest = false,
		status = 200,
		cookie = ''
	} = {}
) => {
	let made = 0;
	const url = new URL(address, 'http://localhost:3000');
	const event = { url, route: { id: route }, request: new Request(url, { method }), isDataRequest };
	const answer = await handle({
		event: event as unknown as RequestEvent,
		resolve: () => {
			made++;
			return new Response(`${method} ${address} ${status}`, {
				status,
				headers: { etag: '"1"', 'content-type': 'text/html', ...(cookie && { 'set-cookie': cookie }) }
			});
		}
	});
	return { made, status: answer.status, headers: answer.headers, text: await answer.text() };
};

test('a page for everybody is made once, and leaves each time as it was, with headers of its own', async () => {
	const first = await ask('/docs/one');
	first.headers.set('x-request-id', 'of the first');
	const second = await ask('/docs/one');
	expect([first.made, second.made]).toEqual([1, 0]);
	expect([first.text, second.text]).toEqual(['GET /docs/one 200', 'GET /docs/one 200']);
	expect(Object.fromEntries(second.headers)).toEqual({ etag: '"1"', 'content-type': 'text/html' });
	expect(await ask('/docs/two')).toMatchObject({ made: 1, text: 'GET /docs/two 200' });
});

test.each([
	['a page of somebody', '/acme/support', { route: '/[team=slug]/[project=slug]' }],
	['an address without a page', '/nowhere', { route: null }],
	['what is not there', '/docs/missing', { status: 404 }],
	['a search', '/docs/api?q=rate', {}],
	['another spelling of an address', '/docs/%6fne', {}],
	['the data of a page', '/docs/data', { isDataRequest: true }],
	['what gives somebody a cookie', '/docs/cookie', { cookie: 'session=of-somebody' }],
	['another method', '/docs/posted', { method: 'POST' }]
])('%s is made each time', async (_, address, how) => {
	expect((await ask(address, how)).made).toBe(1);
	expect((await ask(address, how)).made).toBe(1);
});

test('however many addresses there are, so many are kept', async () => {
	for (let n = 0; n < 600; n++) await ask(`/docs/many-${n}`);
	const again = await Promise.all(Array.from({ length: 600 }, (_, n) => ask(`/docs/many-${n}`)));
	const made = again.reduce((sum, one) => sum + one.made, 0);
	expect(made).toBeGreaterThanOrEqual(100);
	expect(made).toBeLessThan(200);
});
