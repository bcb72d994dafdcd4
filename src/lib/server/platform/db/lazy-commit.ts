import type postgres from 'postgres';

/**
 * Sends, in front of what comes next, that this transaction does not wait for the disk at its end: one of many that are told to nobody before
 * another, which waits, has followed them. The log has an order, so that then all of them are on the disk; a crash before that loses the last ones, whole.
 */
export const sendLazyCommit = (sql: postgres.ISql): void => {
	// in a list, as `begin` is sent: by itself it would be on its way before that
	Promise.all([sql`set local synchronous_commit = off`]).catch(() => {}); // when it fails, so does what comes next
};
