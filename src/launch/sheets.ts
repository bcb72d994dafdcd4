// How the client waits for the styles of what it fetches late. Vite's own way also knows preloading, which is off here, and browsers without
// modules: on each page that is half a kilobyte.
const helper = '\0vite/preload-helper.js';

/** `from`: the file that asks; its styles are named from there. What could not be fetched is tried again the next time. */
const source = `
const known = {};
const fetched = (file, from) => {
	const { href } = new URL(file, from);
	return known[href] ??= [...document.querySelectorAll('link[rel=stylesheet]')].some((link) => link.href === href) || new Promise((done, fail) => {
		const link = document.createElement('link');
		link.rel = 'stylesheet';
		link.href = href;
		link.onload = done;
		link.onerror = () => {
			known[href] = undefined;
			link.remove();
			// in the words that browsers have for a module
			fail(TypeError('Importing a style failed'));
		};
		document.head.append(link);
	});
};
export const __vitePreload = (act, files, from) => files?.length ? Promise.all(files.map((file) => fetched(file, from))).then(act) : act();
`;

export const sheets = () => ({
	name: 'plain-sheets',
	apply: 'build' as const,
	enforce: 'pre' as const,
	load: (id: string) => (id === helper ? { code: source, moduleSideEffects: false } : undefined)
});
