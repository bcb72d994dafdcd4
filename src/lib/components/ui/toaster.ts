import { mount } from 'svelte';
import * as sonner from 'svelte-sonner';
import { followLayers, topLayer } from './layer.ts';
import type { ToastOptions } from './toast.ts';
import Toaster from './Toaster.svelte';

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
