// What stands in the two menus of the frame: fetched with the first touch, by lazy-menus.svelte.ts.
export { default as Account } from './ShellAccount.svelte';
export { default as Places } from './ShellPlaces.svelte';
