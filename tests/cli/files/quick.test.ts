import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isUnreadable, readExample } from '../../../src/cli/files/examples.ts';
import { encoded } from '../../../src/cli/files/lines.ts';
import { quickExample } from '../../../src/cli/files/quick.ts';
import { originalLine } from '../../support/cli.ts';

/** What the quick way finds, and what the rules of every line say of the same. */
const both = (line: string) => {
	const quick = quickExample(encoded(line));
	const read = readExample(encoded(line), 1);
	return {
		quick,
		read: isUnreadable(read) ? null : { messages: read.messages, rating: read.rating, split: read.split }
	};
};

test('the usual line is read the quick way', () => {
	const { quick, read } = both(
		originalLine(1, { rating: 9, split: 'val', question: 'Größe?\n"quoted"', answer: 'a\\b' })
	);
	expect(quick).toMatchObject(read!);
	expect(quick!.isPlain).toBe(false);
	expect(both(originalLine(2)).quick!.isPlain).toBe(true);
});

test.each([
	originalLine(1, { extra: 1 }),
	originalLine(1, { originalOutput: 'x' }),
	originalLine(1, { rating: 11 }),
	originalLine(1, { question: ' ' }),
	originalLine(1, { question: '\ud800' }),
	originalLine(1).slice(0, -1),
	originalLine(1).replace('"role":"user","content"', '"content"'),
	originalLine(1).replace('Question', 'Que\tstion'),
	'{"id":1,"messages":[],"rating":9}',
	'{"id":1,"messages":[{"role":"assistant","content":"a"}],"rating":9}',
	'{"id":1,"messages":[{"role":"user","content":"a"}],"rating":9}'
])('anything else is left to the rules: %s', (line) => {
	expect(quickExample(encoded(line))).toBeNull();
});

test('whatever is read the quick way is read the same by the rules', () => {
	const turn = fc.record({
		role: fc.constantFrom('system', 'user', 'assistant', 'tool'),
		content: fc.string({ unit: 'binary', maxLength: 8 })
	});
	fc.assert(
		fc.property(
			fc.array(turn, { minLength: 1, maxLength: 4 }),
			fc.constantFrom(null, 1, 9, 10, 11, '9'),
			fc.constantFrom({}, { createdAt: '2026-02-11T09:00:00.000Z' }, { version: 2, split: 'train' }, { split: 'test' }),
			(messages, rating, more) => {
				const { quick, read } = both(JSON.stringify({ id: 1, messages, rating, ...more }));
				if (quick) expect({ messages: quick.messages, rating: quick.rating, split: quick.split }).toEqual(read);
			}
		),
		{ numRuns: 500 }
	);
});
