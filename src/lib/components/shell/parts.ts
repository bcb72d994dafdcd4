// The parts of the frame, which the server writes with the page: what runs them comes with the first touch, by lazy-parts.ts.
export { default as BottomBar } from './BottomBar.svelte';
export { default as Sidebar } from './Sidebar.svelte';
export { default as TopBar } from './TopBar.svelte';
export { shownIn } from './shown.ts';
