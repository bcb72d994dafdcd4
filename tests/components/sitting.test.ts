import { describe, expect, test } from 'vitest';
import type { Pair } from '../../src/lib/contract/evaluations.ts';
import type { Choice, Mark } from '../../src/lib/core/evaluations/ballots.ts';
import { Sitting } from '../../src/lib/components/evaluations/sitting.svelte.ts';

const pair = (position: number): Pair => ({ ballotId: `p${position}`, position, prompt: [], first: 'A', second: 'B' });
const settle = () => new Promise((done) => setTimeout(done));

/** Eight pairs, of which the server hands out five at a time and knows `judged` as judged. */
const sit = (judged: string[] = []) => {
	const given: [string, Mark | null, Mark | null][] = [];
	const server = { judged: new Set(judged), skipped: new Set<string>(), closed: false, isDown: false };
	const queue = (after: number, again = false) => {
		const is = ({ ballotId }: Pair) =>
			again ? server.skipped.has(ballotId) : !server.judged.has(ballotId) && !server.skipped.has(ballotId);
		const left = Array.from({ length: 8 }, (_, i) => pair(i)).filter(is);
		const isLater = ({ position }: Pair) => position > after;
		const pairs = [...left.filter(isLater), ...left.filter((each) => !isLater(each))].slice(0, 5);
		return {
			state: server.closed ? ('closed' as const) : ('open' as const),
			judged: server.judged.size,
			skipped: server.skipped.size,
			total: 8,
			complete: false,
			pairs
		};
	};
	const session = new Sitting<Pair, Choice>(
		queue(-1),
		({ ballotId }, mark, saw) => {
			given.push([ballotId, mark, saw]);
			server.judged.delete(ballotId);
			server.skipped.delete(ballotId);
			if (mark) (mark === 'skip' ? server.skipped : server.judged).add(ballotId);
		},
		async (after, again) => {
			if (server.isDown) throw new Error('no line');
			return queue(after, again);
		}
	);
	return { session, server, given };
};
const look = () => new Promise((done) => setTimeout(done, 160));
const numbers = ({ pairs }: Sitting<Pair, Choice>) => pairs.map(({ position }) => position);

describe('what was judged elsewhere', () => {
	test('leaves the queue, is counted once, and never comes', async () => {
		const { session } = sit();
		session.elsewhere('p0', 'first', false);
		session.elsewhere('p6', 'tie', false);
		session.elsewhere('p6', 'tie', true);
		await settle();
		await session.fill();
		expect([session.judged, session.pair!.position]).toEqual([2, 1]);
		expect(numbers(session)).not.toContain(6);
	});

	test('and has arrived, the server has counted', () => {
		const { session } = sit(['p0', 'p1']);
		session.elsewhere('p1', 'tie', true);
		expect([session.judged, session.pair!.position]).toEqual([2, 2]);
	});

	test('and is taken back, it comes again', async () => {
		const { session } = sit();
		session.elsewhere('p6', 'tie', false);
		session.elsewhere('p6', null, false);
		await session.fill();
		expect([session.judged, numbers(session).includes(6)]).toEqual([0, true]);
	});
});

test('a choice says that nothing stood, and taking it back what it was', async () => {
	const { session, given } = sit();
	await look();
	session.choose('tie');
	session.undo();
	expect(given).toEqual([
		['p0', 'tie', null],
		['p0', null, 'tie']
	]);
});

test('after a refusal the server says how many count', async () => {
	const { session, server } = sit();
	server.judged.add('p0');
	server.closed = true;
	server.skipped.add('p1');
	await session.sync([
		{ mark: 'tie', saw: null },
		{ mark: 'skip', saw: null },
		{ mark: 'first', saw: 'skip' }
	]);
	expect([session.judged, session.skipped, session.closed]).toEqual([3, 1, true]);
});

describe('a skip', () => {
	test('is given like a vote, counted apart, and taken back', async () => {
		const { session, given } = sit();
		await look();
		session.skip();
		expect([session.judged, session.skipped, session.left, session.pair!.position]).toEqual([0, 1, 7, 1]);
		session.undo();
		expect([session.skipped, session.left, session.pair!.position]).toEqual([0, 8, 0]);
		expect(given).toEqual([
			['p0', 'skip', null],
			['p0', null, 'skip']
		]);
	});

	test('of the last pair ends the sitting, and can be gone through again', async () => {
		const { session, given } = sit(['p2', 'p3', 'p4', 'p5', 'p6', 'p7']);
		await look();
		session.skip();
		await look();
		session.skip();
		await settle();
		expect([session.ended, session.skipped]).toEqual([true, 2]);
		await session.again();
		expect([session.ended, numbers(session)]).toEqual([false, [0, 1]]);
		await look();
		session.skip(); // it stays skipped, and nothing is said
		await look();
		session.choose('tie');
		await settle();
		expect([session.ended, session.judged, session.skipped]).toEqual([true, 7, 1]);
		expect(given.slice(2)).toEqual([['p1', 'tie', 'skip']]);
		session.undo();
		expect([session.ended, session.judged, session.skipped, given.at(-1)]).toEqual([
			false,
			6,
			2,
			['p1', 'skip', 'tie']
		]);
	});

	test('cannot be gone through again without a line, and nothing is lost by trying', async () => {
		const { session, server, given } = sit(['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7']);
		await look();
		session.skip();
		await settle();
		server.isDown = true;
		expect([await session.again(), session.ended, session.skipped]).toEqual([false, true, 1]);
		expect(session.undo()).toBe(true);
		expect([session.pair!.ballotId, given.at(-1)]).toEqual(['p0', ['p0', null, 'skip']]);
	});

	test('that was judged since does not come again, although the server has not heard of it', async () => {
		const { session, server } = sit(['p2', 'p3', 'p4', 'p5', 'p6', 'p7']);
		await look();
		session.skip();
		await look();
		session.skip();
		await settle();
		await session.again();
		await look();
		session.choose('tie');
		await look();
		session.skip();
		await settle();
		server.judged.delete('p0');
		server.skipped.add('p0');
		await session.again();
		expect(numbers(session)).toEqual([1]);
	});

	test('in another window is counted apart', () => {
		const { session } = sit();
		session.elsewhere('p0', 'skip', false);
		expect([session.judged, session.skipped, session.pair!.position]).toEqual([0, 1, 1]);
		session.elsewhere('p0', null, false);
		expect([session.judged, session.skipped]).toEqual([0, 0]);
	});
});
