import Together from 'together-ai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chunksIn } from '../../../src/lib/server/providers/event-stream.ts';
import { type Access } from '../../../src/lib/server/providers/provider.ts';
import { type Chunk, collect, finishOf } from '../../../src/lib/server/providers/stream.ts';
import { type Places, openPlaces } from './places.ts';

let places: Places;
beforeAll(async () => {
	places = await openPlaces();
});
afterAll(() => places.stop());

const open = (access: Access) => {
	const client = new Together({ apiKey: access.key, baseURL: `${places.url}/together/v1`, maxRetries: 0 });
	const messages = [{ role: 'user' as const, content: 'How do I descale a kettle?' }];
	const asked = { model: 'sandbox-small', messages, stream: true } as const;
	return async (signal: AbortSignal) => chunksIn(await client.chat.completions.create(asked, { signal }).asResponse());
};

test('a stream that falls silent is ended by us, with what had come', async () => {
	const access = places.access('together');
	await places.fail(access, 'hang', { path: 'chat' });
	const answer = await collect(access, open(access), () => {}, 300);
	expect(answer.finishReason).toBeNull();
	expect(answer.text).not.toBe('');
});

test('a stream that never begins is an error, not an empty answer', async () => {
	const access = places.access('together');
	const silent = (signal: AbortSignal) =>
		new Promise<AsyncIterable<Chunk[]>>((_, failed) =>
			signal.addEventListener('abort', () => failed(new Together.APIUserAbortError()))
		);
	await expect(collect(access, silent, () => {}, 50)).rejects.toBeInstanceOf(Together.APIUserAbortError);
});

test('chunks without choices are read, and usage may come with any of them', async () => {
	async function* chunks(): AsyncGenerator<Chunk[]> {
		yield [{ choices: [{ delta: { content: 'Hel' } }] }, { choices: [] }, {}];
		yield [{ choices: [{ delta: { content: 'lo' }, finish_reason: null }] }];
		yield [{ choices: [{ delta: {}, finish_reason: 'eos' }] }];
		yield [{ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } }];
	}
	const answer = await collect(
		places.access('together'),
		async () => chunks(),
		() => {}
	);
	expect(answer).toEqual({ text: 'Hello', finishReason: 'stop', promptTokens: 3, completionTokens: 2 });
	expect(finishOf('length')).toBe('length');
});

test('what breaks on our side is not taken for a cut stream', async () => {
	const access = places.access('together');
	const breaking = collect(access, open(access), () => {
		throw new Error('ours');
	});
	await expect(breaking).rejects.toThrow('ours');
});
