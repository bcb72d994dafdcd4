import type { RequestEvent } from '@sveltejs/kit';
import { afterAll, describe, expect, test } from 'vitest';
import { sliceBytes } from '../../../src/lib/core/examples/import/reading.ts';
import { AppError } from '../../../src/lib/core/errors.ts';
import { upload } from '../../../src/lib/server/http/upload.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

type Work = Parameters<typeof upload>[0];
/** A body that gives these pieces, and then ends, breaks off, or stands still. */
const bodyOf = (pieces: Uint8Array[], then: 'ends' | 'breaks' | 'stalls' = 'ends') => {
	const state = { taken: 0, cancelled: false };
	const body = new ReadableStream<Uint8Array>(
		{
			pull(controller) {
				const piece = pieces[state.taken];
				if (piece) {
					state.taken++;
					controller.enqueue(piece);
				} else if (then === 'ends') controller.close();
				else if (then === 'breaks') controller.error(new Error('aborted'));
				else return new Promise(() => {});
			},
			cancel() {
				state.cancelled = true;
			}
		},
		{ highWaterMark: 0 }
	);
	return { body, state };
};

const send = (scope: object, body: ReadableStream<Uint8Array>, work: Work, stallMs = 60_000) => {
	const request = new Request('http://localhost/x', { method: 'POST', body, duplex: 'half' } as RequestInit);
	const event = { request, locals: { scope, requestId: 'r-1' }, route: { id: 'x' } } as unknown as RequestEvent;
	return upload(work, { stallMs })(event);
};
const readAll: Work = async (_, { pieces }) => {
	let bytes = 0;
	for await (const piece of pieces) bytes += piece.length;
	return { bytes };
};
const read = async (answer: Response) => ({ status: answer.status, body: await answer.json() });

test('a piece however large comes in slices, with a turn of the event loop between two', async () => {
	const { scope } = await newTeam();
	let turns = 0;
	const count = () => void (turns++, (timer = setImmediate(count)));
	let timer = setImmediate(count);
	const seen: { length: number; turn: number }[] = [];
	const { body } = bodyOf([
		new Uint8Array(10 * sliceBytes + 1),
		...Array.from({ length: 2_000 }, () => Uint8Array.of(1))
	]);
	await send(scope, body, async (_, { pieces }) => {
		for await (const { length } of pieces) seen.push({ length, turn: turns });
		return null;
	});
	clearImmediate(timer);
	expect(Math.max(...seen.map(({ length }) => length))).toBe(sliceBytes);
	expect(seen.reduce((sum, { length }) => sum + length, 0)).toBe(10 * sliceBytes + 2_001);
	for (const inOneTurn of Map.groupBy(seen, ({ turn }) => turn).values())
		expect(inOneTurn.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(2 * sliceBytes);
	expect(new Set(seen.map(({ turn }) => turn)).size).toBeGreaterThan(15);
});

test('a body that stands still is given up in a sentence, and the connection with it', async () => {
	const { scope } = await newTeam();
	const { body } = bodyOf([Uint8Array.of(1)], 'stalls');
	const answer = await send(scope, body, readAll, 50);
	expect(answer.headers.get('connection')).toBe('close');
	expect(await read(answer)).toMatchObject({
		status: 422,
		body: { error: { message: expect.stringContaining('stood still') } }
	});
	// its place is free again
	const four = await Promise.all([1, 2, 3, 4].map(() => send(scope, bodyOf([]).body, readAll)));
	expect(four.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});

test('what is not read of a body that was answered is taken off the wire', async () => {
	const { scope } = await newTeam();
	const { body, state } = bodyOf(Array.from({ length: 50 }, () => new Uint8Array(1_000)));
	const answer = await send(scope, body, async (_, { pieces }) => {
		for await (const _piece of pieces) throw new AppError('forbidden', 'No.');
		return null;
	});
	expect(answer.status).toBe(403);
	await expect.poll(() => state.taken).toBe(50);
	expect(state.cancelled).toBe(false);
});

describe('at once', () => {
	test('four of a team are read; the fifth hears when to come again, and comes in when one is done', async () => {
		const { scope, as } = await newTeam();
		const theo = await as('trainer');
		const ends: (() => void)[] = [];
		const slow: Work = () => new Promise((done) => ends.push(() => done('in')));
		const four = [scope, theo, scope, theo].map((who) => send(who, bodyOf([]).body, slow));
		await expect.poll(() => ends.length).toBe(4);

		const { body, state } = bodyOf([Uint8Array.of(1), Uint8Array.of(2)]);
		const fifth = await send(theo, body, readAll);
		expect(fifth.headers.get('retry-after')).toBe('30');
		expect(await read(fifth)).toMatchObject({
			status: 429,
			body: { error: { code: 'rate_limited', message: expect.stringContaining('4 files already'), field: 'file' } }
		});
		await expect.poll(() => state.taken).toBe(2);
		const other = await newTeam();
		expect((await send(other.scope, bodyOf([]).body, readAll)).status).toBe(200);

		ends[1]!();
		await Promise.race(four);
		expect((await send(theo, bodyOf([]).body, readAll)).status).toBe(200);
		for (const end of ends) end();
		await Promise.all(four);
	});

	test('one that fails leaves its place', async () => {
		const { scope } = await newTeam();
		for (let i = 0; i < 6; i++) expect((await send(scope, bodyOf([], 'breaks').body, readAll)).status).toBe(422);
		expect((await send(scope, bodyOf([]).body, readAll)).status).toBe(200);
	});
});
