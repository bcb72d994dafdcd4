// What shows an error: fetched when there is one, or with the first touch, by lazy-error.svelte.ts.
export { default as ErrorPage } from './ErrorPage.svelte';
export { default as ErrorState } from './ErrorState.svelte';
