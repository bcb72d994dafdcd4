import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { VoteSender } from '../../../src/routes/[team=slug]/[project=slug]/eval/[evaluation]/vote/sender.svelte.ts';

/** A server that answers as `answer` says, and a browser's localStorage. */
const setUp = () => {
	const server = {
		answer: { status: 200, body: {} as object } as { status: number; body: object } | null,
		requests: 0
	};
	vi.stubGlobal('fetch', async () => {
		server.requests++;
		if (server.answer === null) throw new TypeError('Failed to fetch');
		const { status, body } = server.answer;
		return { ok: status === 200, status, json: async () => body };
	});
	const store = new Map<string, string>();
	vi.stubGlobal('localStorage', {
		getItem: (key: string) => store.get(key) ?? null,
		setItem: (key: string, value: string) => void store.set(key, value),
		removeItem: (key: string) => void store.delete(key)
	});
	const refused: string[] = [];
	const closed: [number, string][] = [];
	const open = () => {
		const sender = new VoteSender('/t/p/eval/e/vote', 'ana', {
			onrefused: ({ ballotId }, reason) => void refused.push(`${ballotId}: ${reason}`),
			onclosed: (dropped, reason) => void closed.push([dropped, reason])
		});
		sender.open();
		return sender;
	};
	return { server, store, refused, closed, open };
};
const settle = async () => {
	for (let i = 0; i < 200; i++) await Promise.resolve();
};
const known = 'The results are known, so no more votes are taken.';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

test('what waits when the results become known is dropped, and said once', async () => {
	const { server, store, refused, closed, open } = setUp();
	const sender = open();
	server.answer = null;
	sender.send('one', 'first');
	sender.send('two', 'tie');
	sender.send('one', null);
	await settle();
	expect(sender.waiting).toHaveLength(3);
	server.answer = { status: 409, body: { error: { code: 'conflict', message: known, field: 'evaluationId' } } };
	const asked = server.requests;
	await sender.flush();
	await settle();
	expect(closed).toEqual([[3, known]]);
	expect([refused, server.requests - asked, sender.waiting.length]).toEqual([[], 1, 0]);
	expect([...store.values()]).toEqual(['[]']);
});

test('a refusal of one vote is its own, and the others are sent', async () => {
	const { server, refused, closed, open } = setUp();
	const sender = open();
	server.answer = { status: 409, body: { error: { code: 'conflict', message: 'Already used.' } } };
	sender.send('one', 'first');
	await settle();
	server.answer = { status: 200, body: {} };
	sender.send('two', 'first');
	await settle();
	expect([refused, closed, sender.waiting.length]).toEqual([['one: Already used.'], [], 0]);
});

test('what an earlier visit left behind is dropped as well', async () => {
	const { server, closed, open } = setUp();
	server.answer = null;
	open().send('one', 'first');
	await settle();
	server.answer = { status: 409, body: { error: { code: 'conflict', message: known, field: 'evaluationId' } } };
	open();
	await settle();
	expect(closed).toEqual([[1, known]]);
});
