import { getContext, setContext } from 'svelte';

const key = Symbol('layer');

/** Tells lists and menus inside a modal layer to open inside it: the rest of the page is inert below it. */
export const setLayer = (element: () => HTMLElement | undefined) => setContext(key, element);

/** Where a floating list belongs: the modal layer around it, or the page. */
export const getLayer = () => getContext<(() => HTMLElement | undefined) | undefined>(key);
