import { mediaTypeOf } from '../fields.ts';
import { type RestRow, rest } from '../rest.ts';
import { restLimits } from '../rest-limits.ts';
import { featureOf, forWhom, restFeatures } from './features.ts';
import { type Refusal, refusalCodes, refusalsOf } from './refusals.ts';
import { type Field, restAnswer, restFields } from './rest-fields.ts';

export const restBase = '/api/v1';
/** Whatever we read while it arrives: which format it is, the bytes themselves say. */
export const fileTypes = ['application/jsonl', 'application/json', 'application/octet-stream'];

/** What a file's media types are, where there are several to choose from. */
export const typesOfFile = ({ operation }: RestRow): string[] | null =>
	mediaTypeOf(operation.output)
		?.split(',')
		.map((type) => type.trim()) ?? null;

const header = (description: string, schema: object = { type: 'string' }) => ({ description, schema });

const headers = {
	RequestId: header('Names the line in our log. Quote it when you ask us.', { type: 'string', format: 'uuid' }),
	RateLimitPolicy: header(
		`How many requests within how many seconds, as in draft-ietf-httpapi-ratelimit-headers: \`"default";q=${restLimits.key.most};w=${restLimits.key.perSeconds}\`.`
	),
	RateLimit: header('How many requests are left (`r`), and in how many seconds there are more (`t`).'),
	RetryAfter: header('Seconds to wait.', { type: 'integer', minimum: 0 }),
	IdempotentReplayed: header('This is the answer to an earlier request with the same Idempotency-Key.', {
		type: 'string',
		enum: ['true']
	}),
	Authenticate: header('What is asked for.')
};
const ref = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` });

const everyHeader = {
	'X-Request-Id': ref('headers', 'RequestId'),
	'RateLimit-Policy': ref('headers', 'RateLimitPolicy'),
	RateLimit: ref('headers', 'RateLimit')
};

const parameter = (
	place: 'path' | 'query',
	{ name, schema: { description, ...schema }, required, example }: Field
) => ({
	name,
	in: place,
	required,
	...(description && { description }),
	schema,
	...(example !== undefined && { example })
});

const refusal = (status: number, refusals: Refusal[]) => ({
	description: refusals.map(({ code, means }) => `\`${code}\`: ${means}`).join('\n\n'),
	headers: {
		...everyHeader,
		...(status === 429 && { 'Retry-After': ref('headers', 'RetryAfter') }),
		...(status === 401 && { 'WWW-Authenticate': ref('headers', 'Authenticate') })
	},
	content: { 'application/json': { schema: ref('schemas', 'Error') } }
});

const success = (row: RestRow) => {
	const types = typesOfFile(row);
	const { operation } = row;
	const said = {
		headers: {
			...everyHeader,
			...(operation.kind === 'command' && { 'Idempotent-Replayed': ref('headers', 'IdempotentReplayed') })
		}
	};
	if (types)
		return {
			description: 'The file, as it is made.',
			...said,
			content: Object.fromEntries(types.map((type) => [type, {}]))
		};
	const { schema, example } = restAnswer(row);
	return { description: 'Done.', ...said, content: { 'application/json': { schema, example } } };
};

const requestBody = (row: RestRow) => {
	if (row.takesFile)
		return {
			required: true,
			description: 'The file itself, no form. It is read while it arrives, up to 1 GB.',
			content: Object.fromEntries(fileTypes.map((type) => [type, {}]))
		};
	const { body, bodyExample } = restFields(row);
	if (!body) return undefined;
	return {
		required: (body.required ?? []).length > 0,
		content: { 'application/json': { schema: body, example: bodyExample } }
	};
};

const operationOf = (row: RestRow) => {
	const { operation } = row;
	const { path, query } = restFields(row);
	const refusals = refusalsOf(row);
	const statuses = [...new Set(refusals.map(({ status }) => status))];
	const body = requestBody(row);
	return {
		operationId: operation.name,
		summary: operation.summary,
		description: forWhom(operation),
		tags: [featureOf(operation)],
		...(operation.within === 'visitor' && { security: [] }),
		parameters: [
			...path.map((field) => parameter('path', field)),
			...query.map((field) => parameter('query', field)),
			...(row.takesFile ? [ref('parameters', 'FileName')] : []),
			...(operation.kind === 'command' ? [ref('parameters', 'IdempotencyKey')] : [])
		],
		...(body && { requestBody: body }),
		responses: {
			[row.status ?? 200]: success(row),
			...Object.fromEntries(
				statuses.map((status) => [
					status,
					refusal(
						status,
						refusals.filter((each) => each.status === status)
					)
				])
			)
		}
	};
};

/** The shape of every refusal. */
const error = {
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

/** The whole REST API as OpenAPI 3.1, made from the table and from the schemas that the server itself runs. */
export const openApi = (origin: string) => {
	const paths: Record<string, Record<string, unknown>> = {};
	for (const row of rest) (paths[row.path] ??= {})[row.method.toLowerCase()] = operationOf(row);
	return {
		openapi: '3.1.0',
		jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
		info: {
			title: 'aitelier',
			version: '1',
			summary: 'Examples, ratings, splits, trainings and blind comparisons, for scripts.',
			description: `Times are ISO 8601 in UTC. The reference for people is at ${origin}/docs/api.`,
			license: { name: 'MIT', identifier: 'MIT' }
		},
		externalDocs: { url: `${origin}/docs/api` },
		servers: [{ url: origin + restBase }],
		security: [{ key: [] }],
		tags: restFeatures.map(({ id, title, text }) => ({
			name: id,
			description: `${title}. ${text}`,
			externalDocs: { url: `${origin}/docs/api/${id}` }
		})),
		paths,
		components: {
			securitySchemes: {
				key: {
					type: 'http',
					scheme: 'bearer',
					description: 'An API key: `ait_sk_…`. Owners make them in the team’s settings.'
				}
			},
			schemas: { Error: error },
			headers,
			parameters: {
				IdempotencyKey: {
					name: 'Idempotency-Key',
					in: 'header',
					required: false,
					description:
						'A name of your own for this request. Sent again with the same one within a day, nothing happens twice: you get the first answer.',
					schema: { type: 'string', pattern: '^[!-~]{1,255}$' }
				},
				FileName: {
					name: 'X-File-Name',
					in: 'header',
					required: false,
					description: 'What the file is called, percent-encoded.',
					schema: { type: 'string' },
					example: 'support.jsonl'
				}
			}
		}
	};
};
