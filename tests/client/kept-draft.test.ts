import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keptAt } from '../../src/lib/client/kept-draft.svelte.ts';

const store = new Map<string, string>();
const windows = new Set<string>();
const one = '0a';
beforeEach(() => {
	vi.useFakeTimers();
	store.clear();
	windows.clear();
	const keep = {
		getItem: (key: string) => store.get(key) ?? null,
		setItem: (key: string, value: string) => void store.set(key, value),
		removeItem: (key: string) => void store.delete(key)
	};
	const keys = {
		ownKeys: () => [...store.keys()],
		getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true })
	};
	vi.stubGlobal('localStorage', new Proxy(keep, keys));
	vi.stubGlobal('navigator', {
		locks: {
			request: (name: string) => void windows.add(name),
			query: async () => ({ held: [...windows].map((name) => ({ name })) })
		}
	});
});
afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});
/** Locks are held for as long as the window is there. */
const close = (window: string) => windows.delete(`window:${window}`);

test('what was being written is there again, for this person, at this place, until it is dropped', async () => {
	keptAt('ana', '/a/add', one).write({ text: 'half a sen' });
	expect(await keptAt('ana', '/a/add', one).read()).toEqual({ text: 'half a sen' });
	for (const [person, place] of [
		['rita', '/a/add'],
		['ana', '/b/add'],
		['ana', '/a'],
		['ana', '/a/add#paste']
	] as const)
		expect(await keptAt(person, place, one).read()).toBe(null);
	keptAt('ana', '/a/add', one).drop();
	expect([await keptAt('ana', '/a/add', one).read(), store.size]).toEqual([null, 0]);
});

test('each open window has its own; one that begins goes on with the newest of those that are closed', async () => {
	const [one, two, three] = ['1a', '1b', '1c'] as const;
	const at = (window: string) => keptAt('ana', '/a/add', window);
	at(one).write('of one');
	vi.advanceTimersByTime(1);
	at(two).write('of two');
	expect([await at(one).read(), await at(two).read(), await at(three).read()]).toEqual(['of one', 'of two', null]);
	close(one);
	close(two);
	expect([await at(three).read(), await at(three).read(), store.size]).toEqual(['of two', 'of two', 2]);
	at(three).drop();
	expect(await at(three).read()).toBe('of one');
	at(three).drop();
	expect(store.size).toBe(0);
});

test('what a page before this one kept is gone on with, also where the browser has no locks', async () => {
	store.set('draft:ana:/a', JSON.stringify({ at: Date.now(), value: 'earlier' }));
	vi.stubGlobal('navigator', {});
	expect([await keptAt('ana', '/a', one).read(), [...store.keys()]]).toEqual(['earlier', ['draft:ana:/a:0a']]);
});

test('after two weeks, and when it cannot be read, it is gone, whatever place is asked about', async () => {
	keptAt('ana', '/a', one).write('old');
	keptAt('rita', '/b', one).write('old too');
	vi.advanceTimersByTime(15 * 86_400_000);
	expect([await keptAt('ana', '/a', one).read(), store.size]).toEqual([null, 0]);
	store.set('draft:ana:/a', '{half');
	expect([await keptAt('ana', '/a', one).read(), store.size]).toEqual([null, 0]);
});
