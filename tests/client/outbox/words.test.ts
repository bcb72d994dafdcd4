import { expect, test } from 'vitest';
import type { Act } from '../../../src/lib/client/outbox/acts.ts';
import { toldOf } from '../../../src/lib/client/outbox/words.ts';

const rating: Act = { kind: 'rating', clientId: 'c', order: 1, place: '/r', subject: 's', number: 12, value: 8 };
const vote: Act = { ...rating, kind: 'vote', value: 'tie', number: 3 };

test('both values are shown, and both can be chosen', () => {
	expect(toldOf({ ...rating, stands: { value: 5 } })).toEqual({
		title: 'Example 12 was decided elsewhere meanwhile',
		text: 'In another window or on another device you gave 5; here you gave 8. Which one counts?',
		choice: { stay: 'Keep 5', take: 'Take 8' },
		read: 's'
	});
	expect(toldOf({ ...vote, stands: { value: 'first' } })).toMatchObject({
		title: 'Pair 3 was decided elsewhere meanwhile',
		choice: { stay: 'Keep A better', take: 'Take Tie' }
	});
});

test('what was taken back is said so, on either side', () => {
	expect(toldOf({ ...rating, stands: { value: null } })).toMatchObject({
		text: 'In another window or on another device you took it back; here you gave 8. Which one counts?',
		choice: { stay: 'Keep it open', take: 'Take 8' }
	});
	expect(toldOf({ ...rating, stands: { value: 5 } }, null).choice).toEqual({ stay: 'Keep 5', take: 'Take it back' });
});

test('what arrived and does not count says why, and leads to the new text', () => {
	expect(toldOf({ ...rating, counts: { value: null } })).toMatchObject({
		title: 'Example 12 has another text by now',
		read: 's'
	});
	expect(toldOf({ ...rating, counts: { value: 5 } }).title).toBe('On example 12 your 5 counts, not the 8');
});

test('what was refused says the server’s sentence; without a number it has a name', () => {
	expect(toldOf({ ...vote, number: undefined, refused: 'It is over.' })).toEqual({
		title: 'Your vote on a pair was not kept',
		text: 'It is over.'
	});
	expect(toldOf({ ...rating, number: undefined, refused: 'No.' }).title).toBe('Your score of an example was not kept');
});

test('a rewrite that could not be taken back stands', () => {
	const unwrite: Act = { ...rating, kind: 'unwrite', value: null, refused: 'It has been rewritten since.' };
	expect(toldOf(unwrite)).toEqual({ title: 'Example 12 keeps your rewrite', text: 'It has been rewritten since.' });
});

test('a note that was not kept says so', () => {
	const remark: Act = { ...vote, kind: 'remark', value: null, refused: 'The results are known.' };
	expect(toldOf(remark)).toEqual({ title: 'Your note on pair 3 was not kept', text: 'The results are known.' });
});

test('a score of an answer is told as such, a skip by its name', () => {
	const score: Act = { ...rating, kind: 'score' };
	expect(toldOf({ ...score, stands: { value: 'skip' } })).toEqual({
		title: 'Answer 12 was decided elsewhere meanwhile',
		text: 'In another window or on another device you gave “Skip”; here you gave 8. Which one counts?',
		choice: { stay: 'Keep Skip', take: 'Take 8' }
	});
	expect(toldOf({ ...score, refused: 'The scores are known.' }).title).toBe('Your score of answer 12 was not kept');
});
