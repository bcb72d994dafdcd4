import { mount } from 'svelte';
import * as sonner from 'svelte-sonner';
import { followLayers, topLayer } from './layer.ts';
import Toaster from './Toaster.svelte';

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

const kinds = { neutral: 'message', success: 'success', info: 'info', warning: 'warning', danger: 'error' } as const;

// Inside the layer on top, since all else is inert; and a popover, so that neither an edge nor a movement of the layer cuts it.
const place = (element: HTMLElement) => {
	const layer = topLayer();
	if (element.parentElement !== layer) layer.append(element);
	if (element.matches(':popover-open')) element.hidePopover();
	element.showPopover();
};

const target = document.createElement('div');
target.popover = 'manual';
target.className = 'toasts';
place(target);
followLayers(() => place(target));
mount(Toaster, { target });

export const show = (text: string, { tone = 'neutral', detail, action, duration, id }: ToastOptions): void => {
	sonner.toast[kinds[tone]](text, {
		id,
		description: detail,
		duration: duration ?? (action ? 6000 : 4000),
		action: action && { label: action.label, onClick: action.act }
	});
};
