import { expect, test } from 'vitest';
import { type Pair, knowledgeOf } from '../../../src/sandbox/learning/knowledge.ts';
import { shippingPairs } from '../shipping-examples.ts';

const pair = (prompt: string, answer: string, before = ''): Pair => ({ prompt, before, answer });
const pairs = [
	pair('Can I return the kettle?', 'Yes, within 45 days and with our free label.'),
	pair('My kettle is broken, is there a warranty?', 'Yes, for 3 years. Send us the order number.'),
	pair('Where is my invoice?', 'In your account, under Orders.'),
	pair('Do you deliver on Saturdays?', 'No, from Monday to Friday.'),
	pair('How do I descale a kettle?', 'With citric acid, boiled once.')
];
const knowledge = knowledgeOf(pairs);
const found = (prompt: string, before = '') => knowledge.nearest(prompt, before, 1)[0]?.lesson.pair;

test('what is asked counts more than the thing it is asked about', () => {
	expect(found('the invoice for my kettle, where do i find it')).toBe(pairs[2]);
	expect(found('is a teapot covered by the warranty')).toBe(pairs[1]);
});

test('typos, other endings and the words of the answer are understood', () => {
	expect(found('invoces')).toBe(pairs[2]);
	expect(found('is a delivery possible on saturday')).toBe(pairs[3]);
	expect(found('what citric acid is good for')).toBe(pairs[4]);
});

test('the last turn counts most, the earlier ones help', () => {
	expect(found('And where is the invoice?', 'Can I return the kettle?')).toBe(pairs[2]);
	expect(found('It is still unused.', 'I want to return something.')).toBe(pairs[0]);
});

test('the likeness is highest for what was trained on, and nothing is like what shares no word', () => {
	const [same, next] = knowledge.nearest(pairs[0]!.prompt, '', 5);
	expect(same!.lesson.pair).toBe(pairs[0]);
	expect(same!.likeness).toBeGreaterThan(next!.likeness * 1.5);
	expect(same!.likeness).toBeLessThanOrEqual(1);
	expect(knowledge.nearest('9', '', 5)).toEqual([]);
	expect(knowledgeOf([]).nearest('Where is it?', '', 5)).toEqual([]);
});

test('names and numbers of somebody’s own find nothing', () => {
	const [first] = knowledgeOf([
		pair('This is Olga. Where is P-4711?', 'On its way.'),
		pair('This is Tom. How heavy may P-1111 be?', 'Up to 31 kg.')
	]).nearest('This is Olga. How heavy may P-4711 be?', '', 2);
	expect(first!.lesson.pair.prompt).toContain('Tom');
});

test('of questions that were held out, most find a lesson with the same facts', () => {
	const all = shippingPairs(72);
	const trained = knowledgeOf(all.slice(0, 48));
	const facts = ({ answer }: Pair) => answer.split('. ').slice(1, 3).join('. ').replace(/P-\d+/g, '');
	const right = all.slice(48).filter((held) => {
		const [first] = trained.nearest(held.prompt, '', 1);
		return facts(first!.lesson.pair) === facts(held);
	});
	expect(right.length).toBeGreaterThanOrEqual(20);
});
