import { createSubscriber } from 'svelte/reactivity';
import { browserStore } from './browser-store.ts';

const kept = 'single-keys';
/** So long after a card has come nothing counts: the second press of a double one was not meant for it. */
export const lockedMs = 150;

const listeners = new Set<() => void>();
const follow = createSubscriber((update) => {
	listeners.add(update);
	addEventListener('storage', update); // switched in another window
	return () => {
		listeners.delete(update);
		removeEventListener('storage', update);
	};
});

/** Single-key shortcuts can be switched off (WCAG 2.1.4). Read in a component, it follows the switch wherever that is. */
export const singleKeysOn = () => {
	follow();
	return browserStore.get(kept) !== 'off';
};

/** The choice stays in this browser. */
export const switchSingleKeys = (on: boolean) => {
	browserStore.set(kept, on ? 'on' : 'off');
	for (const update of listeners) update();
};

const typing =
	'input:not([type="checkbox"], [type="radio"], [type="button"], [type="submit"]), textarea, select, [contenteditable], [role="slider"], [role="combobox"], [role="menu"], [role="listbox"]';
/** Arrows choose among these. */
const choosing = 'input[type="radio"], [role="tab"], [role="radio"]';
const layer = '[role="dialog"][data-state="open"], [role="alertdialog"][data-state="open"], dialog[open]';

/**
 * The key of a shortcut, letters in lower case, or null when it must not act: while typing, with a dialog open, with Ctrl, ⌘
 * or Alt, on repeat, during composition, where the key means something to what has the focus, or when single keys are
 * switched off.
 */
export const singleKey = (event: KeyboardEvent): string | null => {
	const { key, target } = event;
	if (event.defaultPrevented || event.repeat || event.isComposing) return null;
	if (event.ctrlKey || event.metaKey || event.altKey || !singleKeysOn()) return null;
	if (target instanceof Element) {
		if (target.closest(typing)) return null;
		if (key.startsWith('Arrow') && target.closest(choosing)) return null;
		if ((key === 'Enter' || key === ' ') && target.closest('a, button, summary, input')) return null;
	}
	if (document.querySelector(layer)) return null;
	return key.length === 1 ? key.toLowerCase() : key;
};
