const statuses = { not_found: 404, forbidden: 403, conflict: 409, invalid: 422, rate_limited: 429, gone: 410 } as const;

export type ErrorCode = keyof typeof statuses;

/** Something the person can act on. The message is shown as it is: a whole sentence, without jargon. */
export class AppError extends Error {
	readonly status: number;
	readonly code: ErrorCode;
	/** The form field the sentence belongs under, if any. */
	readonly field: string | undefined;

	constructor(code: ErrorCode, message: string, field?: string) {
		super(message);
		this.name = 'AppError';
		this.status = statuses[code];
		this.code = code;
		this.field = field;
	}
}
