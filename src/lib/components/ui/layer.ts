import { getContext, setContext } from 'svelte';

const key = Symbol('layer');

/** Tells lists and menus inside a modal layer to open inside it: the rest of the page is inert below it. */
export const setLayer = (element: () => HTMLElement | undefined) => setContext(key, element);

/** Where a floating list belongs: the modal layer around it, or the page. */
export const getLayer = () => getContext<(() => HTMLElement | undefined) | undefined>(key);

/** Modal layers that are open, the last one on top. */
const layers: HTMLElement[] = [];
const followers = new Set<() => void>();

/** What can be reached now: the layer on top, or the page. */
export const topLayer = (): HTMLElement => layers.at(-1) ?? document.body;

/** A modal layer has opened, or has gone. */
export const layerIs = (element: HTMLElement, open: boolean) => {
	const at = layers.indexOf(element);
	if (at >= 0) layers.splice(at, 1);
	if (open) layers.push(element);
	for (const follow of followers) follow();
};

/** Called whenever another layer is on top. */
export const followLayers = (follow: () => void) => void followers.add(follow);
