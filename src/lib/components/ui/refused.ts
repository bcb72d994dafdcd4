import { topLayer } from './layer.ts';

/** What was said of this field: it stands below it. */
const saidOf = (field: HTMLElement) => {
	const ids = field.getAttribute('aria-describedby')?.split(' ') ?? [];
	return ids.map((id) => document.getElementById(id)).find((one) => one?.getAttribute('role') === 'alert');
};

/** Leads to the first field that was refused, or to what was said instead. Not while somebody types, unless they have `sent` the form. */
export const focusRefused = (sent = false) => {
	if (!sent && document.activeElement?.matches('input, textarea, select, [contenteditable]')) return;
	const fields = [...topLayer().querySelectorAll<HTMLElement>('[aria-invalid="true"]')];
	const first = fields.find((field) => field.checkVisibility());
	first?.focus();
	// a field at the end of a dialog is in sight before its words are
	(first ? saidOf(first) : topLayer().querySelector('[role="alert"]'))?.scrollIntoView({ block: 'nearest' });
};
