import { expect, test } from 'vitest';
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
