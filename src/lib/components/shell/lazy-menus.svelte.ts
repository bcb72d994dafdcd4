// The server writes the menus with the page, for whoever has no script; in the browser what fills them comes with the first touch.
type Menus = typeof import('./menus.ts');

let came = $state.raw<Menus | null>(import.meta.env.SSR ? await import('./menus.ts') : null);

export const menus = () => came;

export const fetchMenus = async () => {
	came ??= await import('./menus.ts');
};
