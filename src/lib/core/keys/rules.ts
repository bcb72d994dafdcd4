/** What a key of a team may be: never an owner. */
export const keyRoles = ['trainer', 'rater'] as const;
export type KeyRole = (typeof keyRoles)[number];

/** What a key of each role is for, as the form explains it. */
export const keyRoleSentences: Record<KeyRole, string> = {
	trainer: 'Adds and exports examples, trains models, compares them.',
	rater: 'Reads examples, rates and rewrites them, and votes. What it says counts as a script’s.'
};

/** In days; the first is what the form offers. */
export const keyLives = [90, 30, 365] as const;
/** How long a rolled key still works beside the new one, in hours. */
export const graceHours = [0, 1, 24, 168] as const;
/** So many days before its end the owners are told by mail. */
export const warnedDaysBefore = 7;
/** At once, in one team: more would be a leak nobody looks through. */
export const mostKeys = 50;

const dayMs = 86_400_000;
export const keyStates = ['open', 'ending', 'rolled', 'expired', 'revoked'] as const;
export type KeyState = (typeof keyStates)[number];

type Key = { expiresAt: Date; revokedAt: Date | null; rolledAt: Date | null };

/** What a key is at a moment. `ending`: it works, for a week or less; `rolled`: it works beside the one in its place, until its grace time is over. */
export const keyState = (key: Key, now: Date): KeyState => {
	if (key.revokedAt) return 'revoked';
	if (key.expiresAt <= now) return 'expired';
	if (key.rolledAt) return 'rolled';
	return key.expiresAt.getTime() - now.getTime() <= warnedDaysBefore * dayMs ? 'ending' : 'open';
};

/** Whether requests with it are let in. */
export const keyWorks = (state: KeyState) => state !== 'expired' && state !== 'revoked';
/** Whether another may be made in its place: one that was rolled has that already. */
export const keyRolls = (state: KeyState) => state === 'open' || state === 'ending';
