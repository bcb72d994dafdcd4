import { describe, expect, test } from 'vitest';
import { chunksIn } from '../../../src/lib/server/providers/event-stream.ts';
import type { Chunk } from '../../../src/lib/server/providers/stream.ts';

const said = (content: string): Chunk => ({ choices: [{ delta: { content } }] });
const event = (content: string) => `data: ${JSON.stringify(said(content))}\n\n`;

/** A response in exactly these packets. */
const inPackets = (packets: readonly Uint8Array[]) =>
	new Response(
		new ReadableStream({
			start(controller) {
				for (const packet of packets) controller.enqueue(packet);
				controller.close();
			}
		})
	);
const bytes = (text: string) => new TextEncoder().encode(text);
const all = async (response: Response): Promise<{ chunks: Chunk[]; problem: unknown }> => {
	const chunks: Chunk[] = [];
	try {
		for await (const some of chunksIn(response)) chunks.push(...some);
		return { chunks, problem: null };
	} catch (problem) {
		return { chunks, problem };
	}
};

describe('a streamed answer is read the same', () => {
	const two = [said('Grüße'), said(' 🎉')];
	test.each([
		['with line feeds', event('Grüße') + event(' 🎉')],
		['with both signs at the end of a line', (event('Grüße') + event(' 🎉')).replaceAll('\n', '\r\n')],
		['with carriage returns', (event('Grüße') + event(' 🎉')).replaceAll('\n', '\r')],
		['with comments, names and numbers', `: open\n\nid: 7\nevent: delta\n${event('Grüße')}retry: 3\n\n${event(' 🎉')}`],
		['without a space after the colon', (event('Grüße') + event(' 🎉')).replaceAll('data: ', 'data:')],
		['with a null that keeps the line open', `${event('Grüße')}data: null\n\n${event(' 🎉')}`],
		['with events that say nothing', `data:\n\n${event('Grüße')}data: \n\ndata\n\n${event(' 🎉')}`],
		['without an empty line behind the last one', `${event('Grüße')}${event(' 🎉').trimEnd()}`],
		['over several lines of data', `data: {"choices":\ndata: [{"delta":{"content":"Grüße"}}]}\n\n${event(' 🎉')}`],
		['with more behind its end', `${event('Grüße')}${event(' 🎉')}data: [DONE]\n\n${event('no more')}`]
	])('%s, wherever its packets are cut', async (_, text) => {
		const whole = bytes(text);
		for (const size of [1, 2, 3, 7, whole.length]) {
			const packets = Array.from({ length: Math.ceil(whole.length / size) }, (_, at) =>
				whole.subarray(at * size, (at + 1) * size)
			);
			expect(await all(inPackets(packets))).toEqual({ chunks: two, problem: null });
		}
	});
});

test('what stands before an error in the same packet is kept', async () => {
	const broken = `${event('Yes')}data: {"error":{"message":"no more room"}}\n\n${event('no')}`;
	const { chunks, problem } = await all(inPackets([bytes(broken)]));
	expect(chunks).toEqual([said('Yes')]);
	expect(problem).toMatchObject({ error: { message: 'no more room' } });
	const odd = await all(inPackets([bytes(`${event('Yes')}data: <html>\n\n`)]));
	expect(odd.chunks).toEqual([said('Yes')]);
	expect(odd.problem).toBeInstanceOf(SyntaxError);
});

test('an event that was cut is none, and an answer without a body is empty', async () => {
	expect(await all(inPackets([bytes(`${event('Yes')}data: {"cho`)]))).toEqual({ chunks: [said('Yes')], problem: null });
	expect(await all(new Response(null))).toEqual({ chunks: [], problem: null });
});

test('a word that ends in carriage returns is read with its own packet', async () => {
	const packets = [bytes(event('Yes').replaceAll('\n', '\r')), bytes(event(' no').replaceAll('\n', '\r'))];
	const read: Chunk[][] = [];
	for await (const some of chunksIn(inPackets(packets))) if (some.length > 0) read.push(some);
	expect(read).toEqual([[said('Yes')], [said(' no')]]);
});

test('whatever comes is a sign of life, also when it says nothing', async () => {
	let signs = 0;
	const quiet = [': queued\n\n', 'data: null\n\n', event('Yes')].map(bytes);
	for await (const _ of chunksIn(inPackets(quiet))) signs++;
	expect(signs).toBe(3);
});

describe('an event without an end', () => {
	const endless = (piece: string) => {
		const packet = bytes(piece);
		return new Response(new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(packet) }));
	};
	// each packet alone is looked at: all of them anew would take an hour
	test.each([
		['in one line', 'a'.repeat(64)],
		['over many lines of data', `data: ${'a'.repeat(64)}\n`]
	])('%s is given up', async (_, piece) => {
		const { chunks, problem } = await all(endless(piece));
		expect(chunks).toEqual([]);
		expect(problem).toMatchObject({ code: 'TOO_LARGE' });
	});
	test('of comments is read on', async () => {
		let read = 0;
		for await (const _ of chunksIn(endless(`: ${'a'.repeat(1 << 20)}\n`))) if (++read === 20) break;
		expect(read).toBe(20);
	});
});

test('who leaves, and who comes to the end, leaves nothing open', async () => {
	let left = 0;
	const endless = (text: string) =>
		new Response(
			new ReadableStream<Uint8Array>({
				pull: (controller) => controller.enqueue(bytes(text)),
				cancel: () => void left++
			})
		);
	for await (const _ of chunksIn(endless(event('and')))) break;
	expect(left).toBe(1);
	expect(await all(endless(`${event('Yes')}data: [DONE]\n\n`))).toEqual({ chunks: [said('Yes')], problem: null });
	await expect.poll(() => left).toBe(2);
});
