import { describe, expect, test } from 'vitest';
import type { Pair } from '../../../src/lib/contract/evaluations.ts';
import type { Choice } from '../../../src/lib/core/evaluations/ballots.ts';
import { VoteSession } from '../../../src/routes/[team=slug]/[project=slug]/eval/[evaluation]/vote/session.svelte.ts';

const pair = (position: number): Pair => ({ ballotId: `p${position}`, position, prompt: [], first: 'A', second: 'B' });
const settle = () => new Promise((done) => setTimeout(done));

/** Eight pairs, of which the server hands out five at a time and knows `judged` as judged. */
const sit = (judged: string[] = []) => {
	const given: [string, Choice | null, Choice | null][] = [];
	const server = { judged: new Set(judged), closed: false };
	const queue = (after: number) => {
		const left = Array.from({ length: 8 }, (_, i) => pair(i)).filter(({ ballotId }) => !server.judged.has(ballotId));
		const isLater = ({ position }: Pair) => position > after;
		const pairs = [...left.filter(isLater), ...left.filter((each) => !isLater(each))].slice(0, 5);
		return {
			state: server.closed ? ('closed' as const) : ('open' as const),
			judged: server.judged.size,
			total: 8,
			complete: false,
			pairs
		};
	};
	const session = new VoteSession(
		queue(-1),
		({ ballotId }, choice, saw) => void given.push([ballotId, choice, saw]),
		async (after) => queue(after)
	);
	return { session, server, given };
};
const look = () => new Promise((done) => setTimeout(done, 160));
const numbers = ({ pairs }: VoteSession) => pairs.map(({ position }) => position);

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
	await session.sync(1);
	expect([session.judged, session.closed]).toEqual([2, true]);
});
