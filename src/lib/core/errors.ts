export const errorStatuses = {
	bad_request: 400,
	authorization_pending: 400,
	slow_down: 400,
	expired: 400,
	access_denied: 400,
	exposed_key: 400,
	unauthenticated: 401,
	over_budget: 402,
	not_found: 404,
	wrong_method: 405,
	forbidden: 403,
	conflict: 409,
	changed: 412,
	invalid: 422,
	rate_limited: 429,
	gone: 410,
	too_slow: 408,
	too_large: 413,
	wrong_type: 415
} as const;

export type ErrorCode = keyof typeof errorStatuses;

/**
 * Not now: what we stand on is away for a moment. Nobody's bug, nothing that was asked is wrong, and the same may work in a
 * minute. The message is shown as it is.
 */
export class Unavailable extends Error {
	readonly status = 503;
	readonly code = 'unavailable';
	override name = 'Unavailable';
}

/** Something the person can act on. The message is shown as it is: a whole sentence, without jargon. */
export class AppError extends Error {
	readonly status: number;
	readonly code: ErrorCode;
	/** The form field the sentence belongs under, if any. */
	readonly field: string | undefined;

	constructor(code: ErrorCode, message: string, field?: string) {
		super(message);
		this.name = 'AppError';
		this.status = errorStatuses[code];
		this.code = code;
		this.field = field;
	}
}

/** What whoever asked may do, or the place they asked in, is another than when they came in: nothing was done. */
export class RightsChanged extends AppError {
	constructor() {
		super('forbidden', 'Your rights in this team have changed. Open the page again.');
	}
}

/** Somebody decided meanwhile, so what was asked was not done. */
export class Changed extends AppError {
	/** What stands instead of what was seen: the browser shows both, and the person chooses. */
	readonly now: unknown;

	constructor(message: string, field: string, now: unknown) {
		super('changed', message, field);
		this.now = now;
	}
}
