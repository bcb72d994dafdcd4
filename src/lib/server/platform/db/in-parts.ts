import type postgres from 'postgres';

/**
 * For one of many parts that can be done again: sends that its transaction does not wait for the disk, so that its rows are let go at once. A crash may
 * take its last moments along, always the newest first; whoever tells that all is done commits as usual, and all that is there is on the disk with that.
 * The database may have fallen over in between, and the pool goes on behind it: whoever goes by what is in memory looks whether the last part is there.
 */
export const sendAsPart = (sql: postgres.ISql): void => {
	// in a list, as `begin` is sent: by itself it would be on its way before that
	Promise.all([sql`set local synchronous_commit = off`]).catch(() => {}); // when it fails, so does what comes next
};

/** For a part of what goes over all pages of a project: sends that they are logged as they are, where that may be said (drizzle/functions/upkeep.sql). */
export const sendOverPages = (sql: postgres.ISql): void => {
	Promise.all([sql`select log_pages_as_they_are()`]).catch(() => {}); // as above
};
