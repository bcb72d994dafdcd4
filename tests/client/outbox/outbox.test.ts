import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Outbox } from '../../../src/lib/client/outbox/outbox.svelte.ts';
import { newBrowser, settled } from '../../support/browser/tabs.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

const ratings = '/t/p/rate/ratings';
const open = (person = 'ana') => {
	const outbox = new Outbox(person);
	const close = outbox.follow();
	const rate = (subject: string, value: number | null, saw: number | null = null) =>
		outbox.give({ kind: 'rating', place: ratings, subject, number: 1, value, saw, text: '' });
	const vote = (subject: string, value: string | null, saw: string | null = null) =>
		outbox.give({ kind: 'vote', place: '/t/p/eval/e/vote', subject, number: 1, value, saw });
	const score = (subject: string, value: number | 'skip' | null, saw: number | 'skip' | null = null) =>
		outbox.give({ kind: 'score', place: '/t/p/eval/s/score', subject, number: 1, value, saw });
	return { outbox, close, rate, vote, score };
};
const given = ({ arrived }: ReturnType<typeof newBrowser>['server']) =>
	arrived.map(({ subject, value }) => `${subject} ${value}`);

describe('what is given', () => {
	test('arrives one after the other, in the order it was given, and leaves the outbox', async () => {
		const { server } = newBrowser();
		const { outbox, rate, vote } = open();
		rate('a', 8);
		vote('pair', 'tie');
		rate('a', null, 8);
		await settled();
		expect(given(server)).toEqual(['a 8', 'pair tie', 'a null']);
		expect([outbox.waiting, outbox.open]).toEqual([[], []]);
	});

	test('waits while there is no connection, is asked for less and less often, and arrives by itself', async () => {
		const { server } = newBrowser();
		server.status = 0;
		const { outbox, rate } = open();
		rate('a', 8);
		rate('b', 3);
		await settled();
		expect([outbox.waiting.length, outbox.troubled]).toEqual([2, true]);
		await vi.advanceTimersByTimeAsync(10 * 60_000);
		expect(server.requests).toBeLessThan(30);
		server.status = 200;
		await vi.advanceTimersByTimeAsync(30_000);
		expect([given(server), outbox.waiting.length, outbox.troubled]).toEqual([['a 8', 'b 3'], 0, false]);
	});

	test('whose answer was lost is sent again, counts once, and is no conflict with itself', async () => {
		const { server } = newBrowser();
		server.lost = true;
		const { outbox, rate } = open();
		rate('a', 8);
		await vi.advanceTimersByTimeAsync(10_000);
		expect(server.requests).toBeGreaterThan(2);
		server.lost = false;
		await outbox.flush();
		expect([given(server), outbox.waiting.length, outbox.open]).toEqual([['a 8'], 0, []]);
	});

	test('in a window that was closed is sent by any page of the next visit; another person’s stays', async () => {
		const { server } = newBrowser();
		server.status = 0;
		const first = open();
		first.rate('a', 8);
		first.vote('pair', 'first');
		await settled();
		first.close();
		server.status = 200;
		open('rita');
		await settled();
		expect(given(server)).toEqual([]);
		open();
		await settled();
		expect(given(server)).toEqual(['a 8', 'pair first']);
		await vi.advanceTimersByTimeAsync(120_000);
		expect(given(server)).toHaveLength(2);
	});

	test('by pages before the one outbox is taken over', async () => {
		const { server, store } = newBrowser();
		const rating = { exampleId: 'a', score: 8, text: 'x', clientId: 'r1', order: 5 };
		store.set(`rating:ana:${ratings}:r1`, JSON.stringify(rating));
		store.set('votes:ana:/t/p/eval/e/vote', JSON.stringify([{ ballotId: 'b', choice: 'tie', clientId: 'v1' }]));
		open();
		await settled();
		expect(server.arrived.map(({ at, clientId, value }) => [at, clientId, value])).toEqual([
			['/t/p/eval/e/vote', 'v1', 'tie'],
			[ratings, 'r1', 8]
		]);
	});

	test('waits for the next sign-in when the session has ended', async () => {
		const { server } = newBrowser();
		server.status = 401;
		const { outbox, rate } = open();
		rate('a', 8);
		await settled();
		expect([outbox.signedOut, outbox.waiting.length]).toEqual([true, 1]);
		server.status = 200;
		await outbox.flush();
		expect([outbox.signedOut, given(server)]).toEqual([false, ['a 8']]);
	});

	test('is never sent as somebody else’s, who has signed in here since', async () => {
		const { server } = newBrowser();
		server.signedIn = 'bo';
		const { outbox, rate } = open('ana');
		rate('a', 8);
		await settled();
		expect([given(server), outbox.signedOut, outbox.waiting.length]).toEqual([[], true, 1]);
		server.signedIn = 'ana';
		await outbox.flush();
		expect(given(server)).toEqual(['a 8']);
	});

	test('is kept for the open page where the browser keeps nothing, and sent where it has no locks', async () => {
		const { server } = newBrowser();
		vi.stubGlobal('localStorage', undefined);
		vi.stubGlobal('navigator', {});
		server.status = 0;
		const { outbox, rate } = open();
		rate('a', 8);
		await settled();
		server.status = 200;
		await outbox.flush();
		expect(given(server)).toEqual(['a 8']);
	});

	test('asks whoever closes a page that alone keeps it to stay, and nobody else', async () => {
		const { server, store, leave } = newBrowser();
		server.status = 0;
		const { outbox, rate } = open('who closes');
		rate('a', 8);
		await settled();
		expect([outbox.fleeting.length, leave()]).toEqual([0, 'goes']);
		store.isFull = true;
		rate('b', 8);
		await settled();
		expect([outbox.fleeting.length, leave()]).toEqual([1, 'asks']);
		server.status = 200;
		await outbox.flush();
		expect([given(server), outbox.fleeting.length, leave()]).toEqual([['a 8', 'b 8'], 0, 'goes']);
	});

	test('is sent once where the browser has become full since it was given', async () => {
		const { server, store } = newBrowser();
		server.status = 0;
		const { outbox, rate } = open('in a full browser');
		rate('a', 8);
		await settled();
		store.isFull = true;
		server.status = 200;
		await outbox.flush();
		expect([server.requests, outbox.acts.length, outbox.waiting]).toEqual([2, 1, []]);
	});

	test('waits where something between us and the server answers', async () => {
		const { server } = newBrowser();
		const { outbox, rate } = open();
		const between = [
			{ status: 200, body: '<html>Welcome to the hotel. Room number?</html>' },
			{ status: 404, body: '<html>The server starts anew</html>' },
			{ status: 403, body: '{"blocked":true}' },
			{ status: 408, body: '{"error":{"code":"too_slow","message":"It took too long to arrive."}}' },
			{ status: 429, body: '{"error":{"code":"rate_limited","message":"Wait."}}' },
			{ status: 502, body: 'null' }
		];
		for (const answer of between) {
			server.between = answer;
			rate(`after ${answer.status} ${answer.body}`, 8);
			await settled();
			await vi.advanceTimersByTimeAsync(60_000);
			expect([outbox.waiting.length > 0, outbox.open]).toEqual([true, []]);
		}
		server.between = null;
		await vi.advanceTimersByTimeAsync(60_000);
		expect([server.arrived.length, outbox.waiting, outbox.open]).toEqual([between.length, [], []]);
	});

	test('as the undo of a rewrite goes before what is rated after it, and a question about the score holds it up no more', async () => {
		const { server } = newBrowser();
		server.status = 0;
		const { outbox, rate } = open();
		rate('a', 8);
		outbox.give({ kind: 'unwrite', place: '/t/p/rate/rewrites', subject: 'a', value: null, rewrite: 'r' });
		rate('b', 3);
		await settled();
		server.status = 200;
		server.stands.set('a', 5);
		await outbox.flush();
		expect(server.arrived.map(({ at, method, subject }) => [method, at, subject])).toEqual([
			['DELETE', '/t/p/rate/rewrites', 'a'],
			['POST', ratings, 'b']
		]);
		expect(outbox.open).toMatchObject([{ subject: 'a', stands: { value: 5 } }]);
	});

	test('goes out once, whatever the moment it is given at', async () => {
		const { server } = newBrowser();
		const { rate } = open();
		for (let i = 0; i < 30; i++) {
			rate(`e${i}`, 5);
			for (let turn = 0; turn < i; turn++) await Promise.resolve();
		}
		await settled();
		expect(given(server)).toEqual(Array.from({ length: 30 }, (_, i) => `e${i} 5`));
	});
});

describe('several windows', () => {
	test('keep what each of them gives, and send it once, in the order it was given', async () => {
		const { server } = newBrowser();
		server.status = 0;
		const [one, two] = [open(), open()];
		one.vote('p1', 'first');
		await settled();
		two.vote('p2', 'second');
		await settled();
		one.vote('p3', 'tie');
		await settled();
		expect([one.outbox.waiting.length, two.outbox.waiting.length]).toEqual([3, 3]);
		server.status = 200;
		const before = server.requests;
		await Promise.all([one.outbox.flush(), two.outbox.flush()]);
		await settled();
		expect(given(server)).toEqual(['p1 first', 'p2 second', 'p3 tie']);
		expect([server.requests - before, one.outbox.waiting.length, two.outbox.waiting.length]).toEqual([3, 0, 0]);
	});

	test('that are closed leave their work to the others', async () => {
		const { server } = newBrowser();
		server.status = 0;
		const [one, two] = [open(), open()];
		one.rate('a', 8);
		await settled();
		one.close();
		server.status = 200;
		await two.outbox.flush();
		expect(given(server)).toEqual(['a 8']);
	});

	test('hear what was decided in another one, also just after it arrived', async () => {
		newBrowser();
		const [one, two] = [open(), open()];
		one.rate('a', 8);
		await settled();
		expect(two.outbox.latestAt(ratings).get('a')).toMatchObject({ value: 8 });
		const late = open();
		expect(late.outbox.latestAt(ratings).get('a')).toMatchObject({ value: 8 });
		await vi.advanceTimersByTimeAsync(61_000);
		expect(open().outbox.latestAt(ratings).size).toBe(0);
	});
});

describe('when something else stands by now', () => {
	const meet = async () => {
		const browser = newBrowser();
		browser.server.stands.set('a', 5);
		const one = open();
		one.rate('a', 8);
		one.rate('b', 3);
		await settled();
		return { ...browser, ...one };
	};

	test('nothing is written, the others go on, and every window asks', async () => {
		const { server, outbox } = await meet();
		expect(given(server)).toEqual(['b 3']);
		expect(outbox.open).toMatchObject([{ subject: 'a', value: 8, stands: { value: 5 } }]);
		expect(open().outbox.open).toHaveLength(1);
	});

	test('the person’s own can be taken, over what they were shown', async () => {
		const { server, outbox } = await meet();
		outbox.settle(outbox.open[0]!, true);
		await settled();
		expect(server.arrived.at(-1)).toMatchObject({ subject: 'a', value: 8, saw: 5 });
		expect([outbox.open, outbox.waiting]).toEqual([[], []]);
	});

	test('or what stands stays', async () => {
		const { server, store, outbox } = await meet();
		outbox.settle(outbox.open[0]!, false);
		await settled();
		expect([server.stands.get('a'), outbox.open]).toEqual([5, []]);
		expect([...store.values()].filter((act) => act.includes('"a"'))).toEqual([]);
	});

	test('what is given on the same thing meanwhile waits for the answer, and is the last word', async () => {
		const { server, outbox, rate } = await meet();
		rate('a', 9, 8);
		await settled();
		expect(server.stands.get('a')).toBe(5);
		outbox.settle(outbox.open[0]!, true);
		await settled();
		expect(server.arrived.filter(({ subject }) => subject === 'a')).toMatchObject([{ value: 9, saw: 5 }]);
	});

	test('the same as was given here, nothing is asked', async () => {
		const { server } = newBrowser();
		server.stands.set('a', 8);
		const { outbox, rate } = open();
		rate('a', 8);
		await settled();
		expect([outbox.open, outbox.waiting]).toEqual([[], []]);
	});

	test('what arrived and does not count is said', async () => {
		const { server } = newBrowser();
		server.body = { score: null };
		const { outbox, rate } = open();
		rate('a', 8);
		await settled();
		expect(outbox.open).toMatchObject([{ subject: 'a', counts: { value: null } }]);
		outbox.dismiss(outbox.open[0]!);
		expect(open().outbox.open).toEqual([]);
	});
});

describe('what the server refuses', () => {
	test('is told with its sentence in every window, until it was read, and does not hold up the others', async () => {
		const { server } = newBrowser();
		server.status = 404;
		server.body = { error: { code: 'not_found', message: 'There is no such example.' } };
		const { outbox, rate } = open();
		rate('gone', 8);
		await settled();
		server.status = 200;
		server.body = null;
		rate('b', 3);
		await settled();
		expect(given(server)).toEqual(['b 3']);
		expect(open().outbox.open).toMatchObject([{ subject: 'gone', refused: 'There is no such example.' }]);
		outbox.dismiss(outbox.open[0]!);
		expect(open().outbox.open).toEqual([]);
	});

	test('because the results are known it refuses at once, with all that waits there', async () => {
		const { server } = newBrowser();
		server.status = 0;
		const { outbox, rate, vote } = open();
		for (const pair of ['one', 'two', 'one']) vote(pair, 'first');
		rate('a', 8);
		await settled();
		server.status = 409;
		server.body = { error: { code: 'conflict', message: 'The results are known.', field: 'evaluationId' } };
		const asked = server.requests;
		await outbox.flush();
		expect(outbox.open.filter(({ refused }) => refused === 'The results are known.')).toHaveLength(4);
		expect(server.requests - asked).toBe(2);
	});

	test('a place that is broken does not hold up the others', async () => {
		const { server } = newBrowser();
		const { outbox, rate, vote } = open();
		server.status = 503;
		vote('pair', 'tie');
		rate('a', 8);
		await settled();
		expect([outbox.waiting.length, server.requests]).toEqual([2, 2]);
		server.status = 200;
		await vi.advanceTimersByTimeAsync(5_000);
		expect(given(server)).toEqual(['pair tie', 'a 8']);
	});
});

describe('what is added to a vote', () => {
	const place = '/t/p/eval/e/vote';
	const remark = { first: 9, second: 4, note: 'B names no time.' };
	const add = (outbox: Outbox, added = remark) =>
		outbox.give({ kind: 'remark', place, subject: 'pair', number: 1, value: null, remark: added });

	test('arrives after the vote, and is no word on the pair', async () => {
		const { server } = newBrowser();
		server.status = 0;
		const { outbox, vote } = open();
		vote('pair', 'first');
		add(outbox);
		expect(outbox.latestAt(place).get('pair')?.value).toBe('first');
		server.status = 200;
		await outbox.flush();
		expect(server.arrived.map(({ method }) => method)).toEqual(['POST', 'PUT']);
		expect(outbox.waiting).toEqual([]);
	});

	test('waits while the person is asked which of two votes counts, and is kept whatever they answer', async () => {
		const { server } = newBrowser();
		const [one, two] = [open(), open()];
		one.vote('pair', 'first');
		await settled();
		server.status = 0;
		two.vote('pair', 'second');
		add(two.outbox);
		server.status = 200;
		await two.outbox.flush();
		const [question] = two.outbox.open;
		expect(question?.stands).toEqual({ value: 'first' });
		expect(two.outbox.waiting.map(({ kind }) => kind)).toEqual(['remark']);
		two.outbox.settle(question!, false);
		await two.outbox.flush();
		expect([two.outbox.waiting, server.arrived.at(-1)?.method]).toEqual([[], 'PUT']);
	});

	test('given anew in another window, in a closed one, signed out: every word of it arrives once, the last one last', async () => {
		const { server } = newBrowser();
		server.status = 0;
		const [one, two] = [open(), open()];
		one.vote('pair', 'first');
		await settled();
		add(one.outbox);
		await settled();
		add(two.outbox, { ...remark, first: 10 });
		await settled();
		for (const { close } of [one, two]) close();
		server.status = 401;
		const { outbox } = open();
		await settled();
		expect([outbox.signedOut, outbox.waiting.length, server.arrived]).toEqual([true, 3, []]);
		server.status = 200;
		server.lost = true;
		await outbox.flush();
		server.lost = false;
		await outbox.flush();
		expect(server.arrived.map(({ method, first = null }) => [method, first])).toEqual([
			['POST', null],
			['PUT', 9],
			['PUT', 10]
		]);
		expect([outbox.waiting, outbox.open]).toEqual([[], []]);
	});

	test('is refused together with its vote when the results are known, and told with it', async () => {
		const { server } = newBrowser();
		server.status = 0;
		const { outbox, vote } = open();
		vote('pair', 'first');
		add(outbox);
		await settled();
		server.status = 409;
		server.body = { error: { code: 'conflict', message: 'The results are known.', field: 'evaluationId' } };
		await outbox.flush();
		expect(outbox.open.map(({ kind, refused }) => [kind, refused])).toEqual([
			['vote', 'The results are known.'],
			['remark', 'The results are known.']
		]);
	});
});

describe('a score of one model’s answer', () => {
	test('of two windows without a line, one of them closed, arrives once and in order', async () => {
		const { server } = newBrowser();
		server.status = 0;
		const [one, two] = [open(), open()];
		one.score('a', 8);
		await settled();
		two.score('b', 'skip');
		await settled();
		one.score('a', null, 8);
		await settled();
		one.score('a', 3);
		await settled();
		one.close();
		server.status = 200;
		await two.outbox.flush();
		expect(given(server)).toEqual(['a 8', 'b skip', 'a null', 'a 3']);
		expect([two.outbox.waiting, two.outbox.open]).toEqual([[], []]);
	});

	test('is asked about with both when another device said something else', async () => {
		const { server } = newBrowser();
		server.stands.set('a', 5);
		const { outbox, score } = open();
		score('a', 8);
		await settled();
		expect(outbox.open).toMatchObject([{ kind: 'score', value: 8, stands: { value: 5 } }]);
		outbox.settle(outbox.open[0]!, true);
		await settled();
		expect([server.arrived.at(-1), outbox.open]).toMatchObject([{ subject: 'a', value: 8, saw: 5 }, []]);
	});
});
