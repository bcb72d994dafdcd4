import { type ErrorCode, errorStatuses } from '../../core/errors.ts';
import { may } from '../../core/permissions.ts';
import { type RestRow, stateRowOf } from '../rest.ts';

/** What a script can be told: the codes of core/errors, and the two that nobody can act on. */
export type RefusalCode = ErrorCode | 'internal' | 'unavailable';

type Words = {
	/** What has happened. */
	means: string;
	/** What a script, or whoever runs it, does then. */
	act: string;
};

/** Every code there is, as the reference explains it. They stay as they are: scripts compare with them. */
export const refusalWords = {
	bad_request: {
		means: 'The body cannot be read: no valid JSON, not an object, a field twice, or a text that no database keeps.',
		act: 'The message says what is wrong. Mend the request; sending it again changes nothing.'
	},
	authorization_pending: {
		means: 'The person has not yet said yes or no in the browser.',
		act: 'Ask again after `interval` seconds.'
	},
	slow_down: {
		means: 'The program asked for its token sooner than it may. The interval is five seconds longer from now on.',
		act: 'Wait longer between two questions.'
	},
	expired: {
		means: 'The device code is older than ten minutes, was used, or is none.',
		act: 'Begin anew with `POST /device`.'
	},
	access_denied: {
		means: 'The person has said no.',
		act: 'Do not ask again by yourself.'
	},
	exposed_key: {
		means: 'An API key stands in the address or in the body, where servers and logs keep it.',
		act: 'Revoke that key in the team’s settings, make a new one, and send it in the header `Authorization: Bearer …` only.'
	},
	over_budget: {
		means: 'It would cost money, and the project’s budget of this month does not pay for it any more.',
		act: 'An owner can raise the budget in the project’s settings; it begins anew with the month. The message says how much is left.'
	},
	unauthenticated: {
		means:
			'There is no key, or it does not work: mistyped, revoked, expired, or of a team that is gone. All of them are told the same.',
		act: 'Look at the key in the team’s settings. An owner makes a new one.'
	},
	forbidden: {
		means: 'The key works, and its role may not do this, or not in this project.',
		act: 'Use a key of another role, or ask an owner. Sending it again changes nothing.'
	},
	not_found: {
		means: 'There is nothing at this address, or it is not yours to see. Both are told the same.',
		act: 'Look at the ids, and at the projects that the key may reach: `GET /me`.'
	},
	wrong_method: {
		means: 'The address is right, and this method is none that it takes.',
		act: 'The header `Allow` has those it takes.'
	},
	too_slow: {
		means: 'The body did not arrive in time.',
		act: 'Send it again. A file may take hours, as long as something of it arrives every minute.'
	},
	conflict: {
		means:
			'Things are not in a state in which this can be done, or a request with the same Idempotency-Key is being carried out.',
		act: 'The message says which. Look at what is there, then decide; after a moment the same request may be fine.'
	},
	changed: {
		means: 'The request named a state with `If-Match`, and somebody else was there first.',
		act: 'Read it again, look at what is different, and decide anew.'
	},
	gone: {
		means: 'It was there, and is over.',
		act: 'Begin anew.'
	},
	too_large: {
		means: 'The body is more than fits: 1 MB of JSON, or 1 GB of a file.',
		act: 'Send it in parts.'
	},
	wrong_type: {
		means: 'The body is not called JSON.',
		act: 'Send the header `Content-Type: application/json`.'
	},
	invalid: {
		means:
			'A field has a value that cannot be, or there is no such field. `field` names it. Or an Idempotency-Key was used for another request.',
		act: 'Mend that field; the reference says what it takes. Sending it again changes nothing.'
	},
	rate_limited: {
		means: 'There were more requests than the key has, or the team imports four files already.',
		act: 'Wait for the seconds that the header `Retry-After` says, then send it again.'
	},
	internal: {
		means: 'Something broke on our side. It has been written down, with the `request_id`.',
		act: 'Send it again, with the same Idempotency-Key. If it stays, tell us the `request_id`.'
	},
	unavailable: {
		means: 'Something that we stand on is away for a moment.',
		act: 'Send it again in a minute, with the same Idempotency-Key.'
	}
} satisfies Record<RefusalCode, Words>;

export const refusalStatuses: Record<RefusalCode, number> = { ...errorStatuses, internal: 500, unavailable: 503 };
/** In the order of their numbers. */
export const refusalCodes = (Object.keys(refusalWords) as RefusalCode[]).sort(
	(a, b) => refusalStatuses[a] - refusalStatuses[b]
);

export type Refusal = { code: RefusalCode; status: number; means: string };

/** Everything that a request of this row can be refused with, in the order of the numbers. */
export const refusalsOf = (row: RestRow): Refusal[] => {
	const { operation, method, path, takesFile } = row;
	const writes = method !== 'GET';
	const can: Partial<Record<RefusalCode, boolean>> = {
		exposed_key: true,
		unauthenticated: operation.within !== 'visitor',
		forbidden: operation.action !== null && !may('rater', operation.action),
		not_found: path.includes('{'),
		invalid: true,
		rate_limited: true,
		internal: true,
		unavailable: true,
		bad_request: writes && !takesFile,
		wrong_type: writes && !takesFile,
		too_slow: writes,
		too_large: writes,
		conflict: method !== 'GET',
		changed: stateRowOf(row) !== undefined
	};
	return refusalCodes
		.filter((code) => can[code] || Object.hasOwn(operation.errors, code))
		.map((code) => ({
			code,
			status: refusalStatuses[code],
			means: (operation.errors as Partial<Record<RefusalCode, string>>)[code] ?? refusalWords[code].means
		}));
};
