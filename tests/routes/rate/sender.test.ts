import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Sender, type Rating } from '../../../src/routes/[team=slug]/[project=slug]/rate/sender.svelte.ts';

/** A server that keeps each client id once, as the database does; a browser's localStorage. */
const setUp = () => {
	const arrived = new Map<string, Rating>();
	const server = { status: 200, lost: false, requests: 0, arrived };
	const order: [string, number | null][] = [];
	vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
		server.requests++;
		if (server.status === 0) throw new TypeError('Failed to fetch');
		const rating = JSON.parse(init.body as string) as Rating;
		if (server.status === 200 && !arrived.has(rating.clientId)) {
			arrived.set(rating.clientId, rating);
			order.push([rating.exampleId, rating.score]);
		}
		if (server.lost) throw new TypeError('The answer was lost');
		const body = server.status === 200 ? {} : { error: { code: 'not_found', message: 'There is no such example.' } };
		return { ok: server.status === 200, status: server.status, json: async () => body };
	});
	const store = new Map<string, string>();
	const localStorage = new Proxy(
		{
			getItem: (key: string) => store.get(key) ?? null,
			setItem: (key: string, value: string) => void store.set(key, value),
			removeItem: (key: string) => void store.delete(key)
		},
		{ ownKeys: () => [...store.keys()], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }) }
	);
	vi.stubGlobal('localStorage', localStorage);
	const refused: [string, string][] = [];
	const open = (person = 'ana') => {
		const sender = new Sender(
			'/t/p/rate/ratings',
			person,
			(rating, reason) => void refused.push([rating.exampleId, reason])
		);
		sender.open();
		return sender;
	};
	return { server, order, store, refused, open };
};
const settle = async () => {
	for (let i = 0; i < 100; i++) await Promise.resolve();
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

describe('ratings', () => {
	test('name the text that was read, also after a visit without a connection', async () => {
		const { open, server } = setUp();
		const sender = open();
		server.status = 0;
		sender.send('a', 8, 'the text');
		sender.send('b', 3);
		await settle();
		sender.close();
		server.status = 200;
		open();
		await settle();
		expect([...server.arrived.values()].map(({ exampleId, text }) => [exampleId, text])).toEqual([
			['a', 'the text'],
			['b', undefined]
		]);
	});

	test('arrive one after the other, in the order they were given', async () => {
		const { open, order, store } = setUp();
		const sender = open();
		sender.send('a', 8);
		sender.send('b', 3);
		sender.send('a', null);
		await settle();
		expect(order).toEqual([
			['a', 8],
			['b', 3],
			['a', null]
		]);
		expect([sender.waiting.length, store.size]).toEqual([0, 0]);
	});

	test('wait while there is no connection, and arrive by themselves once there is', async () => {
		const { open, server, order, store } = setUp();
		server.status = 0;
		const sender = open();
		sender.send('a', 8);
		sender.send('b', 3);
		await settle();
		expect([sender.waiting.length, sender.troubled, store.size]).toEqual([2, true, 2]);
		server.status = 503;
		await vi.advanceTimersByTimeAsync(60_000);
		expect(sender.waiting).toHaveLength(2);
		server.status = 200;
		await vi.advanceTimersByTimeAsync(30_000);
		expect(order).toEqual([
			['a', 8],
			['b', 3]
		]);
		expect([sender.waiting.length, sender.troubled, store.size]).toEqual([0, false, 0]);
	});

	test('whose answer was lost are sent again and count once', async () => {
		const { open, server, order } = setUp();
		server.lost = true;
		const sender = open();
		sender.send('a', 8);
		await vi.advanceTimersByTimeAsync(10_000);
		expect(server.requests).toBeGreaterThan(2);
		server.lost = false;
		await sender.flush();
		expect([order, sender.waiting.length]).toEqual([[['a', 8]], 0]);
	});

	test('are asked for less and less often while nothing arrives', async () => {
		const { open, server } = setUp();
		server.status = 0;
		open().send('a', 8);
		await vi.advanceTimersByTimeAsync(10 * 60_000);
		expect(server.requests).toBeLessThan(30);
	});

	test('of a page that was closed arrive with the next visit, in order, and another person’s stay', async () => {
		const { open, server, order, store } = setUp();
		server.status = 0;
		const first = open();
		first.send('a', 8);
		first.send('b', 3);
		await settle();
		first.close();
		server.status = 200;
		const theirs = open('rita');
		await settle();
		expect([theirs.waiting.length, order]).toEqual([0, []]);
		const second = open();
		expect(second.waiting.map(({ exampleId }) => exampleId)).toEqual(['a', 'b']);
		second.send('c', 5);
		await settle();
		expect(order.map(([id]) => id)).toEqual(['a', 'b', 'c']);
		expect(store.size).toBe(0);
		await vi.advanceTimersByTimeAsync(60_000);
		expect(order).toHaveLength(3);
	});

	test('of two windows do not overwrite each other, and what both send counts once', async () => {
		const { open, server, order, store } = setUp();
		server.status = 0;
		const one = open();
		one.send('a', 8);
		await settle();
		const two = open();
		two.send('b', 3);
		one.send('c', 1);
		await settle();
		expect(store.size).toBe(3);
		server.status = 200;
		await vi.advanceTimersByTimeAsync(60_000);
		expect(order.map(([id]) => id).sort()).toEqual(['a', 'b', 'c']);
		expect([one.waiting.length, two.waiting.length, store.size]).toEqual([0, 0, 0]);
	});

	test('the server refuses are told with its sentence, and do not hold up the others', async () => {
		const { open, server, order, refused, store } = setUp();
		server.status = 404;
		const sender = open();
		sender.send('gone', 8);
		await settle();
		server.status = 200;
		sender.send('b', 3);
		await settle();
		expect(refused).toEqual([['gone', 'There is no such example.']]);
		expect([order, store.size]).toEqual([[['b', 3]], 0]);
	});

	test('wait for the next sign-in when the session has ended', async () => {
		const { open, server, order, refused } = setUp();
		server.status = 401;
		const sender = open();
		sender.send('a', 8);
		await settle();
		expect([sender.signedOut, sender.waiting.length, refused]).toEqual([true, 1, []]);
		server.status = 200;
		await sender.flush();
		expect([sender.signedOut, order.length]).toEqual([false, 1]);
	});

	test('are kept for the open page where the browser keeps nothing', async () => {
		const { open, server, order } = setUp();
		vi.stubGlobal('localStorage', undefined);
		server.status = 0;
		const sender = open();
		sender.send('a', 8);
		await settle();
		server.status = 200;
		await sender.flush();
		expect(order).toEqual([['a', 8]]);
	});
});
