import * as v from 'valibot';

/** First words of addresses that belong to the app, so no team may be called by them. */
const taken = ['account', 'api', 'dev', 'invitations', 'login', 'logout', 'livez', 'readyz', 'teams', 'settings', 'new', 'events'];

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
		.replace(/^-+|-+$/g, '')
		.slice(0, 36)
		.replace(/-+$/, '');
	return isSlug(slug) ? slug : isSlug(`${fallback}-${slug}`) ? `${fallback}-${slug}` : fallback;
};

export const Name = v.pipe(
	v.string('Give it a name'),
	v.trim(),
	v.minLength(1, 'Give it a name'),
	v.maxLength(80, 'A name has at most 80 characters'),
	v.regex(/^[^\u0000-\u001f\u007f]*$/, 'A name is one line of plain text')
);

/** One `@`, lower-cased, at most 255 characters (security.md AU12); a `+tag` is kept. */
export const Email = v.pipe(
	v.string('Give an email address'),
	v.trim(),
	v.toLowerCase(),
	v.maxLength(255, 'An email address has at most 255 characters'),
	v.check((text) => {
		const parts = text.split('@');
		return parts.length === 2 && parts[0]!.length > 0 && parts[1]!.length > 2 && !/[\s\u0000-\u001f<>",;]/.test(text) && parts[1]!.includes('.');
	}, 'Give an email address, like ana@example.com')
);

export const NewTeam = v.object({ name: Name });
