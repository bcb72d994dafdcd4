import { isSlug } from './slug.ts';

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
