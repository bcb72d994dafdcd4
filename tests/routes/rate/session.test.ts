import { describe, expect, test } from 'vitest';
import type { Card } from '../../../src/lib/contract/ratings.ts';
import { Session } from '../../../src/routes/[team=slug]/[project=slug]/rate/session.svelte.ts';

const card = (number: number, ownScore: number | null = null): Card => ({
	id: `c${number}`,
	number,
	messages: [
		{ role: 'user', content: `Question ${number}` },
		{ role: 'assistant', content: `Answer ${number}` }
	],
	output: `Answer ${number}`,
	text: `text of ${number}`,
	rewritten: false,
	ownScore
});

/** A sitting over cards 1…total, of which the server hands out eight at a time; the clock stands until it is moved. */
const sit = (total: number, { online = true } = {}) => {
	const server = { online, asked: [] as string[][], total };
	const sent: [string, number | null][] = [];
	const clock = { now: 1_000_000 };
	const queue = (seen: string[]) => {
		const open = Array.from({ length: server.total }, (_, i) => card(i + 1)).filter(({ id }) => !seen.includes(id));
		return { cards: open.slice(0, 8), left: open.length };
	};
	const more = async (seen: string[]) => {
		server.asked.push(seen);
		if (!server.online) throw new Error('offline');
		return queue(seen);
	};
	const texts: string[] = [];
	const saw: (number | null)[] = [];
	const give = ({ id, text }: Card, score: number | null, before: number | null) => {
		sent.push([id, score]);
		texts.push(text);
		saw.push(before);
	};
	const undone: string[] = [];
	const unwrite = ({ id }: Card, rewrite: string) => void undone.push(`${id} ${rewrite} after ${sent.length}`);
	const session = new Session(queue([]), { give, unwrite }, more, () => clock.now);
	clock.now += 1000;
	/** Takes a second for each decision. */
	const rate = (score: number) => {
		const taken = session.rate(score);
		clock.now += 1000;
		return taken;
	};
	const skip = () => {
		const taken = session.skip();
		clock.now += 1000;
		return taken;
	};
	const undo = () => {
		const step = session.undo();
		clock.now += 1000;
		return step;
	};
	const settle = () => new Promise((done) => setTimeout(done));
	return { session, server, sent, undone, texts, saw, clock, rate, skip, undo, settle };
};
const numbers = (session: Session) => session.cards.map(({ number }) => number);

describe('a decision', () => {
	test('says which text was read, also when it is taken back', () => {
		const { session, texts, rate, undo } = sit(3);
		rate(8);
		undo();
		session.rewritten(session.card!, { ...session.card!, text: 'the rewrite', ownScore: 9 }, 'r');
		undo();
		expect(texts).toEqual(['text of 1', 'text of 1', 'text of 1']);
	});

	test('brings the next card without waiting, and tells what was done', () => {
		const { session, sent, rate, skip } = sit(20);
		rate(8);
		rate(4);
		skip();
		expect(session.card!.number).toBe(4);
		expect(sent).toEqual([
			['c1', 8],
			['c2', 4]
		]);
		expect([session.left, session.done, session.average, session.pace]).toEqual([17, 2, 6, 1]);
	});

	test('does not count in the moment after a card has come', () => {
		const { session, clock, sent } = sit(5);
		expect(session.rate(8)).toBe(true);
		clock.now += 150;
		expect(session.rate(8)).toBe(false);
		expect(session.skip()).toBe(false);
		clock.now += 1;
		expect(session.rate(3)).toBe(true);
		expect(sent).toEqual([
			['c1', 8],
			['c2', 3]
		]);
	});

	test('a long look away does not change the pace', () => {
		const { session, clock, rate } = sit(5);
		rate(8);
		clock.now += 3_600_000;
		rate(8);
		expect(session.pace).toBe(1);
	});
});

describe('the cards at hand', () => {
	test('are five and more besides the open one, all the way to the end', async () => {
		const { session, rate, settle } = sit(40);
		const met: number[] = [];
		while (session.card) {
			if (session.left > 5) expect(session.cards.length).toBeGreaterThan(5);
			expect(session.left).toBe(40 - met.length);
			met.push(session.card.number);
			rate(7);
			await settle();
		}
		expect(met).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
		expect([session.left, session.ended]).toEqual([0, true]);
	});

	test('are asked for once at a time, and never twice', async () => {
		const { session, server, rate, settle } = sit(40);
		for (let i = 0; i < 6; i++) rate(7);
		expect(server.asked).toHaveLength(1);
		await settle();
		expect(numbers(session)).toEqual([7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
		expect(session.left).toBe(34);
	});

	test('go on while the server does not answer, and the next decision asks again', async () => {
		const { session, server, rate, settle } = sit(20, { online: false });
		for (let i = 0; i < 8; i++) {
			rate(7);
			await settle();
		}
		expect([session.card, session.failed, session.ended, session.left]).toEqual([undefined, true, false, 12]);
		server.online = true;
		await session.fill();
		expect([session.card!.number, session.failed, session.left]).toEqual([9, false, 12]);
	});

	test('skipped ones do not come back in this sitting', async () => {
		const { session, skip, settle } = sit(10);
		for (let i = 0; i < 10; i++) {
			skip();
			await settle();
		}
		expect([session.card, session.ended]).toEqual([undefined, true]);
	});

	test('of others join when there are new ones', async () => {
		const { session, server, rate } = sit(1);
		rate(9);
		expect(session.ended).toBe(true);
		server.total = 2;
		await session.fill();
		expect([session.card!.number, session.left, session.ended]).toEqual([2, 1, false]);
	});
});

describe('undo', () => {
	test('goes back step by step, and takes every score back', async () => {
		const { session, sent, rate, skip, undo, settle } = sit(20);
		for (let number = 1; number <= 12; number++) {
			if (number === 4) skip();
			else rate(number % 10);
			await settle();
		}
		sent.length = 0;
		for (let back = 12; back >= 1; back--) {
			expect(undo()!.card.number).toBe(back);
			expect(session.card!.number).toBe(back);
		}
		expect(undo()).toBe(undefined);
		expect(sent).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 3, 2, 1].map((number) => [`c${number}`, null]));
		expect([session.left, session.done, session.average]).toEqual([20, 0, null]);
	});

	test('gives back the score that was there before', () => {
		const { session, sent, clock, undo } = sit(2);
		session.open(card(9, 4));
		clock.now += 1000;
		session.rate(8);
		expect(undo()!.score).toBe(8);
		expect(sent).toEqual([
			['c9', 8],
			['c9', 4]
		]);
		expect(session.card).toEqual(card(9, 4));
	});

	test('of a rewrite takes it back by its name, and then the score it came with', () => {
		const { session, sent, undone, undo } = sit(2);
		const before = session.card!;
		session.rewritten(before, { ...before, output: 'Better', ownScore: 9, rewritten: true }, 'r-1');
		expect([session.done, session.average, session.card!.number]).toEqual([1, 9, 2]);
		expect(undo()).toMatchObject({ kind: 'rewritten', rewrite: 'r-1', card: before });
		expect(session.card).toEqual(before);
		expect([undone, sent]).toEqual([['c1 r-1 after 0'], [['c1', null]]]);
	});

	test('reaches back fifty steps; the count of the sitting is kept beyond that', async () => {
		const { session, rate, undo, settle } = sit(60);
		for (let i = 0; i < 60; i++) {
			rate(5);
			await settle();
		}
		expect([session.done, session.average]).toEqual([60, 5]);
		let steps = 0;
		while (undo()) steps++;
		expect([steps, session.done, session.card!.number]).toEqual([50, 10, 11]);
	});
});

describe('what was decided elsewhere', () => {
	test('leaves the queue at once, also the open card, and does not come again', async () => {
		const { session, server, sent, settle } = sit(20);
		session.elsewhere('c1', 8);
		session.elsewhere('c3', 2);
		session.elsewhere('c15', 5);
		session.elsewhere('c3', 2);
		await settle();
		expect([session.card!.number, session.left, sent]).toEqual([2, 17, []]);
		expect(server.asked.every((seen) => seen.includes('c3'))).toBe(true);
		await session.fill();
		expect(numbers(session)).not.toContain(15);
		expect(session.left).toBe(17);
	});

	test('does not take the card that is being rewritten', () => {
		const { session } = sit(3);
		session.elsewhere('c1', 8, true);
		expect([session.card!.number, session.card!.ownScore, session.left]).toEqual([1, 8, 3]);
	});

	test('is nothing new where the card says so already', () => {
		const { session } = sit(3);
		session.open(card(9, 4));
		session.elsewhere('c9', 4);
		expect(session.card!.number).toBe(9);
	});

	test('and taken back, it may come again', async () => {
		const { session } = sit(20);
		session.elsewhere('c15', 5);
		session.elsewhere('c15', null);
		await session.fill();
		expect(numbers(session)).toContain(15);
	});
});

test('a score says what was there before it, and so does what takes it back', () => {
	const { session, saw, clock, rate, undo } = sit(3);
	rate(8);
	undo();
	session.open(card(9, 4));
	clock.now += 1000;
	rate(6);
	undo();
	expect(saw).toEqual([null, 8, 4, 6]);
});

describe('a card from the history', () => {
	test('comes in front and leaves again when it is rated; nothing is lost or counted twice', () => {
		const { session, rate } = sit(4);
		rate(3);
		rate(5);
		session.open(session.steps[0]!.after);
		expect(session.card).toMatchObject({ number: 1, ownScore: 3 });
		expect([numbers(session), session.left]).toEqual([[1, 3, 4], 3]);
		session.open(session.steps[0]!.after);
		expect(session.left).toBe(3);
	});

	test('opened while it waits in the queue stands there once', () => {
		const { session } = sit(4);
		session.open(card(3));
		expect([numbers(session), session.left]).toEqual([[3, 1, 2, 4], 4]);
	});
});
