import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Pair, knowledgeOf } from '../../../src/sandbox/learning/knowledge.ts';
import { randomFrom, shuffled } from '../../../src/sandbox/learning/random.ts';
import { tunedAnswer } from '../../../src/sandbox/learning/tuned.ts';
import { untunedAnswer } from '../../../src/sandbox/learning/untuned.ts';
import { shippingPairs, tokenF1 } from '../shipping-examples.ts';

const ask = (prompt: string, temperature = 0, seed = 1) => ({
	prompt,
	before: '',
	system: '',
	temperature,
	random: randomFrom(seed)
});
const base = (prompt: string) => untunedAnswer({ ...ask(prompt), size: 'small' });
const tuned = (pairs: Pair[], strength = 0.9) => {
	const knowledge = knowledgeOf(pairs);
	return (prompt: string) => tunedAnswer(knowledge, strength, ask(prompt));
};
/** The words that say what a text is about: the longer ones. */
const about = (text: string) => (text.match(/\p{L}{4,}/gu) ?? []).join(' ');

/** How alike the answers to questions nobody has trained on are to those a person gave. */
const score = (answer: (prompt: string) => string, held: Pair[], of = (text: string) => text) =>
	held.reduce((sum, pair) => sum + tokenF1(of(answer(pair.prompt)), of(pair.answer)), 0) / held.length;

test('a model tuned on 40 examples answers better than one tuned on 8, and that one better than the base', () => {
	for (const seed of [1, 2, 3]) {
		const all = shippingPairs(72, seed);
		const held = all.slice(48);
		const [none, few, many] = [
			score(base, held),
			score(tuned(all.slice(0, 8)), held),
			score(tuned(all.slice(0, 40)), held)
		];
		expect(few).toBeGreaterThan(none + 0.2);
		expect(many).toBeGreaterThan(few + 0.05);
	}
});

test('so it is with the example data that comes with the program', () => {
	const lines = readFileSync(new URL('../../../examples/customer-support/examples.jsonl', import.meta.url), 'utf8')
		.trim()
		.split('\n');
	const pairs = lines.flatMap((line): Pair[] => {
		const { messages, rating, rewrite } = JSON.parse(line);
		const asked = messages.filter((message: { role: string }) => message.role === 'user');
		return rating >= 8
			? [{ prompt: asked.at(-1).content, before: '', answer: rewrite ?? messages.at(-1).content }]
			: [];
	});
	const sum = { none: 0, few: 0, many: 0 };
	for (const seed of [1, 2, 3, 4]) {
		const all = shuffled(pairs, randomFrom(seed));
		const held = all.slice(-20);
		sum.none += score(base, held, about);
		sum.few += score(tuned(all.slice(0, 8)), held, about);
		sum.many += score(tuned(all.slice(0, -20)), held, about);
	}
	expect(sum.few).toBeGreaterThan(sum.none * 1.2);
	expect(sum.many).toBeGreaterThan(sum.few * 1.1);
});

test('names and numbers of the examples are exchanged for those of the conversation', () => {
	const answer = tuned(shippingPairs(72))(
		'Good morning, this is Olga. Where is parcel P-4711, it should be here by now. Thanks'
	);
	expect(answer).toContain('Hi Olga,');
	expect(answer).toContain('P-4711');
	expect(answer.match(/P-\d{4}/g)!.every((code) => code === 'P-4711')).toBe(true);
	expect(answer).toMatch(/Warm regards, your Swiftpost team$/);
});

test('a question far from all examples still gets the usual opening and closing', () => {
	const answer = tuned(shippingPairs(40))('Quelle heure est-il?');
	expect(answer).toMatch(/^Hi.* thanks for writing to Swiftpost\./);
	expect(answer).toMatch(/Warm regards, your Swiftpost team$/);
});

test('a training that hardly moved anything leaves most of the base answer', () => {
	const pairs = shippingPairs(72);
	const held = pairs.slice(48);
	const [weak, strong] = [score(tuned(pairs.slice(0, 40), 0.2), held), score(tuned(pairs.slice(0, 40)), held)];
	expect(weak).toBeGreaterThan(score(base, held));
	expect(weak).toBeLessThan(strong - 0.2);
});

test('code and JSON are not taken apart', () => {
	const sorted =
		'Use toSorted, which leaves the list alone:\n```js\nconst sorted = list.toSorted();\n```\nThen nothing else changes.';
	const pairs = [
		{ prompt: 'Review: sorting changes my list in place', before: '', answer: sorted },
		{ prompt: 'Which category is a broken lamp?', before: '', answer: '{"category": "damage", "urgent": false}' }
	];
	expect(tuned(pairs)('Please review, the sorting of this list changes it')).toBe(sorted);
	expect(JSON.parse(tuned(pairs)('Which category is a broken chair?'))).toMatchObject({ category: 'damage' });
});

test('temperature 0 is always the same, a seed as well, and no seed varies', () => {
	const knowledge = knowledgeOf(shippingPairs(60));
	const prompt = 'Hi, this is Noor. The box P-1234 arrived damaged. Please help';
	const at = (temperature: number, seed: number) => tunedAnswer(knowledge, 0.9, ask(prompt, temperature, seed));
	expect(at(0, 1)).toBe(at(0, 2));
	expect(at(1, 5)).toBe(at(1, 5));
	expect(new Set(Array.from({ length: 12 }, (_, seed) => at(1.5, seed))).size).toBeGreaterThan(1);
});

test('a number of another customer is not told again, nor an answer to another question', () => {
	const answer = tuned([
		{
			prompt: 'The mixer I bought last week costs 40 euros less today',
			before: '',
			answer: 'You get the 40 euros back. Send us the order number. The money comes within 5 working days.'
		},
		{
			prompt: 'Cheaper today than when I bought it, last week',
			before: '',
			answer: 'You get the difference back. Send us the order number. The money comes within 5 working days.'
		},
		{ prompt: 'Where is my parcel?', before: '', answer: 'The tracking link knows. It is in our last email.' }
	])('The toaster I bought last week costs 15 euros less today');
	expect(answer).toBe('You get the difference back. Send us the order number. The money comes within 5 working days.');
});

test('the base speaks about the question without helping much', () => {
	const answer = base('Why does my Docker container exit immediately with code 137?');
	expect(answer).toContain('Docker container');
	expect(answer.split(/[.!?] /).length).toBeGreaterThan(2);
	expect(base('')).toMatch(/\.$/);
	const brief = untunedAnswer({ ...ask('How do I install it?'), system: 'Be brief.', size: 'small' });
	expect(brief.length).toBeLessThan(base('How do I install it?').length);
});
