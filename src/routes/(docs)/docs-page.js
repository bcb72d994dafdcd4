// What the pages can do without, and are nicer with: copying, the language that is remembered, finding while one types, the theme.
// Plain JavaScript, because it is sent as it is.

/** @param {string} name */
const kept = (name) => {
	try {
		return localStorage.getItem(name);
	} catch {
		return null; // storage can be forbidden
	}
};
/** @param {string} name @param {string} value */
const keep = (name, value) => {
	try {
		localStorage.setItem(name, value);
	} catch {
		// it lasts for this page only
	}
};

/** @type {<T extends Element>(what: string, of?: ParentNode) => T[]} */
const all = (what, of = document) => [...of.querySelectorAll(/** @type {any} */ (what))];

for (const button of /** @type {HTMLButtonElement[]} */ (all('[data-copy]'))) {
	button.hidden = false;
	button.addEventListener('click', async () => {
		try {
			await navigator.clipboard.writeText(button.closest('figure')?.querySelector('code')?.textContent ?? '');
			button.textContent = 'Copied';
		} catch {
			button.textContent = 'Not copied';
		}
		setTimeout(() => (button.textContent = 'Copy'), 1500);
	});
}

/** @param {string} language */
const speak = (language) => {
	for (const choice of /** @type {HTMLInputElement[]} */ (all(`[data-languages] [value="${language}"]`)))
		choice.checked = true;
};
const language = kept('docs-language');
if (language && /^\w+$/.test(language)) speak(language);
document.addEventListener('change', ({ target }) => {
	if (!(target instanceof HTMLInputElement) || !target.closest('[data-languages]')) return;
	const before = target.getBoundingClientRect().top;
	speak(target.value);
	keep('docs-language', target.value);
	// the samples above have another height now: what was pressed stays where it is
	scrollBy(0, target.getBoundingClientRect().top - before);
});

const search = /** @type {HTMLInputElement | null} */ (document.querySelector('[data-search]'));
search?.addEventListener('input', () => {
	const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
	let found = 0;
	for (const row of /** @type {HTMLElement[]} */ (all('[data-words]'))) {
		row.hidden = !words.every((word) => row.dataset.words?.includes(word));
		if (!row.hidden) found++;
	}
	for (const group of /** @type {HTMLElement[]} */ (all('[data-group]')))
		group.hidden = !group.querySelector('[data-words]:not([hidden])');
	const none = document.querySelector('[data-none]');
	if (none instanceof HTMLElement) none.hidden = found > 0;
});

for (const button of /** @type {HTMLButtonElement[]} */ (all('[data-theme-switch]'))) {
	const { dataset } = document.documentElement;
	const say = () => (button.textContent = dataset.theme === 'light' ? 'Dark' : 'Light');
	button.hidden = false;
	say();
	button.addEventListener('click', () => {
		dataset.theme = dataset.theme === 'light' ? 'dark' : 'light';
		keep('theme', dataset.theme);
		say();
	});
}

document.documentElement.dataset.hydrated = '';
