import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isUnreadable, readExample } from '../../../src/cli/files/examples.ts';
import { copyHash, copyHashAt, hashesAt, hashesOf } from '../../../src/cli/files/hashes.ts';
import { messagesAt, plainLineAt } from '../../../src/cli/files/plain-line.ts';
import { encoded } from '../../../src/cli/files/lines.ts';
import { originalLine } from '../../support/app/cli.ts';

/** Whether it is left out of the hash of a copy. */
const systemPrompts = [null, 'Be kind.', 'A'];

/** What is found in the bytes of a line, somewhere in a buffer, and what the rules of every line say of the same. */
const both = (line: string | Buffer) => {
	const bytes = Buffer.concat([Buffer.from('before'), Buffer.from(line), Buffer.from('\nbehind')]);
	const [from, to] = [6, bytes.length - 7];
	const found = plainLineAt(bytes, from, to);
	const plain = found && {
		id: String(found.id),
		messages: messagesAt(bytes, found),
		rating: found.rating,
		split: found.split,
		hashes: hashesAt(bytes, found),
		copies: systemPrompts.map((prompt) => copyHashAt(bytes, found, prompt)),
		...(found.isCanonical && { turns: bytes.toString('utf8', found.from, found.to) })
	};
	const read = readExample(bytes.toString('latin1', from, to), 1);
	if (isUnreadable(read)) return { plain, read: null };
	const { id, messages, rating, split } = read;
	const copies = systemPrompts.map((prompt) => copyHash(messages, prompt));
	const ours = { id, messages, rating, split, hashes: hashesOf(messages), copies };
	return { plain, read: found?.isCanonical ? { ...ours, turns: JSON.stringify(messages) } : ours };
};

test.each([
	originalLine(1),
	originalLine(2, { rating: 10, split: 'val', question: ' A  "quoted"\n\tQUESTION\\ ' }),
	originalLine(3, { rating: 1, split: 'train', question: 'Größe?', answer: '\u00a0 ｏｋ\u2028' }),
	originalLine(1).replace('Answer', 'A\\/b'),
	'{"id":1,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"rating":9}'
])('a line as it is usually written is found as it is read: %s', (line) => {
	const { plain, read } = both(line);
	expect(plain).not.toBeNull();
	expect(plain).toEqual(read);
});

test.each([
	originalLine(1, { extra: 1 }),
	originalLine(1, { split: null }),
	originalLine(1, { originalOutput: 'x' }),
	originalLine(1, { rating: 11 }),
	originalLine(1, { rating: 0 }),
	originalLine(1, { question: ' \n\t' }),
	originalLine(1, { question: '\u00a0' }),
	originalLine(1, { question: '\ufffd' }),
	originalLine(1, { question: '\ud800' }),
	originalLine(1).slice(0, -1),
	originalLine(1).replace('"id":1', '"id":01'),
	originalLine(1).replace('"id":1', '"id":"1"'),
	originalLine(1).replace('"role":"user","content"', '"content"'),
	originalLine(1).replace('Question', 'Que\tstion'),
	originalLine(1).replace('Question', 'Que\\xstion'),
	Buffer.from(originalLine(1, { question: 'é' })).subarray(0, -1),
	Buffer.from(encoded(originalLine(1, { question: 'é' })).replace('\u00a9', '('), 'latin1'),
	'{"id":1,"messages":[],"rating":9}',
	'{"id":1,"messages":[{"role":"assistant","content":"a"}],"rating":9}',
	'{"id":1,"messages":[{"role":"user","content":"a"}],"rating":9}',
	''
])('anything else is left to the rules: %s', (line) => {
	expect(both(line).plain).toBeNull();
});

test('whatever is found in a line is what the rules read in it, with the same hashes', () => {
	const turn = fc.record({
		role: fc.constantFrom('system', 'user', 'assistant', 'tool'),
		content: fc.oneof(
			fc.string({ unit: 'binary', maxLength: 8 }),
			fc.string({ unit: fc.constantFrom(' ', '\n', '\t', '\b', '\f', '"', '\\', 'A', 'z', '[', 'É'), maxLength: 12 })
		)
	});
	let count = 0;
	fc.assert(
		fc.property(
			fc.array(turn, { minLength: 1, maxLength: 4 }),
			fc.constantFrom(null, 1, 9, 10, 11, '9'),
			fc.constantFrom({}, { createdAt: '2026-02-11T09:00:00.000Z' }, { version: 2, split: 'train' }, { split: 'test' }),
			(messages, rating, more) => {
				const asked = [{ role: 'user', content: 'Q' }, ...messages, { role: 'assistant', content: 'A' }];
				const { plain, read } = both(JSON.stringify({ id: 1, messages: asked, rating, ...more }));
				if (!plain) return;
				count++;
				expect(plain).toEqual(read);
			}
		),
		{ numRuns: 400 }
	);
	expect(count).toBeGreaterThan(20);
});
