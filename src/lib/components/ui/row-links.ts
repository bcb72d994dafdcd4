const control = 'a, button, input, select, textarea, label, summary, [contenteditable]';

/** The link that a press on this place stands for: the only one of its row, unless the cell has a control of its own there. */
const linkOf = ({ target }: Event) => {
	const cell = target instanceof Element ? target.closest('td, th') : null;
	const links = cell?.closest('tbody tr')?.querySelectorAll<HTMLAnchorElement>('a[href]') ?? [];
	const link = links.length === 1 ? links[0]! : null;
	const isOccupied = [...(cell?.querySelectorAll(control) ?? [])].some((each) => each !== link);
	return isOccupied || link?.contains(target as Element) ? null : link;
};

const isSelecting = (table: Node) => {
	const selection = getSelection();
	return !!selection && !selection.isCollapsed && selection.containsNode(table, true);
};

/**
 * Rows of a table are as large as their link: a press anywhere in one is a press on its link, with Ctrl, ⌘, Shift or the
 * middle button in a new tab. Not by a link that is stretched over the row: Safari places that in the page instead of the
 * row, and it covers everything. The keyboard and screen readers have the link itself.
 */
export const rowLinks = (table: HTMLTableElement) => {
	const follow = (event: MouseEvent) => {
		const link = linkOf(event);
		if (!link || event.defaultPrevented || event.altKey || event.button > 1 || isSelecting(table)) return;
		if (event.button === 1 || event.ctrlKey || event.metaKey || event.shiftKey) {
			window.open(link.href, '_blank', 'noopener');
		} else {
			link.focus({ preventScroll: true, focusVisible: false });
			link.click();
		}
	};
	const press = (event: MouseEvent) => {
		const link = linkOf(event);
		if (!link) return;
		if (event.button === 1) event.preventDefault(); // or Windows begins to scroll
		if (event.button === 0) link.dispatchEvent(new MouseEvent('mousedown', { bubbles: true })); // Kit fetches ahead
	};
	table.addEventListener('click', follow);
	table.addEventListener('auxclick', follow);
	table.addEventListener('mousedown', press);
	return () => {
		table.removeEventListener('click', follow);
		table.removeEventListener('auxclick', follow);
		table.removeEventListener('mousedown', press);
	};
};
