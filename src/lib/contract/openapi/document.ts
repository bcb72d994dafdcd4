import { mediaTypeOf } from '../fields.ts';
import { type RestRow, documented, stateRowOf } from '../rest.ts';
import { error, everyHeader, headerParameters, headers, ref } from './components.ts';
import { fileWords } from './field-words.ts';
import { featureOf, forWhom, restFeatures } from './features.ts';
import { type Refusal, refusalsOf } from './refusals.ts';
import { type Field, restAnswer, restFields } from './rest-fields.ts';

export const restBase = '/api/v1';
/** Whatever we read while it arrives: which format it is, the bytes themselves say. */
export const fileTypes = ['application/jsonl', 'application/json', 'application/octet-stream'];

/** What a file's media types are, where there are several to choose from. */
export const typesOfFile = ({ operation }: RestRow): string[] | null =>
	mediaTypeOf(operation.output)
		?.split(',')
		.map((type) => type.trim()) ?? null;

/** What is looked at is known by a tag; a file is not. */
const hasTag = (row: RestRow) => row.method === 'GET' && typesOfFile(row) === null;
/** What changes something may be sent twice under one name; a name is a key's own. */
const takesName = ({ method, operation }: RestRow) => method !== 'GET' && operation.within !== 'visitor';

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
		...((status === 429 || status === 409) && { 'Retry-After': ref('headers', 'RetryAfter') }),
		...(status === 401 && { 'WWW-Authenticate': ref('headers', 'Authenticate') })
	},
	content: { 'application/json': { schema: ref('schemas', 'Error') } }
});

const success = (row: RestRow) => {
	const types = typesOfFile(row);
	const said = {
		headers: {
			...everyHeader,
			...(hasTag(row) && { ETag: ref('headers', 'ETag') }),
			...(takesName(row) && { 'Idempotent-Replayed': ref('headers', 'IdempotentReplayed') })
		}
	};
	if (types)
		return {
			description: fileWords(row.operation.name),
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
			...(takesName(row) ? [ref('parameters', 'IdempotencyKey')] : []),
			...(stateRowOf(row) ? [ref('parameters', 'IfMatch')] : []),
			...(hasTag(row) ? [ref('parameters', 'IfNoneMatch')] : [])
		],
		...(body && { requestBody: body }),
		responses: {
			[row.status ?? 200]: success(row),
			...(hasTag(row) && {
				304: {
					description: 'It is as it was: nothing is sent again.',
					headers: { ...everyHeader, ETag: ref('headers', 'ETag') }
				}
			}),
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

/** The whole REST API as OpenAPI 3.1, made from the table and from the schemas that the server itself runs. */
export const openApi = (origin: string) => {
	const paths: Record<string, Record<string, unknown>> = {};
	for (const row of documented) (paths[row.path] ??= {})[row.method.toLowerCase()] = operationOf(row);
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
			parameters: headerParameters
		}
	};
};
