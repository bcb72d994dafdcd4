import type * as v from 'valibot';
import { AppError } from '../../core/errors.ts';
import { readJson } from '../../core/text/json.ts';
import { mostFields, tooManyFields } from './fields.ts';

type Entries = { getAll(name: string): FormDataEntryValue[]; keys(): Iterable<string> };
type Schema = v.GenericSchema & {
	entries?: Record<string, Schema>;
	wrapped?: Schema;
	item?: Schema;
	options?: Schema[];
};

/** What a schema is, below optional and nullable. (A pipe has the properties of its first schema.) */
const unwrapped = (schema: Schema): { base: Schema; nullable: boolean } => {
	let base = schema;
	let nullable = false;
	for (; base.wrapped; base = base.wrapped) nullable ||= base.type === 'nullable' || base.type === 'nullish';
	return { base, nullable };
};

const isNumber = (text: string) => /^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) && Number.isFinite(Number(text));

/** A text that is no value of its kind stays a text: the schema's own sentence says what is wrong with it. */
const valueOf = (schema: Schema, given: FormDataEntryValue): unknown => {
	// nobody can type U+0000, and no text column of Postgres keeps it
	const text = typeof given === 'string' ? given.replaceAll('\u0000', '') : given;
	if (typeof text !== 'string') return text;
	const { base, nullable } = unwrapped(schema);
	if (text === '' && nullable) return null;
	if (base.type === 'number') return isNumber(text.trim()) ? Number(text) : text;
	if (base.type === 'boolean') return text === 'true' || text === 'on';
	if (base.type === 'array' || base.entries) return parsed(text) ?? text;
	// one of several things, an object among them
	if (text.startsWith('{') && base.options?.some(({ entries }) => entries)) return parsed(text) ?? text;
	return text;
};

/** JSON in a field. Throws *invalid* for what is too much of it. */
const parsed = (text: string): unknown => {
	try {
		const value = readJson(text);
		return typeof value === 'object' ? value : undefined;
	} catch (problem) {
		if (problem instanceof AppError) throw problem;
		return undefined;
	}
};

/** A list comes as repeated fields, as JSON, or as texts with commas between them. */
const listOf = (schema: Schema, base: Schema, given: FormDataEntryValue[]): unknown => {
	const [first] = given;
	if (given.length === 1 && typeof first === 'string') {
		if (unwrapped(schema).nullable && first === '') return null;
		if (first.trimStart().startsWith('[')) return parsed(first) ?? first;
		if (unwrapped(base.item!).base.entries) return first === '' ? [] : first;
		const pieces = first.split(',', mostFields + 1).map((piece) => piece.trim());
		if (pieces.length > mostFields) throw tooManyFields();
		return pieces.filter((piece) => piece !== '').map((piece) => valueOf(base.item!, piece));
	}
	return given.map((each) => valueOf(base.item!, each));
};

/**
 * The fields of a form, or of a query string, as the values that a schema asks for: numbers, lists, yes and no, objects
 * written with dots (`connection.key`). Fields that the schema does not name are left out.
 */
export const formValues = (schema: v.GenericSchema, fields: Entries): Record<string, unknown> =>
	objectFrom(unwrapped(schema as Schema).base, fields, '');

const objectFrom = (schema: Schema, fields: Entries, prefix: string): Record<string, unknown> => {
	const values: Record<string, unknown> = {};
	for (const [name, field] of Object.entries(schema.entries ?? {})) {
		const { base } = unwrapped(field);
		const given = fields.getAll(prefix + name);
		if (given.length > 0) {
			values[name] = base.type === 'array' ? listOf(field, base, given) : valueOf(field, given.at(-1)!);
		} else if (base.entries && [...fields.keys()].some((key) => key.startsWith(`${prefix}${name}.`))) {
			values[name] = objectFrom(base, fields, `${prefix}${name}.`);
		} else if (base.type === 'boolean') values[name] = false;
	}
	return values;
};

/** The fields of a schema, by name. */
export const entriesOf = (schema: v.GenericSchema): Record<string, v.GenericSchema> =>
	unwrapped(schema as Schema).base.entries ?? {};

/** The ids in an address below the project, by the names that inputs have for them: `[run]` is `runId`. */
export const addressValues = (
	schema: v.GenericSchema,
	params: Partial<Record<string, string>>
): Record<string, string> => {
	const entries = entriesOf(schema);
	const values: Record<string, string> = {};
	for (const [name, value] of Object.entries(params)) {
		if (value === undefined || name === 'team' || name === 'project') continue;
		if (Object.hasOwn(entries, `${name}Id`)) values[`${name}Id`] = value;
		else if (Object.hasOwn(entries, name)) values[name] = value;
	}
	return values;
};
