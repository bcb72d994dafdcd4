import { describe, expect, test } from 'vitest';
import { randomFrom } from '../../../src/lib/core/math/hash.ts';
import type { Message } from '../../../src/lib/core/examples/example.ts';
import {
	NearIndex,
	countingCommon,
	familiesOf,
	folded,
	gramsOf,
	likeness,
	sayingsOf
} from '../../../src/lib/core/examples/near.ts';
import { type Steps, atOnce } from '../../../src/lib/core/steps.ts';
import { caught } from '../../support/data/planted.ts';

const ask = (question: string, answer = 'Yes.'): Message[] => [
	{ role: 'user', content: question },
	{ role: 'assistant', content: answer }
];
const long = 'My parcel has been on its way for two weeks now and nobody can tell me where it is.';
const near = (...conversations: Message[][]) => familiesOf(conversations.map(sayingsOf));

test('of 140 disguised prompts 95 in 100 are told, and of our own examples at most one in 100 has a twin', () => {
	const { told, twins, examples } = caught();
	expect(told.reduce((sum, { planted }) => sum + planted, 0)).toBe(140);
	for (const { kind, caught: count, planted } of told) expect(count / planted, kind).toBeGreaterThanOrEqual(0.9);
	expect(told.reduce((sum, { caught: count }) => sum + count, 0) / 140).toBeGreaterThanOrEqual(0.95);
	expect(twins.length / examples).toBeLessThanOrEqual(0.01);
});

test('case, width, white space, punctuation and what has no width make no difference', () => {
	expect(folded('  Ｈello,\n\tW\u200borld!  ')).toBe('hello world');
	expect(folded(folded('J̌ – “x”'))).toBe(folded('J̌ – “x”'));
});

describe('families', () => {
	test('another question is none', () => {
		expect(near(ask(long), ask('How do I return a pan that I have used once and do not like at all?'))).toEqual([0, 1]);
	});
	test('a short prompt is known by its whole only', () => {
		const talk: Message[] = [...ask(long), ...ask('Thanks!')];
		expect(near(ask('Thanks!'), talk)).toEqual([0, 1]);
		expect(near(ask('thanks'), ask('Thanks!'))).toEqual([0, 0]);
	});
	test('the answers alone make none', () => {
		const answer = 'Write to us with the number of your order and we send you a label for the parcel at once. '.repeat(
			4
		);
		expect(near(ask('Where is my parcel?', answer), ask('Can I send it back?', answer))).toEqual([0, 1]);
	});
	test('two system prompts that are the same make none', () => {
		const system: Message = { role: 'system', content: `${long} ${long}` };
		expect(near([system, ...ask('Do you ship to Norway?')], [system, ...ask('Is the pan oven safe?')])).toEqual([0, 1]);
	});
	test('go by those between them', () => {
		const words = long.split(' ');
		const turned = (count: number) => ask(words.map((word, at) => (at < count ? 'oak' : word)).join(' '));
		expect(near(turned(0), turned(3), turned(6))).toEqual([0, 0, 0]);
	});
	test('are the same whatever the order', () => {
		const list = [ask(long), ask('Is the pan oven safe?'), [...ask('Hi'), ...ask(long)], ask(`${long} Please!`)];
		const sizes = (families: number[]) => Object.values(Object.groupBy(families, String)).map((some) => some!.length);
		expect(sizes(near(...list)).toSorted()).toEqual([1, 3]);
		expect(sizes(near(...list.toReversed())).toSorted()).toEqual([1, 3]);
	});
});

test('what stands in more than a fifth of the prompts tells nothing, where there are enough of them', () => {
	const instruction =
		'Classify the following ticket by urgency, product and mood, and answer with one word for each of the three: ';
	const things = ['a broken handle', 'no invoice', 'late parcel', 'wrong colour', 'rusty pan', 'lost password'];
	const prompts = things.flatMap((thing, at) =>
		things.map((other) => ask(`${instruction}${thing} and ${other} ${at}`))
	);
	const common = atOnce(countingCommon(prompts.map(sayingsOf)));
	expect([...gramsOf(folded(instruction))].every((piece) => common.has(piece))).toBe(true);
	expect(new Set(near(...prompts)).size).toBeGreaterThan(20);
	expect(atOnce(countingCommon([ask(long), ask(long)].map(sayingsOf))).size).toBe(0);
});

test('likeness is of both together, or of the shorter one where it may stand within the other', () => {
	const [one, two] = [gramsOf('abcdefghijklmnop'), gramsOf('abcdefghijklmnopqrstuvwxyzabcdefgh12345678')];
	expect(likeness(one, two, false)).toBeCloseTo(one.size / two.size);
	expect(likeness(one, two, true)).toBeGreaterThanOrEqual(0.7);
	expect(likeness(gramsOf('abcde'), gramsOf('abcde'), true)).toBe(0);
});

test('a twin is found among many that use the same few words', () => {
	const words = 'the quick customer asks where a parcel is and whether it can be returned after thirty days'.split(' ');
	const random = randomFrom(7);
	const list: string[] = [];
	for (let at = 0; at < 1500; at++)
		list.push(
			at % 50 === 49
				? `Hello, ${list[at - 40]!}`
				: Array.from({ length: 35 }, () => words[Math.floor(random() * words.length)]).join(' ')
		);
	const families = near(...list.map((question) => ask(question)));
	const twins = list.keys().filter((at) => at % 50 === 49);
	expect([...twins].filter((at) => families[at] !== families[at - 40])).toEqual([]);
	expect(new Set(families).size).toBe(1470);
});

test('the work has a step for each text, and for each that a text is held against: others come between them', () => {
	const steps = <T>(work: Steps<T>) => {
		for (let count = 0; ; count++) if (work.next().done) return count;
	};
	const long = Array.from({ length: 400 }, (_, at) => (at * 7919).toString(36)).join(' ');
	const alike = Array.from({ length: 12 }, (_, at) => sayingsOf([{ role: 'user', content: `${long} and ${at}` }]));
	expect(steps(countingCommon(alike))).toBeGreaterThanOrEqual(alike.length);
	const index = new NearIndex();
	for (const each of alike) expect(steps(index.keeping(each))).toBe(1);
	expect(steps(index.findingTwins(alike[0]!))).toBeGreaterThanOrEqual(alike.length);
	expect(index.twinsOf(alike[0]!)).toHaveLength(alike.length);
});

test('of a text of 100,000 letters each look has a step of its own, and one that is added is held against one at a time', () => {
	const steps = <T>(work: Steps<T>) => {
		for (let count = 0; ; count++) if (work.next().done) return count;
	};
	const book = Array.from({ length: 20_000 }, (_, at) => (at * 7919).toString(36)).join(' ');
	expect(book.length).toBeGreaterThan(90_000);
	const alike = Array.from({ length: 3 }, (_, at) => ({ turns: [`${book} and ${at}`], wholes: [], around: [] }));
	// its pieces, and who they are common with
	expect(steps(countingCommon(alike))).toBeGreaterThanOrEqual(3 * alike.length);
	const index = new NearIndex();
	// for each by two lengths of keys, and written down; then its own pieces, and twice for each that it may be near to
	expect(alike.map((each) => steps(index.adding(each)))).toEqual([4, 7, 9]);
	expect(index.twinsOf(alike[0]!).sort()).toEqual([0, 1, 2]);
});
