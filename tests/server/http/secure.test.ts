import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestEvent } from '@sveltejs/kit';
import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import { endpoint } from '../../../src/lib/server/http/endpoint.ts';
import { form } from '../../../src/lib/server/http/form.ts';
import { secure, secureWith } from '../../../src/lib/server/http/secure.ts';

const own = 'http://localhost:3000';

const ask = async (method: string, headers: Record<string, string> = {}, route = '/account', query = '') => {
	let reached = false;
	const request = new Request(`${own}/x${query}`, { method, headers });
	const event = { request, url: new URL(request.url), locals: {}, route: { id: route } };
	const response = await secure({
		event: event as unknown as RequestEvent,
		resolve: () => {
			reached = true;
			return new Response('ok');
		}
	});
	return { status: response.status, reached, headers: response.headers };
};

describe('a write has to come from a page of ours', () => {
	const types = [
		'application/json',
		'text/plain',
		'application/x-www-form-urlencoded',
		'multipart/form-data; boundary=x',
		''
	];
	const from: [string, Record<string, string>, number][] = [
		['our own page', { origin: own }, 200],
		['our own page, and the browser says so', { origin: own, 'sec-fetch-site': 'same-origin' }, 200],
		['another site', { origin: 'http://evil.test' }, 403],
		['another port', { origin: 'http://localhost:3001' }, 403],
		['another scheme', { origin: 'https://localhost:3000' }, 403],
		['a name that begins like ours', { origin: `${own}.evil.test` }, 403],
		['a sandboxed frame', { origin: 'null' }, 403],
		['nowhere', {}, 403],
		['a page of ours, but the browser says another site', { origin: own, 'sec-fetch-site': 'cross-site' }, 403],
		['a sibling host', { origin: own, 'sec-fetch-site': 'same-site' }, 403]
	];
	const cases = ['POST', 'PUT', 'PATCH', 'DELETE'].flatMap((method) =>
		types.flatMap((type) => from.map(([name, headers, status]) => ({ method, type, name, headers, status })))
	);
	test.each(cases)('$method as "$type" from $name → $status', async ({ method, type, headers, status }) => {
		const answer = await ask(method, { ...headers, ...(type && { 'content-type': type }) });
		expect(answer.status).toBe(status);
		expect(answer.reached).toBe(status === 200);
	});
});

test.each(['GET', 'HEAD', 'OPTIONS'])('%s may come from anywhere: it changes nothing', async (method) => {
	expect(await ask(method, { origin: 'http://evil.test' })).toMatchObject({ status: 200, reached: true });
});

test.each(['constructor', '__proto__', 'valueOf'])('what every object has is no form action: %s', async (name) => {
	expect(await ask('POST', { origin: own }, '/account', `?/${name}`)).toMatchObject({ status: 404, reached: false });
	expect(await ask('POST', { origin: own }, '/account', '?/rename')).toMatchObject({ status: 200, reached: true });
});

test('every answer carries its headers, refusals too', async () => {
	for (const { headers } of [await ask('GET'), await ask('POST')]) {
		expect(headers.get('x-content-type-options')).toBe('nosniff');
		expect(headers.get('x-frame-options')).toBe('DENY');
		expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
		expect(headers.get('cache-control')).toBe('no-store');
	}
});

test('pages with a token in their address tell no other site where they are', async () => {
	for (const route of ['/login', '/login/confirm', '/invitations/[token]']) {
		expect((await ask('GET', {}, route)).headers.get('referrer-policy')).toBe('same-origin');
	}
	expect((await ask('GET', {}, '/account')).headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin');
});

describe('a body has to arrive in time', () => {
	const Name = v.object({ name: v.string() });
	/** A body whose second half comes so late. */
	const slow = (halves: [string, string], afterMs: number) =>
		new ReadableStream<Uint8Array>({
			async start(controller) {
				const send = (text: string) => controller.enqueue(new TextEncoder().encode(text));
				send(halves[0]);
				await sleep(afterMs);
				send(halves[1]);
				controller.close();
			}
		});
	const post = async (
		type: string,
		body: BodyInit,
		read: (event: RequestEvent) => Promise<Response>,
		route = '/account'
	) => {
		const headers = { origin: own, 'content-type': type, 'content-length': '10' };
		const request = new Request(`${own}/x`, { method: 'POST', headers, body, duplex: 'half' } as RequestInit);
		const url = new URL(request.url);
		const event = { request, url, locals: {}, route: { id: route }, params: {} } as unknown as RequestEvent;
		return secureWith({ bodyMs: 100 })({ event, resolve: read as never });
	};
	const asJson = endpoint(Name, (_, { name }) => ({ name }));
	const asForm = async (event: RequestEvent) => Response.json(await form(Name, (_, { name }) => ({ name }))(event));

	test.each([
		['application/json', ['{"name"', ':"Ana"}'] as [string, string], asJson],
		['application/x-www-form-urlencoded', ['name', '=Ana'] as [string, string], asForm]
	])('%s: in time it is read, too late it is refused with a sentence', async (type, halves, read) => {
		const inTime = await post(type, slow(halves, 20), read);
		expect(await inTime.json()).toEqual({ name: 'Ana' });
		const sentence = 'What you sent took too long to arrive. Send it again.';
		const late = await post(type, slow(halves, 400), read);
		const answer = await late.json();
		if (read === asJson) {
			expect(late.status).toBe(408);
			expect(late.headers.get('connection')).toBe('close');
			expect(answer.error).toMatchObject({ code: 'too_slow', message: sentence });
		} else expect(answer).toMatchObject({ status: 408, data: { problems: { form: sentence } } });
	});

	test('and is read from the request it came with, whole or piece by piece: no second one is made around it', async () => {
		const body = slow(['An', 'a'], 20);
		const request = new Request(`${own}/x`, {
			method: 'POST',
			headers: { origin: own, 'content-length': '3' },
			body,
			duplex: 'half'
		} as RequestInit);
		const event = { request, url: new URL(request.url), locals: {}, route: { id: '/account' }, params: {} };
		const answer = await secureWith({ bodyMs: 100 })({
			event: event as unknown as RequestEvent,
			resolve: async (secured) => new Response(String(secured.request === request) + (await secured.request.text()))
		});
		expect(await answer.text()).toBe('trueAna');
		const inPieces = async ({ request }: RequestEvent) => new Response(request.body);
		expect(await (await post('text/plain', slow(['An', 'a'], 20), inPieces)).text()).toBe('Ana');
		const looksFirst = async ({ request }: RequestEvent) => new Response(request.body && (await request.text()));
		expect(await (await post('text/plain', slow(['An', 'a'], 20), looksFirst)).text()).toBe('Ana');
		const late = await post('text/plain', slow(['An', 'a'], 400), inPieces);
		await expect(late.text()).rejects.toThrow('took too long to arrive');
	});

	test('that is read long after it came is there: the time is that of its arrival', async () => {
		const read = async (event: RequestEvent) => {
			await sleep(20);
			return asJson(event);
		};
		expect((await post('application/json', '{"name":"Ana"}', read)).status).toBe(200);
	});

	test('an import may take its time', async () => {
		const read = async ({ request }: RequestEvent) => new Response(await request.text());
		const answer = await post(
			'application/octet-stream',
			slow(['a', 'b'], 300),
			read,
			'/[team=slug]/[project=slug]/add/import'
		);
		expect(await answer.text()).toBe('ab');
	});
});
