import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { singleKey, singleKeysOn, switchSingleKeys } from '../../src/lib/client/keys.ts';

/** An element that stands inside what `inside` names, as far as a selector asks for it. */
class Element {
	readonly inside: string;
	constructor(inside: string) {
		this.inside = inside;
	}
	closest(selector: string) {
		const parts = selector.replace(/:not\([^)]*\)/g, '').split(', ');
		return parts.includes(this.inside) ? this : null;
	}
}
let open: string | null = null;
const press = (key: string, more: object = {}) =>
	singleKey({
		key,
		repeat: false,
		isComposing: false,
		defaultPrevented: false,
		ctrlKey: false,
		metaKey: false,
		altKey: false,
		target: new Element('div'),
		...more
	} as unknown as KeyboardEvent);
const on = (inside: string) => ({ target: new Element(inside) });

beforeEach(() => {
	open = null;
	vi.stubGlobal('Element', Element);
	vi.stubGlobal('document', { querySelector: (selector: string) => (open && selector.includes(open) ? {} : null) });
	const store = new Map<string, string>();
	vi.stubGlobal('localStorage', {
		getItem: (key: string) => store.get(key) ?? null,
		setItem: (key: string, value: string) => void store.set(key, value)
	});
});
afterEach(() => void vi.unstubAllGlobals());

describe('a single key', () => {
	test('acts, letters in either case', () => {
		expect(press('8')).toBe('8');
		expect(press('R')).toBe('r');
		expect(press('ArrowRight')).toBe('ArrowRight');
		expect(press('Enter')).toBe('Enter');
	});

	test.each([
		['is held down', { repeat: true }],
		['belongs to a composition', { isComposing: true }],
		['was already acted on', { defaultPrevented: true }],
		['comes with Ctrl', { ctrlKey: true }],
		['comes with ⌘', { metaKey: true }],
		['comes with Alt', { altKey: true }],
		['is typed into a text', on('textarea')],
		['is typed into a field', on('input')],
		['is typed into an editable part', on('[contenteditable]')],
		['moves in a list of choices', on('select')],
		['moves in an open list', on('[role="listbox"]')],
		['moves a slider', on('[role="slider"]')]
	])('that %s does not act', (_, more) => {
		expect(press('8', more)).toBe(null);
	});

	test.each(['dialog[open]', '[role="dialog"][data-state="open"]', '[role="alertdialog"][data-state="open"]'])(
		'does not act behind %s',
		(layer) => {
			open = layer;
			expect(press('8')).toBe(null);
		}
	);

	test('leaves what has the focus its own keys, and takes the others', () => {
		expect(press('Enter', on('button'))).toBe(null);
		expect(press(' ', on('a'))).toBe(null);
		expect(press('8', on('button'))).toBe('8');
		expect(press('ArrowRight', on('input[type="radio"]'))).toBe(null);
		expect(press('8', on('input[type="radio"]'))).toBe('8');
	});

	test('can be switched off, also where the browser keeps nothing', () => {
		switchSingleKeys(false);
		expect([singleKeysOn(), press('8')]).toEqual([false, null]);
		switchSingleKeys(true);
		expect([singleKeysOn(), press('8')]).toEqual([true, '8']);
		vi.stubGlobal('localStorage', undefined);
		switchSingleKeys(false);
		expect(press('8')).toBe(null);
		switchSingleKeys(true);
		expect(press('8')).toBe('8');
	});
});
