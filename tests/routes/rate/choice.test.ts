import { afterEach, expect, test, vi } from 'vitest';
import { keepChoice, keptSearch, searchOf } from '../../../src/routes/[team=slug]/[project=slug]/rate/choice.ts';

afterEach(() => void vi.unstubAllGlobals());

test('the usual choice needs no words in the address', () => {
	expect(searchOf({ filter: 'unrated', sort: 'newest' })).toBe('');
	expect(searchOf({ filter: 'below', sort: 'newest' })).toBe('?filter=below');
	expect(searchOf({ filter: 'all', sort: 'random' }, 7)).toBe('?filter=all&sort=random&seed=7');
});

test('a choice is kept for the page it was made on, with a new order each time it is random', () => {
	vi.stubGlobal('localStorage', undefined);
	keepChoice('/a/b/rate', { filter: 'needs-rewrite', sort: 'random' });
	expect(keptSearch('/a/b/rate')).toMatch(/^\?filter=needs-rewrite&sort=random&seed=\d+$/);
	expect(keptSearch('/a/c/rate')).toBe('');
	keepChoice('/a/b/rate', { filter: 'unrated', sort: 'newest' });
	expect(keptSearch('/a/b/rate')).toBe('');
});

test('what is kept and cannot be read is nothing', () => {
	vi.stubGlobal('localStorage', { getItem: () => '{oops' });
	expect(keptSearch('/a/b/rate')).toBe('');
});
