import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { type RestRow, inFile } from '../../../contract/rest.ts';
import { AppError } from '../../../core/errors.ts';
import { holdsKey } from '../../../core/keys/key.ts';
import { doubleKey } from '../../../core/text/double-key.ts';
import { readJson, syntaxProblem, valueProblem } from '../../../core/text/json.ts';
import { idFrom } from '../../platform/crypto.ts';
import { entriesOf, formValues } from '../form-values.ts';
import { inOwnWords } from '../input.ts';
import { requestName } from './once.ts';

type Schema = v.GenericSchema<unknown, unknown> & {
	type?: string;
	wrapped?: Schema;
	item?: Schema;
	fallback?: unknown;
};

const exposed = () =>
	new AppError(
		'exposed_key',
		'An API key stands in the address or the body of this request, where servers and logs keep it. Revoke it, make a new one, and send that in the header “Authorization: Bearer …” only.'
	);

/** Throws *exposed key* where one stands in this text. */
export const assertNoKey = (text: string): void => {
	if (holdsKey(text)) throw exposed();
};

/** Deep inside: the first field that nobody asked for, with its path. Loose objects take any. */
const unknownField = (schema: Schema, value: unknown): string | null => {
	let base = schema;
	while (base.wrapped) base = base.wrapped;
	if (Array.isArray(value)) {
		if (!base.item) return null;
		for (const [place, each] of value.entries()) {
			const found = unknownField(base.item, each);
			if (found) return `${place}.${found}`;
		}
		return null;
	}
	if (typeof value !== 'object' || value === null || (base.type !== 'object' && base.type !== 'strict_object'))
		return null;
	const entries = entriesOf(base as v.GenericSchema) as Record<string, Schema>;
	for (const [name, inner] of Object.entries(value)) {
		if (!Object.hasOwn(entries, name)) return name;
		const found = unknownField(entries[name]!, inner);
		if (found) return `${name}.${found}`;
	}
	return null;
};

/** Every text and every name in a JSON value. */
function* textsIn(value: unknown): Generator<string> {
	if (typeof value === 'string') yield value;
	if (typeof value !== 'object' || value === null) return;
	for (const [name, inner] of Object.entries(value)) {
		if (!Array.isArray(value)) yield name;
		yield* textsIn(inner);
	}
}

/** The JSON of a body; an empty one is an object without fields. Throws *bad request*, *wrong type*, *invalid* or *exposed key*. */
export const jsonBody = async (request: Request): Promise<unknown> => {
	const text = await request.text();
	assertNoKey(text);
	if (text.trim() === '') return {};
	const type = request.headers.get('content-type') ?? '';
	if (!/^application\/json\s*(;|$)/i.test(type))
		throw new AppError('wrong_type', 'Send the body as JSON, with the header “Content-Type: application/json”.');
	let body: unknown;
	try {
		body = readJson(text);
	} catch (problem) {
		if (problem instanceof AppError) throw problem;
		throw new AppError('bad_request', `The body is not valid JSON: ${syntaxProblem(problem)}.`);
	}
	if (typeof body !== 'object' || body === null || Array.isArray(body))
		throw new AppError('bad_request', 'The body is not a JSON object.');
	const twice = doubleKey(text);
	if (twice !== null) throw new AppError('bad_request', `The body names the field “${twice.slice(0, 80)}” twice.`);
	const problem = valueProblem(body);
	if (problem) throw new AppError('bad_request', `The body cannot be taken: ${problem}.`);
	// what was written with escapes is now itself
	for (const each of textsIn(body)) assertNoKey(each);
	return body;
};

/** What a query string says, every field of it one that is known. */
const queryOf = (schema: Schema, query: URLSearchParams): Record<string, unknown> => {
	const entries = entriesOf(schema as v.GenericSchema);
	for (const name of query.keys()) {
		if (!Object.hasOwn(entries, name)) throw unknown(name);
		if (query.getAll(name).length > 1 && !['array'].includes((entries[name] as Schema).type ?? ''))
			throw new AppError('invalid', `The address names “${name.slice(0, 80)}” twice.`, name.slice(0, 80));
	}
	return formValues(schema as v.GenericSchema, query);
};

const unknown = (field: string) =>
	new AppError(
		'invalid',
		`There is no field “${field.slice(0, 80)}” here. The reference has those there are.`,
		field.slice(0, 80)
	);

/**
 * Pages are kind to old links: a word they do not know becomes the default. A script is told. A field is asked once more for the
 * value alone, and what came out is the fallback though something else went in.
 */
const fellBack = (entries: Record<string, Schema>, sent: Record<string, unknown>, read: Record<string, unknown>) =>
	Object.entries(sent).find(
		([name, value]) =>
			value !== undefined &&
			entries[name] !== undefined &&
			'fallback' in entries[name] &&
			read[name] === entries[name].fallback &&
			value !== read[name] &&
			String(value) !== String(read[name])
	)?.[0];

/** The id of an act that was sent without one: the same for the same Idempotency-Key. */
const clientIdOf = (request: Request): string => {
	const name = requestName(request);
	if (name === null) return randomUUID();
	const { method, url, headers } = request;
	return idFrom([headers.get('authorization'), method, new URL(url).pathname, name].join('\n'));
};

/** What stands beside a file, in the query. Throws *invalid*. */
export const besideFile = ({ operation: { input } }: RestRow, query: URLSearchParams): Record<string, unknown> => {
	const wrong = [...query.keys()].find((name) => inFile.includes(name));
	if (wrong) throw unknown(wrong);
	const given = queryOf(input as Schema, query);
	for (const [name, schema] of Object.entries(entriesOf(input))) {
		if (!Object.hasOwn(given, name)) continue;
		const found = v.safeParse(schema as v.GenericSchema, given[name]);
		if (!found.success) throw new AppError('invalid', found.issues[0].message, name);
	}
	return given;
};

/** The input of an operation as a script has sent it: address, query or body. Throws *invalid*, *bad request*, *wrong type* or *exposed key*. */
export const restInput = async (
	{ operation: { input } }: RestRow,
	request: Request,
	query: URLSearchParams,
	params: Record<string, string>
): Promise<Record<string, unknown>> => {
	const schema = input as Schema;
	const entries = entriesOf(input) as Record<string, Schema>;
	const named: Record<string, unknown> = Object.fromEntries(
		Object.entries(params).filter(([name]) => Object.hasOwn(entries, name))
	);
	const writes = request.method !== 'GET' && request.method !== 'HEAD';
	if (writes) for (const name of query.keys()) throw unknown(name);
	const sent = writes ? ((await jsonBody(request)) as Record<string, unknown>) : queryOf(schema, query);
	const field = unknownField(schema, sent) ?? Object.keys(named).find((name) => Object.hasOwn(sent, name));
	if (field) throw unknown(field);
	const given = { ...sent, ...named };
	// pages send it so that an act sent twice counts once; scripts have the Idempotency-Key for that
	if (writes && 'clientId' in entries) given.clientId ??= clientIdOf(request);
	const found = v.safeParse(input, given);
	if (!found.success) {
		const [issue] = found.issues;
		const path = v.getDotPath(issue) ?? undefined;
		if (path !== undefined && Object.hasOwn(named, path))
			throw new AppError('not_found', 'There is nothing at this address, or it is not yours to see.');
		throw new AppError('invalid', inOwnWords(input, issue).message, path);
	}
	const read = found.output as Record<string, unknown>;
	const wrong = fellBack(entries, sent, read);
	if (wrong)
		throw new AppError('invalid', `This is no value for “${wrong}”. The reference has those there are.`, wrong);
	return read;
};
