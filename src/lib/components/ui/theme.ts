export const themes = ['dark', 'light', 'system'] as const;
export type Theme = (typeof themes)[number];

/** The choice kept in this browser; dark until somebody chooses. src/app.html reads the same key before the first paint. */
export const chosenTheme = (): Theme => {
	try {
		return themes.find((theme) => theme === localStorage.getItem('theme')) ?? 'dark';
	} catch {
		return 'dark'; // storage can be forbidden
	}
};

/** Shows a theme at once and keeps it. */
export const applyTheme = (theme: Theme) => {
	try {
		localStorage.setItem('theme', theme);
	} catch {
		// the choice then lasts for this page only
	}
	const light = theme === 'light' || (theme === 'system' && matchMedia('(prefers-color-scheme: light)').matches);
	document.documentElement.dataset.theme = light ? 'light' : 'dark';
	const bar = document.querySelector('meta[name="theme-color"]');
	bar?.setAttribute('content', light ? '#fafafb' : '#111215');
};
