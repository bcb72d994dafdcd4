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
