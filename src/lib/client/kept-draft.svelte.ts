import { onMount, tick } from 'svelte';
import { browserStore } from './browser-store.ts';
import { tab } from './live/tab.ts';

const lastsMs = 14 * 86_400_000;
type Kept = { at: number; value: unknown };

const lockOf = (window: string) => `window:${window}`;
const held = new Set<string>();

/** This window before it was loaded anew. */
let former: string | null | undefined;
const formerWindow = () => {
	try {
		former ??= globalThis.sessionStorage?.getItem('window') ?? null;
	} catch {
		former = null;
	}
	return former;
};
const remember = (window: string) => {
	formerWindow();
	try {
		globalThis.sessionStorage?.setItem('window', window);
	} catch {
		// then it goes on with the newest
	}
};

/** From here on the others know that this window is still there, until it is not. */
const hold = (window: string) => {
	if (held.has(window) || !globalThis.navigator?.locks) return;
	held.add(window);
	remember(window);
	void navigator.locks.request(lockOf(window), () => new Promise(() => {}));
};
/** Whose drafts are still being written. Without locks nobody's: then whoever comes next goes on with the newest. */
const open = async (): Promise<Set<string>> => {
	const locks = await globalThis.navigator?.locks?.query().catch(() => null);
	return new Set(locks?.held?.map(({ name }) => name ?? ''));
};

const keptIn = (key: string): Kept | null => {
	try {
		const kept: Kept = JSON.parse(browserStore.get(key)!);
		if (Date.now() - kept.at < lastsMs) return kept;
	} catch {
		// nothing, or nothing that can be read
	}
	browserStore.remove(key);
	return null;
};

/**
 * What somebody was writing at a place, in this browser: it outlives a reload, the way back and a closed window, for two weeks.
 * Each window has its own, also when it is loaded anew; one that begins goes on with the newest of those whose window is gone.
 */
export const keptAt = (person: string, place: string, window = tab) => {
	const prefix = `draft:${person}:${place}`;
	const own = `${prefix}:${window}`;
	// a place may begin like another one
	const isHere = (key: string) => key === prefix || /^:[0-9a-f-]*$/.test(key.slice(prefix.length));
	const write = (value: unknown) => {
		hold(window);
		browserStore.set(own, JSON.stringify({ at: Date.now(), value }));
	};
	return {
		read: async <T>(): Promise<T | null> => {
			for (const key of browserStore.keys('draft:')) if (!key.startsWith(prefix)) keptIn(key); // the old ones go
			const all = browserStore.keys(prefix).filter(isHere);
			if (all.length === 0) return null;
			const others = await open();
			const before = formerWindow();
			const nearness = (key: string) => (key === own ? 2 : key === `${prefix}:${before}` ? 1 : 0);
			const [found] = all
				.filter((key) => key === own || !others.has(lockOf(key.slice(prefix.length + 1))))
				.map((key) => ({ key, kept: keptIn(key) }))
				.filter(({ kept }) => kept !== null)
				.sort((one, two) => nearness(two.key) - nearness(one.key) || two.kept!.at - one.kept!.at);
			if (!found?.kept) return null;
			if (found.key !== own) {
				write(found.kept.value);
				browserStore.remove(found.key);
			}
			return found.kept.value as T;
		},
		write,
		drop: () => browserStore.remove(own)
	};
};

/**
 * Keeps what `worth` says, null for nothing, and gives it to `restore` when the component begins again. Called while it begins;
 * `settle`: it has been sent, and nothing of it is kept from here on.
 */
export const keepDraft = <T>(person: string, place: string, worth: () => T | null, restore: (kept: T) => void) => {
	const store = keptAt(person, place);
	let isRead = $state(false);
	let isSettled = false;
	onMount(async () => {
		const kept = await store.read<T>();
		if (kept !== null && worth() === null) restore(kept);
		await tick();
		isRead = true;
	});
	$effect(() => {
		const now = worth();
		if (!isRead || isSettled) return;
		if (now === null) store.drop();
		else store.write(now);
	});
	return {
		settle: () => {
			isSettled = true;
			store.drop();
		}
	};
};
