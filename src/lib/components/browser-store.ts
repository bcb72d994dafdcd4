/** localStorage that is never in the way: private windows and full disks read as empty. */
export const browserStore = {
	get: (key: string): string | null => {
		try {
			return localStorage.getItem(key);
		} catch {
			return null;
		}
	},
	set: (key: string, value: string) => {
		try {
			localStorage.setItem(key, value);
		} catch {
			// it lasts for this page then
		}
	}
};
