import { browserStore } from './browser-store.ts';

const off = 'single-keys';

/** Single-key shortcuts can be switched off (WCAG 2.1.4); the choice stays in this browser. */
export const singleKeysOn = () => browserStore.get(off) !== 'off';
export const switchSingleKeys = (on: boolean) => browserStore.set(off, on ? 'on' : 'off');

const typing = 'input, textarea, select, [contenteditable], [role="slider"], [role="combobox"], [role="menu"]';

/**
 * The key of a shortcut, or null when it must not act: while typing, with a dialog open, with Ctrl, ⌘ or Alt, on repeat,
 * during composition, or when single keys are switched off (interface.md F6).
 */
export const singleKey = (event: KeyboardEvent): string | null => {
	if (event.defaultPrevented || event.repeat || event.isComposing) return null;
	if (event.ctrlKey || event.metaKey || event.altKey || !singleKeysOn()) return null;
	if (event.target instanceof Element && event.target.closest(typing)) return null;
	if (document.querySelector('[role="dialog"][data-state="open"], [role="alertdialog"][data-state="open"], dialog[open]')) {
		return null;
	}
	return event.key.length === 1 ? event.key.toLowerCase() : event.key;
};
