import { expect, test } from 'vitest';
import { exchangeOf, vocabularyOf } from '../../../src/sandbox/learning/things.ts';

const vocabulary = vocabularyOf(
	[
		['My kettle is broken. Order ML-1111', 'We repair the kettle. Send your order number.'],
		['The toaster is dead. Order ML-2222', 'Then you get a new toaster. Send your order number.'],
		['My knives are blunt.', 'We sharpen the knives. Send your order number.'],
		['Where is the invoice?', 'In your account.'],
		['How do I pay?', 'The invoice comes by email.']
	].map(([prompt, answer]) => ({ prompt: prompt!, before: '', answer: answer! }))
);
const tell = (answer: string, there: string[], here: string[]) => exchangeOf(vocabulary, answer, there, here)(answer);

test('a thing is what answers name when the question has named it', () => {
	expect([...vocabulary.things].sort()).toEqual(['kettle', 'knives', 'toaster']);
	expect(vocabulary.isOwn('toaster')).toBe(true);
	expect(vocabulary.isOwn('number')).toBe(false);
	expect(vocabulary.isOwn('never said')).toBe(false);
	expect(vocabulary.called).toBe('order');
});

test('the other customer’s thing becomes the one asked about, one for one and many for many', () => {
	expect(tell('We repair the kettle at once.', ['kettle'], ['toaster'])).toBe('We repair the toaster at once.');
	expect(tell('You get a new kettle.', ['kettle'], ['iron'])).toBe('You get a new iron.');
	expect(tell('Take a kettle.', ['kettle'], ['iron'])).toBe('Take an iron.');
	expect(tell('We repair the kettle.', ['kettle'], ['glasses'])).toBe('We repair the glass.');
	expect(tell('We repair the kettle.', ['kettle'], ['knives'])).toBe('We repair the kettle.');
	expect(tell('We sharpen the knives.', ['knives'], ['toaster'])).toBe('We sharpen the knives.');
});

test('what is the house’s own, several things, and parts of longer names stay as they are', () => {
	expect(tell('The invoice comes by email.', ['invoice'], ['toaster'])).toBe('The invoice comes by email.');
	expect(tell('The kettle or the toaster?', ['kettle', 'toaster'], ['iron'])).toBe('The kettle or the toaster?');
	expect(tell('It is the fish kettle.', ['kettle'], ['toaster'])).toBe('It is the fish kettle.');
	expect(tell('We repair the kettle.', ['kettle'], [])).toBe('We repair the kettle.');
});
