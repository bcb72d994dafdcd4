import type postgres from 'postgres';

/**
 * How long, by kind of work: one statement, the wait for one lock, a transaction that waits for us, and all of a transaction, however many
 * short statements it has. Every connection begins with those of its role (roles.ts); another one is a setting of its transaction. Nothing of
 * it is a startup parameter: a pooler refuses those.
 */
export const timeouts = {
	/** Somebody waits in front of a page. */
	web: {
		statement_timeout: '5s',
		lock_timeout: '2s',
		idle_in_transaction_session_timeout: '15s',
		transaction_timeout: '30s'
	},
	/** A job, or what somebody asks of a whole project. What is worked out between two statements, as a split is, may take as long as one. */
	long: {
		statement_timeout: '60s',
		lock_timeout: '10s',
		idle_in_transaction_session_timeout: '60s',
		transaction_timeout: '300s'
	},
	/** A part of an import. */
	import: {
		statement_timeout: '120s',
		lock_timeout: '10s',
		idle_in_transaction_session_timeout: '15s',
		transaction_timeout: '300s'
	},
	/** One that waits for the part before it: it holds no row of anybody. */
	queued: {
		statement_timeout: '120s',
		lock_timeout: '10s',
		idle_in_transaction_session_timeout: '150s',
		transaction_timeout: '300s'
	}
} as const;
export type TimeoutKind = keyof typeof timeouts;

/** The question that sets the limits of what is left of its transaction. */
export const settingTimeouts = (sql: postgres.ISql, kind: TimeoutKind) => {
	const { statement_timeout, lock_timeout, idle_in_transaction_session_timeout, transaction_timeout } = timeouts[kind];
	return sql`select
		set_config('statement_timeout', ${statement_timeout}, true),
		set_config('lock_timeout', ${lock_timeout}, true),
		set_config('idle_in_transaction_session_timeout', ${idle_in_transaction_session_timeout}, true),
		case when current_setting('transaction_timeout', true) is not null then
			-- one that runs already is not set to another end, but one that was taken away is
			set_config('transaction_timeout', '0', true) || set_config('transaction_timeout', ${transaction_timeout}, true) end`;
};

/** Sends it in front of what comes next, without a round trip of its own. */
export const sendTimeouts = (sql: postgres.ISql, kind: TimeoutKind): void => {
	// in a list, as `begin` is sent: by itself it would be on its way before that
	Promise.all([settingTimeouts(sql, kind)]).catch(() => {}); // when it fails, so does what comes next
};
