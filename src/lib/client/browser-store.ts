/** Where localStorage refuses: what is kept lasts for this page then. */
const here = new Map<string, string>();

/** localStorage that is never in the way: private windows and full disks keep things for as long as the page is open. */
export const browserStore = {
	get: (key: string): string | null => {
		try {
			return here.get(key) ?? localStorage.getItem(key);
		} catch {
			return here.get(key) ?? null;
		}
	},
	set: (key: string, value: string) => {
		try {
			localStorage.setItem(key, value);
			here.delete(key);
		} catch {
			here.set(key, value);
		}
	},
	remove: (key: string) => {
		here.delete(key);
		try {
			localStorage.removeItem(key);
		} catch {
			// it was not there either
		}
	},
	/** Whether this lasts only as long as the page. */
	isFleeting: (key: string) => here.has(key),
	/** The keys that begin like this, in no particular order. */
	keys: (prefix: string): string[] => {
		let all = [...here.keys()];
		try {
			all = [...Object.keys(localStorage), ...all];
		} catch {
			// only what this page keeps
		}
		return [...new Set(all)].filter((key) => key.startsWith(prefix));
	}
};
