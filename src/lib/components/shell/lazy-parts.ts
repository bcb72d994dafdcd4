// The frame stands as the server has written it until somebody touches the page: most of what a page begins with would be for it alone.
import type { Component } from 'svelte';
import type { PartProps } from './shell.ts';

type Parts = typeof import('./parts.ts');
export type Part = Exclude<keyof Parts, 'shownIn'>;

const server = import.meta.env.SSR ? await import('svelte/server') : null;
let came: Parts | null = import.meta.env.SSR ? await import('./parts.ts') : null;

export const partNamed = (name: Part): Component<PartProps> | undefined => came?.[name];

export const fetchParts = async (): Promise<Parts> => (came ??= await import('./parts.ts'));

/** A part as it goes out with the page; the browser writes none. `context`: of the page it is in. */
export const written = (name: Part, props: PartProps, context?: Map<unknown, unknown>): string =>
	import.meta.env.SSR ? server!.render(came![name], { props, context, idPrefix: name }).body : '';
