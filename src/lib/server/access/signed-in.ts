import type postgres from 'postgres';

export type Person = { id: string; email: string; name: string };
/** What the app may know of a session: never its id. */
export type SignedInSession = { handle: string; signedInAt: Date };

/** Somebody signed in, outside any team. */
export type SignedIn = {
	person: Person;
	/** What acts for a person without a browser has none. */
	session?: SignedInSession | null;
	/** Of the request that acts, for the audit log. */
	request?: { id: string; address: string };
	/** Where several looks are one transaction (own-look.ts). */
	sql?: postgres.ISql;
};
