import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Answered } from '../../../src/lib/contract/servings.ts';
import { inProject, type Scope } from '../../../src/lib/server/access/scope.ts';
import { setBudget } from '../../../src/lib/server/budget/commands.ts';
import { getBudget } from '../../../src/lib/server/budget/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { connections } from '../../../src/lib/server/platform/db/schema.ts';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import { chat } from '../../../src/lib/server/servings/chat.ts';
import { answerEvents } from '../../support/servers/answer-events.ts';
import { newProject, newTeam } from '../../support/data/team.ts';
import { type TokenServer, startTokenServer } from '../../support/servers/token-server.ts';

let server: TokenServer;
beforeAll(() => configureProviders({ allowLocal: true }));
beforeEach(async () => {
	server = await startTokenServer();
});
afterEach(() => server.stop());
afterAll(() => closePools());

/** A project whose base model is billed by the token. */
const newPlace = async () => {
	const { scope, as } = await newTeam();
	await newProject(scope, { baseModel: 'ant-1b' });
	await scope.tx((tx) => tx.update(connections).set({ provider: 'together', baseUrl: server.url }));
	return { scope, as, here: () => inProject(scope, 'support') };
};
const question = { runId: null, messages: [{ role: 'user' as const, content: 'Hi' }], temperature: 0, maxTokens: 1000 };

const ask = async (scope: Scope, more: Partial<typeof question> = {}) =>
	answerEvents((await chat(await inProject(scope, 'support'), { ...question, ...more })).pieces);
const spent = async (scope: Scope) => (await getBudget(await inProject(scope, 'support'))).playgroundCents;
/** What was paid and has nothing set aside any more. */
const settled = (scope: Scope, cents: number) =>
	vi.waitFor(async () => expect(await spent(scope)).toBeCloseTo(cents, 6), { timeout: 15_000 });

test('says what it took and cost, and the month counts it', async () => {
	const { scope } = await newPlace();
	const last = (await ask(scope)).at(-1) as Answered;
	// 1,000 tokens at $10 a million and 100 at $100 are two cents
	expect(last).toMatchObject({ done: true, promptTokens: 1000, completionTokens: 100, costMicros: 20_000 });
	expect(last.firstTokenMs).toBeLessThanOrEqual(last.totalMs);
	await settled(scope, 2);
	await ask(scope);
	await settled(scope, 4);
});

test('keeps what the model thinks apart, whichever way its server says it', async () => {
	const { scope } = await newPlace();
	server.state.pieces = [
		{ reasoning: 'Far. ' },
		{ reasoning_content: 'But yes.' },
		{ content: '<think>Hm' },
		{ content: '</think>\n\nYes.' }
	];
	const events = await ask(scope);
	const all = (field: string) => events.map((event) => (event as Record<string, string>)[field] ?? '').join('');
	expect([all('thinking'), all('text')]).toEqual(['Far. But yes.Hm', 'Yes.']);
});

test('words that come together leave together, in their order, and none is lost', async () => {
	const { scope } = await newPlace();
	server.state.pieces = Array.from({ length: 1000 }, (_, at): Record<string, string> =>
		at < 500 ? { reasoning: `${at} ` } : { content: `${at} ` }
	);
	const events = await ask(scope);
	const said = events
		.map((event) => ('thinking' in event ? event.thinking : 'text' in event ? event.text : ''))
		.join('');
	expect(said).toBe(Array.from({ length: 1000 }, (_, at) => `${at} `).join(''));
	// no more than a few of each, however the packets were cut
	expect(events.length).toBeLessThan(100);
	expect(events.findLastIndex((event) => 'thinking' in event)).toBeLessThan(
		events.findIndex((event) => 'text' in event)
	);
});

test('asks any model of a connection of the team, and no other', async () => {
	const { scope, here } = await newPlace();
	const [own] = await scope.tx((tx) => tx.select().from(connections));
	const another = { ...question, connectionId: own!.id, model: 'ant-1b' };
	expect((await answerEvents((await chat(await here(), another)).pieces)).at(-1)).toMatchObject({
		done: true,
		costMicros: 20_000
	});
	const stranger = await newPlace();
	await expect(chat(await stranger.here(), another)).rejects.toMatchObject({ code: 'not_found' });
	const rater = await scopeOf(stranger.as);
	await expect(chat(rater, question)).rejects.toMatchObject({ code: 'forbidden' });
});
const scopeOf = async (as: Awaited<ReturnType<typeof newTeam>>['as']) => inProject(await as('rater'), 'support');

describe('is ended, and paid as far as it came,', () => {
	test('when nobody reads any more, also before another word comes', async () => {
		const { scope, here } = await newPlace();
		server.state.hold = true;
		const reader = (await chat(await here(), question)).pieces[Symbol.asyncIterator]();
		await reader.next();
		const waiting = reader.next();
		await reader.return!();
		await waiting;
		await vi.waitFor(() => expect(server.state.left).toBe(1), { timeout: 15_000 });
		// nobody has counted the tokens, so we did: a few cents at most, and nothing is set aside any more
		const cents = await spent(scope);
		expect(cents).toBeGreaterThan(0);
		expect(cents).toBeLessThan(0.5);
	});

	test('when the provider dies in the middle', async () => {
		const { scope } = await newPlace();
		server.state.dies = true;
		const events = await ask(scope);
		expect(events.at(-1)).toMatchObject({ done: true, finishReason: null });
		expect(events[0]).toEqual({ text: 'Yes.' });
		expect(await spent(scope)).toBeLessThan(0.5);
	});
});

test.each([
	[401, /key/i],
	[402, /balance|pay|credit/i]
])('a provider that answers %d is told in a sentence, and nothing is paid', async (status, sentence) => {
	const { scope } = await newPlace();
	server.state.refuses = { status, message: 'no' };
	const events = await ask(scope);
	expect(events).toEqual([{ error: { code: 'conflict', message: expect.stringMatching(sentence) } }]);
	await settled(scope, 0);
});

describe('a budget', () => {
	test('is not passed by answers that are asked at once: the most each may cost is set aside before', async () => {
		const { scope, here } = await newPlace();
		// an answer of 1,000 tokens may cost 10 cents and a little; three of them do not fit into 25
		await setBudget(await here(), { budgetCents: 25 });
		server.state.hold = true;
		const asked = await Promise.allSettled(Array.from({ length: 5 }, async () => chat(await here(), question)));
		const begun = asked.filter((one) => one.status === 'fulfilled');
		expect(begun).toHaveLength(2);
		for (const one of asked)
			if (one.status === 'rejected')
				expect(one.reason).toMatchObject({
					code: 'over_budget',
					message: expect.stringMatching(/^This may cost \$0\.10, .* only \$0\.05 is left/)
				});
		server.release();
		await Promise.all(begun.map((one) => answerEvents(one.value.pieces)));
		await settled(scope, 4);
		// what was set aside is free again
		server.state.hold = false;
		expect((await ask(scope)).at(-1)).toMatchObject({ done: true });
		expect(server.state.asked).toBe(3);
	});

	test('that is spent refuses before anything is asked', async () => {
		const { scope, here } = await newPlace();
		await ask(scope);
		await settled(scope, 2);
		await setBudget(await here(), { budgetCents: 2 });
		await expect(chat(await here(), question)).rejects.toMatchObject({
			code: 'over_budget',
			message: expect.stringMatching(/^This month’s budget of \$0\.02 is spent\. An owner can raise it/)
		});
		expect(server.state.asked).toBe(1);
		await setBudget(await here(), { budgetCents: null });
		expect((await ask(scope)).at(-1)).toMatchObject({ done: true });
	});
});
