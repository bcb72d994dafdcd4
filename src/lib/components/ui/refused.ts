import { topLayer } from './layer.ts';

let hasSent = false;
const isTyping = () => !!document.activeElement?.matches('input, textarea, select, [contenteditable]');

/** Leads to the first field that was refused; while somebody types, only after they have sent the form. */
export const focusRefused = () => {
	if (isTyping() && !hasSent) return;
	hasSent = false;
	const [first] = [...topLayer().querySelectorAll<HTMLElement>('[aria-invalid="true"]')].filter((field) =>
		field.checkVisibility()
	);
	if (first) return first.focus();
	topLayer().querySelector('[role="alert"]')?.scrollIntoView({ block: 'nearest' });
};

/** Remembers whether the form was sent since somebody typed. Returns the end of that. */
export const followSending = (): (() => void) => {
	const send = () => (hasSent = true);
	const type = () => (hasSent = false);
	document.addEventListener('submit', send, true);
	document.addEventListener('input', type, true);
	return () => {
		document.removeEventListener('submit', send, true);
		document.removeEventListener('input', type, true);
	};
};
