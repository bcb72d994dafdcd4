/** How far a vote is, and how far one person is in it. */
export type Progress = {
	planned: number;
	/** Prompts that have their votes, and prompts that are out because people skipped them. */
	judged: number;
	skipped: number;
	/** Pairs that this person has judged, and skipped. */
	mine: number;
	skips: number;
};

/** Prompts that still wait for votes. */
export const openOf = ({ planned, judged, skipped }: Omit<Progress, 'mine' | 'skips'>) => planned - judged - skipped;
/** Pairs that a person has not looked at, or has left open. */
export const leftOf = ({ planned, mine, skips }: Omit<Progress, 'judged' | 'skipped'>) => planned - mine - skips;
/** Prompts that wait for this person: what lacks votes is dealt out to whoever comes. */
export const dueOf = (progress: Progress) => Math.min(leftOf(progress), openOf(progress));
