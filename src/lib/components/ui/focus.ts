import { topLayer } from './layer.ts';

const focusable =
	'a[href], button:not([disabled]), input:not([type="hidden"]), select, textarea, summary, [tabindex="0"]';
const within = (element: Element) =>
	[...element.querySelectorAll<HTMLElement>(focusable)].filter((each) => each.checkVisibility());

/** Where the focus is, so that it can be given back near there when the element is gone. */
export type Place = {
	element: Element;
	path: string;
	/** The list around it, its row among the rows, and its place in the row. */
	list?: Element;
	row: number;
	column: number;
};

export const placeOf = (element: Element | null): Place | null => {
	if (!element || element === document.body) return null;
	const row = element.closest('tr, li');
	const list = row?.parentElement ?? undefined;
	return {
		element,
		path: location.pathname,
		list,
		row: row && list ? [...list.children].indexOf(row) : -1,
		column: row ? within(row).indexOf(element as HTMLElement) : -1
	};
};

/** Gives the focus to what has taken the place of an element that is gone: the row that moved up, the last one, or the page. */
export const focusAgain = (place: Place | null) =>
	// whoever took the element away may have a better idea, and has had it by then
	setTimeout(() => {
		if (!place || place.element.isConnected || document.activeElement !== document.body) return;
		if (place.path !== location.pathname) return; // another page: it begins at its beginning
		const rows = place.list?.isConnected ? [...place.list.children] : [];
		const row = rows[Math.min(place.row, rows.length - 1)];
		const inside = row ? within(row) : [];
		const layer = topLayer();
		const otherwise = layer === document.body ? document.querySelector<HTMLElement>('#main') : layer;
		(inside[Math.min(Math.max(0, place.column), inside.length - 1)] ?? otherwise)?.focus({ preventScroll: true });
	}, 50);

/** Looks after the focus of the whole page: when the element that has it goes away. Returns the end of that. */
export const keepFocus = (): (() => void) => {
	let place = placeOf(document.activeElement);
	const take = ({ target }: FocusEvent) => (place = placeOf(target as Element));
	// nobody may be left without it by a click beside everything, so that is no loss
	const leave = ({ target }: FocusEvent) =>
		queueMicrotask(() => place?.element === target && (target as Element).isConnected && (place = null));
	const watcher = new MutationObserver(() => {
		if (!place || place.element.isConnected) return;
		focusAgain(place);
		place = null;
	});
	document.addEventListener('focusin', take);
	document.addEventListener('focusout', leave);
	watcher.observe(document.body, { childList: true, subtree: true });
	return () => {
		document.removeEventListener('focusin', take);
		document.removeEventListener('focusout', leave);
		watcher.disconnect();
	};
};
