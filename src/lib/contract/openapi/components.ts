// What every operation of the document refers to: headers, and the shape of a refusal.
import { refusalCodes } from './refusals.ts';

const header = (description: string, schema: object = { type: 'string' }) => ({ description, schema });

export const headers = {
	RequestId: header('Names the line in our log. Quote it when you ask us.', { type: 'string', format: 'uuid' }),
	RateLimitPolicy: header(
		'How many requests (`q`) within how many seconds (`w`), as in draft-ietf-httpapi-ratelimit-headers.'
	),
	RateLimit: header('How many requests are left (`r`), and in how many seconds there are more (`t`).'),
	RetryAfter: header('Seconds to wait. Beside `conflict` it says that the same request is being carried out.', {
		type: 'integer',
		minimum: 0
	}),
	IdempotentReplayed: header('This is the answer to an earlier request with the same Idempotency-Key.', {
		type: 'string',
		enum: ['true']
	}),
	ETag: header('What this state is known by, for `If-None-Match` and `If-Match`.'),
	Authenticate: header('What is asked for.')
};
export const ref = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` });

/** Of every answer. */
export const everyHeader = {
	'X-Request-Id': ref('headers', 'RequestId'),
	'RateLimit-Policy': ref('headers', 'RateLimitPolicy'),
	RateLimit: ref('headers', 'RateLimit')
};

/** The shape of every refusal. */
export const error = {
	type: 'object',
	properties: {
		error: {
			type: 'object',
			properties: {
				code: { type: 'string', enum: refusalCodes, description: 'What a script compares with. It stays as it is.' },
				message: { type: 'string', description: 'What is wrong, for people.' },
				field: { type: 'string', description: 'The field that it is about, where it is about one.' },
				doc_url: { type: 'string', format: 'uri', description: 'The page that explains the code.' },
				request_id: { type: 'string', description: 'Names the line in our log.' }
			},
			required: ['code', 'message', 'doc_url', 'request_id']
		}
	},
	required: ['error']
};

/** What can be sent besides fields. */
export const headerParameters = {
	IdempotencyKey: {
		name: 'Idempotency-Key',
		in: 'header',
		required: false,
		description:
			'A name of your own for this request. Sent again with the same one within a day, nothing happens twice: you get the first answer.',
		schema: { type: 'string', pattern: '^[!-~]{1,255}$' }
	},
	IfMatch: {
		name: 'If-Match',
		in: 'header',
		required: false,
		description:
			'The `ETag` of the state that you mean. When somebody else has changed it meanwhile, nothing happens: `changed`.',
		schema: { type: 'string' }
	},
	IfNoneMatch: {
		name: 'If-None-Match',
		in: 'header',
		required: false,
		description: 'The `ETag` of what you have already. When it is still the same, the answer is 304 without a body.',
		schema: { type: 'string' }
	},
	FileName: {
		name: 'X-File-Name',
		in: 'header',
		required: false,
		description: 'What the file is called, percent-encoded.',
		schema: { type: 'string' },
		example: 'support.jsonl'
	}
};
