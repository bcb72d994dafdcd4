import { describe, expect, test } from 'vitest';
import { Draft, followed } from '../../src/lib/client/draft.svelte.ts';

describe('fields whose values change elsewhere', () => {
	test('follow where nobody touched them, and keep what was typed', () => {
		const [last, now] = [
			{ ratio: 80, seed: 1 },
			{ ratio: 70, seed: 2 }
		];
		expect(followed({ ratio: 90, seed: 1 }, last, now, Object.is)).toEqual({ ratio: 90, seed: 2 });
	});

	test('are not reset by the same values coming again', () => {
		const draft = new Draft(() => ({ ratio: 80, seed: 1 }));
		draft.fields.ratio = 70;
		draft.follow({ ratio: 80, seed: 1 });
		expect([{ ...draft.fields }, draft.isTouched]).toEqual([{ ratio: 70, seed: 1 }, true]);
	});

	test('wait while one of them has the focus', () => {
		const draft = new Draft(() => ({ text: '' }));
		const element = new EventTarget() as Element;
		const letGo = draft.hold(element);
		element.dispatchEvent(new Event('focusin'));
		draft.follow({ text: 'elsewhere' });
		expect(draft.fields.text).toBe('');
		element.dispatchEvent(new Event('focusout'));
		draft.follow({ text: 'elsewhere' });
		expect(draft.fields.text).toBe('elsewhere');
		letGo();
	});

	test('take what they sent as said, and follow from there', () => {
		const draft = new Draft(() => ({ text: '' }));
		draft.fields.text = 'warranty';
		draft.follow({ text: 'warr' });
		expect(draft.fields.text).toBe('warranty');
		draft.follow({ text: 'warranty' });
		expect(draft.isTouched).toBe(false);
		draft.follow({ text: '' });
		expect(draft.fields.text).toBe('');
	});

	test('compare as their form does', () => {
		const trimmed = (one: unknown, other: unknown) => String(one).trim() === String(other).trim();
		const draft = new Draft(() => ({ text: 'a' }), trimmed);
		draft.fields.text = 'a ';
		expect(draft.isTouched).toBe(false);
		draft.follow({ text: '' });
		expect(draft.fields.text).toBe('');
	});
});
