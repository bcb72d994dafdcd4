import type { ToastOptions } from './toaster.ts';

/**
 * Says something in passing, at the bottom of the window. Errors of a form belong under their field instead. What shows it weighs
 * 18 kB, so it comes with the first one and not with the page.
 */
export const toast = async (text: string, options: ToastOptions = {}) => {
	const { show } = await import('./toaster.ts');
	show(text, options);
};
