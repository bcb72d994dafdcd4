// By itself, without valibot: every page's first JavaScript asks it whether an address is one of ours.

/** First words of addresses that belong to the app, so no team may be called by them. */
const taken = [
	'account',
	'api',
	'dev',
	'docs',
	'device',
	'docs',
	'invitations',
	'login',
	'logout',
	'livez',
	'readyz',
	'teams',
	'settings',
	'new',
	'events'
];

/** Lower-case letters, digits and single hyphens, 2 to 40 characters, not a word of the app's own. */
export const isSlug = (text: string) =>
	text.length >= 2 && text.length <= 40 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text) && !taken.includes(text);

/** The nearest slug to a name: `Ana's Café!` → `ana-s-cafe`. Falls back to `fallback` when nothing is left. */
export const slugFrom = (name: string, fallback: string) => {
	const slug = name
		.normalize('NFKD')
		.replace(/[\u0300-\u036f]/g, '')
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-|-$/g, '')
		.slice(0, 36)
		.replace(/-$/, '');
	return isSlug(slug) ? slug : isSlug(`${fallback}-${slug}`) ? `${fallback}-${slug}` : fallback;
};
