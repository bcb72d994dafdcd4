import type { Component, ComponentProps } from 'svelte';
import Icon from './Icon.svelte';

/** The icon with these paths. */
export const icon =
	(body: string): Component<Omit<ComponentProps<typeof Icon>, 'body'>> =>
	(internals, props) =>
		Icon(internals, Object.create(props, { body: { value: body } }));
