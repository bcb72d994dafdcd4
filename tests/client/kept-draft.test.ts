import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keptAt } from '../../src/lib/client/kept-draft.svelte.ts';

const store = new Map<string, string>();
beforeEach(() => {
	vi.useFakeTimers();
	store.clear();
	vi.stubGlobal('localStorage', {
		getItem: (key: string) => store.get(key) ?? null,
		setItem: (key: string, value: string) => void store.set(key, value),
		removeItem: (key: string) => void store.delete(key)
	});
});
afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

test('what was being written is there again, for this person, at this place, until it is dropped', () => {
	keptAt('ana', '/a/add').write({ text: 'half a sen' });
	expect(keptAt('ana', '/a/add').read()).toEqual({ text: 'half a sen' });
	expect([keptAt('rita', '/a/add').read(), keptAt('ana', '/b/add').read()]).toEqual([null, null]);
	keptAt('ana', '/a/add').drop();
	expect([keptAt('ana', '/a/add').read(), store.size]).toEqual([null, 0]);
});

test('after two weeks, and when it cannot be read, it is gone', () => {
	keptAt('ana', '/a').write('old');
	vi.advanceTimersByTime(15 * 86_400_000);
	expect([keptAt('ana', '/a').read(), store.size]).toEqual([null, 0]);
	store.set('draft:ana:/a', '{half');
	expect([keptAt('ana', '/a').read(), store.size]).toEqual([null, 0]);
});
