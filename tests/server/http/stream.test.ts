import { AsyncLocalStorage } from 'node:async_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test, vi } from 'vitest';
import { closeStreams, eventStream } from '../../../src/lib/server/http/stream.ts';

type Send = (event: { id: string; data: string }) => void;

const open = async () => {
	let hand: { send: Send; close: () => void } | undefined;
	let stops = 0;
	const response = eventStream(async (send, close) => {
		hand = { send, close };
		return () => void (stops += 1);
	});
	const reader = response.body!.getReader();
	const rest = async () => {
		let text = '';
		for (;;) {
			const { done, value } = await reader.read();
			if (done) return text;
			text += Buffer.from(value).toString();
		}
	};
	await new Promise((done) => setTimeout(done, 5));
	return { ...hand!, response, reader, rest, stops: () => stops };
};

test('events go out in order, with their ids', async () => {
	const { send, close, rest, response } = await open();
	send({ id: '1', data: 'run:a' });
	send({ id: '2', data: 'run:b' });
	close();
	expect(await rest()).toMatch(/^retry: 2000\n\nid: 1\ndata: run:a\n\nid: 2\ndata: run:b\n\n/);
	expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
	expect(response.headers.get('cache-control')).toContain('no-cache');
});

test('whoever opened it can end it: once, tidily, and what comes later is dropped', async () => {
	const { send, close, rest, stops } = await open();
	close();
	close();
	send({ id: '3', data: 'late' });
	expect(await rest()).not.toContain('late');
	expect(stops()).toBe(1);
});

test('a browser that leaves ends it too', async () => {
	const { reader, send, stops } = await open();
	await reader.cancel();
	send({ id: '4', data: 'late' });
	expect(stops()).toBe(1);
});

test('the stop of the process ends all of them', async () => {
	const streams = await Promise.all([open(), open()]);
	closeStreams();
	for (const { rest, stops } of streams) {
		await rest();
		expect(stops()).toBe(1);
	}
});

test('a subscription that fails fails the stream', async () => {
	const response = eventStream(() => Promise.reject(new Error('no')));
	const reader = response.body!.getReader();
	await expect(
		(async () => {
			while (!(await reader.read()).done);
		})()
	).rejects.toThrow('no');
});

test('a stream that is open keeps nothing of the request that opened it', async () => {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as () => void;
	const store = new AsyncLocalStorage<object>();
	// the first of a process begins what goes on for all of them
	await (await open()).reader.cancel();
	const nothing = () => {};
	const openOne = async () => {
		const request = { body: 'much' };
		const response = store.run(request, () =>
			eventStream(async (send) => {
				send({ id: '1', data: request.body });
				return nothing;
			})
		);
		return { known: new WeakRef(request), reader: response.body!.getReader() };
	};
	const opened = await Promise.all([openOne(), openOne()]);
	await vi.waitFor(() => {
		collect();
		// whether, not what: a failed look would keep it
		expect(opened.map(({ known }) => known.deref() === undefined)).toEqual([true, true]);
	});
	for (const { reader } of opened) await reader.cancel();
});

test('each stream says every fifteen seconds that it is there, and not all in the same second', async () => {
	vi.useFakeTimers();
	vi.resetModules();
	delete (globalThis as { aitelierStreams?: unknown }).aitelierStreams;
	const fresh = await import('../../../src/lib/server/http/stream.ts');
	const heard: number[][] = [];
	const streams = Array.from({ length: 30 }, (_, place) => {
		heard[place] = [];
		return fresh.eventStream(async () => () => {}).body!.getReader();
	});
	const read = async (place: number) => {
		for (;;) {
			const { done, value } = await streams[place]!.read();
			if (done) return;
			if (Buffer.from(value).toString() === ': still here\n\n') heard[place]!.push(vi.getMockedSystemTime()!.getTime());
		}
	};
	const reading = streams.map((_, place) => read(place));
	await vi.advanceTimersByTimeAsync(60_000);
	fresh.closeStreams();
	await Promise.all(reading);
	vi.useRealTimers();
	for (const moments of heard) {
		expect(moments).toHaveLength(4);
		for (const [place, moment] of moments.slice(1).entries()) expect(moment - moments[place]!).toBe(15_000);
	}
	expect(new Set(heard.map(([first]) => first)).size).toBe(15);
});
