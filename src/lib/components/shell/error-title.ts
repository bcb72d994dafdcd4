/** What an error is called, by its status of HTTP; 0 is nobody's answer. */
export const titleOf = (status: number): string =>
	status === 404
		? 'Not found'
		: status === 401 || status === 403
			? 'Not allowed'
			: status === 429
				? 'Too many requests'
				: status === 0 || status === 503
					? 'Not reachable'
					: status >= 500
						? 'Something broke'
						: 'That did not work';

/** Whether a sentence says more than the title: Kit's own words ("Not Found", "Internal Error") do not. */
export const saysMore = (message: string | undefined): message is string =>
	message !== undefined && message.includes(' ') && !/^(Not Found|Internal Error|Not found: .*)$/i.test(message);
