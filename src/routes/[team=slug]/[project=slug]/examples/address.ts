import type { ExampleFilter } from '$lib/contract/examples';

type Address = Partial<Record<keyof ExampleFilter | 'selected', string | null>>;

/** The same address with these words changed; null takes one away. Another filter begins at the first page. */
export const changed = (search: URLSearchParams, changes: Address): string => {
	const next = new URLSearchParams(search);
	if (['band', 'split', 'search'].some((name) => name in changes)) {
		for (const name of ['before', 'after', 'selected']) next.delete(name);
	}
	for (const [name, value] of Object.entries(changes)) {
		if (value) next.set(name, value);
		else next.delete(name);
	}
	return `?${next}`;
};
