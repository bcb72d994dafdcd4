import { expect, test } from 'vitest';
import { keptTexts, textsSentence } from '../../../src/lib/core/evaluations/kept-texts.ts';
import { toldOf } from '../../../src/lib/core/evaluations/told.ts';

const names = { models: ['acme/zebra-7b'], own: [], project: 'Support' };
const told = (text: string, finishReason: string | null = 'stop') => toldOf({ text, finishReason }, names);

test('what is said of an answer, without its text', () => {
	expect(told('Yes, of course.')).toMatchObject({ length: 15, named: null, thought: false, complete: true });
	expect(told('<think>hm</think>Yes \u{1f34e}')).toMatchObject({ length: 5, thought: true, complete: true });
	expect(told('I am Qwen.')).toMatchObject({ named: 'qwen' });
	expect(told('I th', null).complete).toBe(false);
	expect(told('I th', 'length').complete).toBe(false);
	expect(told('')).toMatchObject({ length: 0, complete: false });
	expect(told('word '.repeat(100)).tokens).toBeGreaterThan(told('word').tokens + 50);
});

test('until when texts are kept, and what a page says of it', () => {
	const revealedAt = new Date('2026-01-01T12:00:00Z');
	const of = (textsRemovedAt: Date | null, days?: number) => keptTexts({ revealedAt, textsRemovedAt }, days);
	expect(of(null)).toEqual({ textsRemovedAt: null, textsKeptUntil: null });
	expect(textsSentence(of(null))).toBeNull();
	expect(of(null, 90).textsKeptUntil).toEqual(new Date('2026-04-01T12:00:00Z'));
	expect(textsSentence(of(null, 90))).toBe(
		'This server keeps the texts of the answers until 2026-04-01. What came out and the votes stay; download the file to keep the texts.'
	);
	const removed = of(new Date('2026-04-02T01:00:00Z'), 90);
	expect(removed.textsKeptUntil).toBeNull();
	expect(textsSentence(removed)).toMatch(
		/^The texts of the answers were removed on 2026-04-02, as this server is set\./
	);
});
