import type { Cookies } from '@sveltejs/kit';

/** A browser's cookies, as Kit hands them to us. `options` are those of the last set. */
export const newCookies = () => {
	const values = new Map<string, string>();
	const options = new Map<string, Record<string, unknown>>();
	const jar = {
		get: (name: string) => values.get(name),
		getAll: () => [...values].map(([name, value]) => ({ name, value })),
		set: (name: string, value: string, more: Record<string, unknown>) => {
			options.set(name, more);
			if (value === '' || more.maxAge === 0) values.delete(name);
			else values.set(name, value);
		},
		delete: (name: string) => void values.delete(name),
		serialize: () => ''
	};
	return { jar: jar as unknown as Cookies, values, options };
};
