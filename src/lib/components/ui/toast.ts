export type ToastOptions = {
	tone?: 'neutral' | 'success' | 'info' | 'warning' | 'danger';
	/** A second line: what it means or what to do. */
	detail?: string;
	/** One button: `{ label: 'Undo', act }`. */
	action?: { label: string; act: () => void };
	/** Milliseconds; 6 s gives time to undo (G6). */
	duration?: number;
	/** A later toast with the same id takes its place. */
	id?: string;
};

/**
 * Says something in passing, at the bottom of the window. Errors of a form belong under their field instead. What shows it weighs
 * 18 kB, so it comes with the first one and not with the page.
 */
export const toast = async (text: string, options: ToastOptions = {}) => {
	const { show } = await import('./toaster.ts');
	show(text, options);
};
