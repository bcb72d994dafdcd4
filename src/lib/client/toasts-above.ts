import type { Attachment } from 'svelte/attachments';

/** What is said in passing stands above these buttons, however high they are, and covers none. */
export const toastsAbove: Attachment<HTMLElement> = (element) => {
	const { style } = document.documentElement;
	const observer = new ResizeObserver(() => style.setProperty('--toast-lift', `${element.offsetHeight}px`));
	observer.observe(element);
	return () => {
		observer.disconnect();
		style.removeProperty('--toast-lift');
	};
};
