import { topLayer } from './layer.ts';

/** Leads to the first field that was refused, or to what was said instead. Not while somebody types, unless they have `sent` the form. */
export const focusRefused = (sent = false) => {
	if (!sent && document.activeElement?.matches('input, textarea, select, [contenteditable]')) return;
	const fields = [...topLayer().querySelectorAll<HTMLElement>('[aria-invalid="true"]')];
	const first = fields.find((field) => field.checkVisibility());
	if (first) first.focus();
	else topLayer().querySelector('[role="alert"]')?.scrollIntoView({ block: 'nearest' });
};
