import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { addExample, deleteExamples, importExamples } from '../../../src/lib/server/examples/commands.ts';
import { getExample, listExamples } from '../../../src/lib/server/examples/queries.ts';
import { rateExample, rewriteExample, undoRewrite } from '../../../src/lib/server/ratings/commands.ts';
import { nextCards, recentRatings } from '../../../src/lib/server/ratings/queries.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const write = async (scope: Scope, count: number) => {
	const ids = [];
	for (let i = 1; i <= count; i++) {
		const messages = [
			{ role: 'user' as const, content: `Question ${i}` },
			{ role: 'assistant' as const, content: `Answer ${i}` }
		];
		ids.push((await addExample(await inProject(scope, 'support'), { messages, rating: null })).id);
	}
	return ids;
};
const start = async (count = 1) => {
	const team = await newTeam();
	await newProject(team.scope);
	return { ...team, ids: await write(team.scope, count) };
};
const rate = async (scope: Scope, exampleId: string, score: number | null, clientId = randomUUID()) =>
	rateExample(await inProject(scope, 'support'), { exampleId, score, clientId });
const queue = async (scope: Scope, more: object = {}) =>
	nextCards(await inProject(scope, 'support'), { filter: 'unrated', sort: 'newest', seed: 1, seen: [], ...more });
const ratingOf = async (scope: Scope, id: string) =>
	(await getExample(await inProject(scope, 'support'), { exampleId: id })).rating;

describe('a rating', () => {
	test('is the mean of everybody’s latest score', async () => {
		const { scope, as, ids } = await start();
		const rater = await as('rater');
		await rate(scope, ids[0]!, 4);
		await rate(scope, ids[0]!, 6);
		await rate(rater, ids[0]!, 9);
		expect(await ratingOf(scope, ids[0]!)).toBe(7.5);
	});

	test('sent twice arrives once', async () => {
		const { scope, ids } = await start();
		const clientId = randomUUID();
		await Promise.all([rate(scope, ids[0]!, 8, clientId), rate(scope, ids[0]!, 8, clientId)]);
		expect((await getExample(await inProject(scope, 'support'), { exampleId: ids[0]! })).ratings).toHaveLength(1);
	});

	test('taken back leaves the example unrated', async () => {
		const { scope, ids } = await start();
		await rate(scope, ids[0]!, 8);
		await rate(scope, ids[0]!, null);
		expect(await ratingOf(scope, ids[0]!)).toBe(null);
		expect((await queue(scope)).left).toBe(1);
	});

	test('of others is hidden from a rater until theirs is in', async () => {
		const { scope, as, ids } = await start();
		await rate(scope, ids[0]!, 2);
		const rater = await as('rater');
		const before = await getExample(await inProject(rater, 'support'), { exampleId: ids[0]! });
		expect([before.rating, before.ratings]).toEqual([null, []]);
		expect((await listExamples(await inProject(rater, 'support'), {})).rows[0]!.rating).toBe(null);
		expect((await queue(rater, { filter: 'all' })).cards[0]).toMatchObject({ ownScore: null });
		await rate(rater, ids[0]!, 8);
		expect((await queue(rater, { filter: 'all' })).cards[0]).toMatchObject({ ownScore: 8 });
		expect((await getExample(await inProject(rater, 'support'), { exampleId: ids[0]! })).rating).toBe(5);
	});

	test('of an example of another team, or another project, changes nothing', async () => {
		const { scope, ids } = await start();
		const stranger = (await start()).scope;
		await expect(rate(stranger, ids[0]!, 1)).rejects.toMatchObject({ code: 'not_found' });
		await newProject(scope, { slug: 'other' });
		await expect(
			rateExample(await inProject(scope, 'other'), { exampleId: ids[0]!, score: 1, clientId: randomUUID() })
		).rejects.toMatchObject({ code: 'not_found' });
		expect(await ratingOf(scope, ids[0]!)).toBe(null);
	});

	test('holds an example for nobody who may not see its project', async () => {
		const { as, ids, scope } = await start();
		const { project: other } = await newProject(scope, { slug: 'other' });
		const here = (await inProject(scope, 'support')).project.id;
		const held = (who: Scope, project: string) =>
			who.tx((tx) => tx.$client`select number from hold_example(${project}, ${ids[0]!}, ${randomUUID()})`);
		expect(await held(await as('rater', [here]), here)).toEqual([{ number: 1 }]);
		expect(await held(await as('rater', [other.id]), here)).toEqual([{ number: null }]);
		expect(await held(scope, other.id)).toEqual([{ number: null }]);
	});

	test('sent with the id of somebody else’s is not written, of another example it is', async () => {
		const { scope, as, ids } = await start(2);
		const clientId = randomUUID();
		await rate(scope, ids[0]!, 8, clientId);
		expect(await rate(await as('rater'), ids[0]!, 2, clientId)).toMatchObject({ score: null });
		expect(await ratingOf(scope, ids[0]!)).toBe(8);
		expect(await rate(scope, ids[1]!, 3, clientId)).toMatchObject({ score: 3 });
	});

	test('of an example that was deleted meanwhile is refused', async () => {
		const { scope, ids } = await start();
		await deleteExamples(await inProject(scope, 'support'), { ids });
		await expect(rate(scope, ids[0]!, 1)).rejects.toMatchObject({ code: 'not_found' });
	});
});

describe('a rating that says what it saw', () => {
	const seeing = async (scope: Scope, exampleId: string, score: number | null, saw: number | null, more: object = {}) =>
		rateExample(await inProject(scope, 'support'), { exampleId, score, saw, clientId: randomUUID(), ...more });

	test('is not taken when this person has given another score meanwhile, which it is told', async () => {
		const { scope, ids } = await start();
		await rate(scope, ids[0]!, 5);
		await expect(seeing(scope, ids[0]!, 8, null)).rejects.toMatchObject({ code: 'changed', field: 'saw', now: 5 });
		expect(await ratingOf(scope, ids[0]!)).toBe(5);
		expect(await seeing(scope, ids[0]!, 8, 5)).toMatchObject({ score: 8 });
		await expect(seeing(scope, ids[0]!, null, 5)).rejects.toMatchObject({ now: 8 });
	});

	test('sent again after its answer was lost finds itself, not somebody else', async () => {
		const { scope, ids } = await start();
		const clientId = randomUUID();
		await seeing(scope, ids[0]!, 8, null, { clientId });
		expect(await seeing(scope, ids[0]!, 8, null, { clientId })).toMatchObject({ score: 8 });
	});

	test('has nothing to do with what others gave', async () => {
		const { scope, as, ids } = await start();
		await rate(await as('rater'), ids[0]!, 3);
		expect(await seeing(scope, ids[0]!, 8, null)).toMatchObject({ score: 8 });
	});

	test('is not one that was sent before because its id was, for another example or by another person', async () => {
		const { scope, as, ids } = await start(2);
		const [mine, theirs] = [randomUUID(), randomUUID()];
		await rate(scope, ids[1]!, 5, mine);
		await rate(await as('rater'), ids[0]!, 5, theirs);
		for (const clientId of [mine, theirs])
			await expect(seeing(scope, ids[0]!, 8, 3, { clientId })).rejects.toMatchObject({ code: 'changed', now: null });
	});

	test('of two devices at the same moment is taken once, and the other is told', async () => {
		const { scope, ids } = await start(4);
		for (const id of ids) {
			const both = await Promise.allSettled([seeing(scope, id, 8, null), seeing(scope, id, 3, null)]);
			expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		}
	});

	test('is compared with what was given for the text that was read', async () => {
		const { scope, ids } = await start();
		const { text } = (await queue(scope)).cards[0]!;
		await rate(scope, ids[0]!, 5);
		await rewriteExample(await inProject(scope, 'support'), {
			exampleId: ids[0]!,
			output: 'Better',
			score: 9,
			clientId: randomUUID()
		});
		expect(await seeing(scope, ids[0]!, 7, 5, { text })).toMatchObject({ score: 9 });
		await expect(seeing(scope, ids[0]!, 6, 5, { text })).rejects.toMatchObject({ now: 7 });
	});
});

test('a rewrite of a text that somebody has rewritten meanwhile is not taken', async () => {
	const { scope, as, ids } = await start();
	const rewrite = async (by: Scope, output: string, text?: string, clientId = randomUUID()) =>
		rewriteExample(await inProject(by, 'support'), { exampleId: ids[0]!, output, text, score: 9, clientId });
	const { text } = (await queue(scope)).cards[0]!;
	const clientId = randomUUID();
	const { text: theirs } = await rewrite(await as('trainer'), 'Theirs', text, clientId);
	const refused = { code: 'changed', field: 'text', now: 'Theirs' };
	await expect(rewrite(scope, 'Mine', text)).rejects.toMatchObject(refused);
	expect(await rewrite(scope, 'Mine', theirs)).toMatchObject({ output: 'Mine' });
});

describe('the queue', () => {
	test('shows the unrated, the newest first, without those already seen', async () => {
		const { scope, ids } = await start(4);
		await rate(scope, ids[3]!, 5);
		const first = await queue(scope);
		expect(first.cards.map((card) => card.number)).toEqual([3, 2, 1]);
		expect((await queue(scope, { seen: [ids[2]!] })).cards.map((card) => card.number)).toEqual([2, 1]);
	});

	test('of second opinions has what others rated and this person has not, and tells a rater nothing', async () => {
		const { scope, as, ids } = await start(3);
		await rate(scope, ids[0]!, 9);
		const [trainer, rater] = [await as('trainer'), await as('rater')];
		await rate(trainer, ids[1]!, 4);
		const numbers = async (by: Scope) => (await queue(by, { filter: 'second' })).cards.map((card) => card.number);
		expect([await numbers(scope), await numbers(trainer)]).toEqual([[2], [1]]);
		expect(await numbers(rater)).toEqual([3, 2, 1]);
	});

	test('in random order meets every card once for one seed', async () => {
		const { scope } = await start(12);
		const one = await queue(scope, { sort: 'random', seed: 7 });
		const two = await queue(scope, { sort: 'random', seed: 7, seen: one.cards.map((card) => card.id) });
		const numbers = [...one.cards, ...two.cards].map((card) => card.number);
		expect(new Set(numbers).size).toBe(12);
		expect((await queue(scope, { sort: 'random', seed: 7 })).cards).toEqual(one.cards);
		expect(numbers).not.toEqual([...numbers].sort((a, b) => b - a));
	});

	test('leaves out thousands of cards that were seen', async () => {
		const { scope, ids } = await start(2);
		const seen = [...Array.from({ length: 5_000 }, () => randomUUID()), ids[1]!];
		expect((await queue(scope, { seen })).cards.map((card) => card.number)).toEqual([1]);
	});

	test('shows a rater what they gave low themselves, and nothing of others’ scores', async () => {
		const { scope, as, ids } = await start(3);
		const rater = await as('rater');
		await rate(scope, ids[0]!, 2);
		await rate(rater, ids[1]!, 9);
		await rate(rater, ids[1]!, 4);
		await rate(rater, ids[2]!, 6);
		await rate(scope, ids[2]!, 10);
		const numbers = async (more: object) => (await queue(rater, more)).cards.map((card) => card.number);
		expect(await numbers({ filter: 'below' })).toEqual([3, 2]);
		expect(await numbers({ filter: 'below', sort: 'rating' })).toEqual([2, 3]);
		expect(await numbers({ filter: 'all', sort: 'rating' })).toEqual([2, 3, 1]);
		expect((await queue(scope, { filter: 'below' })).cards.map((card) => card.number)).toEqual([2, 1]);
	});

	test('filters what is below the threshold and what needs a rewrite', async () => {
		const { scope, ids } = await start(3);
		await rate(scope, ids[0]!, 3);
		await rate(scope, ids[1]!, 9);
		expect((await queue(scope, { filter: 'below' })).cards.map((card) => card.number)).toEqual([1]);
		await rewriteExample(await inProject(scope, 'support'), {
			exampleId: ids[0]!,
			output: 'Better',
			score: 7,
			clientId: randomUUID()
		});
		expect((await queue(scope, { filter: 'needs-rewrite' })).left).toBe(0);
	});
});

describe('a rewrite', () => {
	const rewrite = async (scope: Scope, exampleId: string, output: string) => {
		const clientId = randomUUID();
		const after = await rewriteExample(await inProject(scope, 'support'), { exampleId, output, score: 9, clientId });
		return { clientId, after };
	};
	const takeBack = async (scope: Scope, exampleId: string, rewriteId: string, clientId = randomUUID()) =>
		undoRewrite(await inProject(scope, 'support'), { exampleId, rewrite: rewriteId, clientId });

	test('becomes the output, keeps the original, and can be taken back', async () => {
		const { scope, ids } = await start();
		const { after, clientId } = await rewrite(scope, ids[0]!, 'Better');
		expect(after).toMatchObject({ output: 'Better', ownScore: 9, rewritten: true });
		expect(after.messages.at(-1)!.content).toBe('Answer 1');
		const back = await takeBack(scope, ids[0]!, clientId);
		expect(back).toMatchObject({ output: 'Answer 1', rewritten: false });
	});

	test('of a rewrite is taken back to that one, and then to the original; asked twice, once', async () => {
		const { scope, ids } = await start();
		const first = await rewrite(scope, ids[0]!, 'Better');
		const second = await rewrite(scope, ids[0]!, 'Best');
		const undo = randomUUID();
		expect((await takeBack(scope, ids[0]!, second.clientId, undo)).output).toBe('Better');
		expect((await takeBack(scope, ids[0]!, second.clientId, undo)).output).toBe('Better');
		expect((await takeBack(scope, ids[0]!, first.clientId)).output).toBe('Answer 1');
	});

	test('that somebody has rewritten since stays, and nobody takes back another’s', async () => {
		const { scope, as, ids } = await start();
		const rater = await as('rater');
		const mine = await rewrite(scope, ids[0]!, 'Better');
		const theirs = await rewrite(rater, ids[0]!, 'Theirs');
		await expect(takeBack(scope, ids[0]!, mine.clientId)).rejects.toMatchObject({ code: 'conflict' });
		await expect(takeBack(scope, ids[0]!, theirs.clientId)).rejects.toMatchObject({ code: 'not_found' });
		await expect(takeBack((await start()).scope, ids[0]!, mine.clientId)).rejects.toMatchObject({ code: 'not_found' });
		expect((await getExample(await inProject(scope, 'support'), { exampleId: ids[0]! })).rewrite).toBe('Theirs');
	});

	test('by a rater counts too', async () => {
		const { as, ids } = await start();
		const rater = await as('rater');
		await rewriteExample(await inProject(rater, 'support'), {
			exampleId: ids[0]!,
			output: 'Better',
			score: 9,
			clientId: randomUUID()
		});
		expect(await recentRatings(await inProject(rater, 'support'))).toEqual([{ id: ids[0], score: 9, number: 1 }]);
	});
});

test('the last ten are what a person has decided, not what a file brought', async () => {
	const team = await newTeam();
	await newProject(team.scope);
	const here = await inProject(team.scope, 'support');
	const lines = [1, 2, 3].map((n) => ({
		number: n,
		text: JSON.stringify({ prompt: `Question ${n}?`, completion: 'Yes.', rating: 7, rewrite: 'Better.' })
	}));
	await importExamples(here, { fileName: 'a.jsonl', lines });
	expect(await recentRatings(here)).toEqual([]);
	const { id } = (await listExamples(here, {})).rows[0]!;
	await rateExample(here, { exampleId: id, score: 9, clientId: randomUUID() });
	expect(await recentRatings(here)).toEqual([{ id, score: 9, number: 3 }]);
});
