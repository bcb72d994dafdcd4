import { expect, test } from 'vitest';
import { Kept } from '../../src/lib/core/kept.ts';

test('what was worked out is not worked out again, also when it is nothing', () => {
	const asked: string[] = [];
	const kept = new Kept<string | undefined>(3);
	const get = (key: string) =>
		kept.get(key, () => {
			asked.push(key);
			return key === '' ? undefined : `${key}!`;
		});
	expect(['a', 'b', '', 'a', '', 'b'].map(get)).toEqual(['a!', 'b!', undefined, 'a!', undefined, 'b!']);
	expect(asked).toEqual(['a', 'b', '']);
});

test('of more than it may keep the one that was made first goes', () => {
	const asked: string[] = [];
	const kept = new Kept<string>(2);
	for (const key of ['a', 'b', 'a', 'c', 'b', 'c', 'a'])
		kept.get(key, () => {
			asked.push(key);
			return key;
		});
	expect(asked).toEqual(['a', 'b', 'c', 'a']);
});

test('what fails is asked again', () => {
	const kept = new Kept<number>(2);
	expect(() =>
		kept.get('a', () => {
			throw new Error('not yet');
		})
	).toThrow('not yet');
	expect(kept.get('a', () => 1)).toBe(1);
});
