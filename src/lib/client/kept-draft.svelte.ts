import { onMount } from 'svelte';
import { browserStore } from './browser-store.ts';

const lastsMs = 14 * 86_400_000;
type Kept = { at: number; value: unknown };

/** What somebody was writing at a place, in this browser: it outlives a reload and the way back, for two weeks. */
export const keptAt = (person: string, place: string) => {
	const key = `draft:${person}:${place}`;
	return {
		read: <T>(): T | null => {
			try {
				const { at, value }: Kept = JSON.parse(browserStore.get(key)!);
				if (Date.now() - at < lastsMs) return value as T;
			} catch {
				// nothing, or nothing that can be read
			}
			browserStore.remove(key);
			return null;
		},
		write: (value: unknown) => browserStore.set(key, JSON.stringify({ at: Date.now(), value })),
		drop: () => browserStore.remove(key)
	};
};

/**
 * Keeps what `worth` says, null for nothing, and gives it to `restore` when the component begins again. Called while it begins;
 * `settle`: it has been sent, and nothing of it is kept from here on.
 */
export const keepDraft = <T>(person: string, place: string, worth: () => T | null, restore: (kept: T) => void) => {
	const store = keptAt(person, place);
	let isRead = false;
	let isSettled = false;
	onMount(() => {
		const kept = store.read<T>();
		if (kept !== null) restore(kept);
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
