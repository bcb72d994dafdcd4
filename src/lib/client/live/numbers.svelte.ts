/** Numbers that came with the news. They hold until what stands around the page is loaded anew, which knows better. */
let told = $state.raw<{ heard: string; unrated: Record<string, number> }>({ heard: '', unrated: {} });

/** What stands around a page, as it was loaded: how many wait for a rating, up to which place. */
type Frame = { heard: string; unrated: number };

export const hearUnrated = (heard: string, numbers: Record<string, number>): void => {
	told = { heard, unrated: told.heard === heard ? { ...told.unrated, ...numbers } : numbers };
};

/** How many examples of a project wait for a rating, as far as this page has heard. */
export const unratedNow = ({ heard, unrated }: Frame, projectId: string): number =>
	(told.heard === heard ? told.unrated[projectId] : undefined) ?? unrated;
