import * as v from 'valibot';
import { type RestRow, inFile } from '../../lib/contract/rest.ts';
import { Failure } from '../exit-codes.ts';
import { nearest } from '../parse.ts';

type Schema = v.GenericSchema & {
	type: string;
	wrapped?: Schema;
	item?: Schema;
	entries?: Record<string, Schema>;
	pipe?: readonly Schema[];
	options?: unknown;
};

/** Without what says that it may be missing, or null. */
const bare = (schema: Schema): Schema => (schema.wrapped ? bare(schema.wrapped) : schema);
const entriesOf = ({ operation, takesFile }: RestRow): Record<string, Schema> => {
	const entries = bare(operation.input as Schema).entries ?? {};
	return takesFile ? Object.fromEntries(Object.entries(entries).filter(([name]) => !inFile.includes(name))) : entries;
};
const isNeeded = (schema: Schema) => !['optional', 'nullish', 'exact_optional'].includes(schema.type);

/** What pages name their acts by: the server makes it. */
const ownNames = ['clientId'];
/** What pages of a list are asked by: here it is the cursor. */
const ownPlaces = ['before', 'after', 'page'];

export type Field = { name: string; takes: string; isNeeded: boolean };

const kinds: Record<string, string> = { number: 'a number', boolean: 'true or false', array: 'a list', object: 'JSON' };
const takesOf = (schema: Schema): string => {
	const inner = bare(schema);
	return Array.isArray(inner.options) && inner.type === 'picklist'
		? inner.options.join(', ')
		: (kinds[inner.type] ?? 'text');
};

/** What can be sent to an operation, in its order: first what stands in its address. */
export const fieldsOf = (row: RestRow): Field[] => {
	const inPath = [...row.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
	const fields = entriesOf(row);
	return [
		...inPath.map((name): Field => ({ name, takes: 'text', isNeeded: true })),
		...Object.entries(fields)
			.filter(([name]) => ![...inPath, ...ownNames, ...(row.paged ? ownPlaces : [])].includes(name))
			.map(([name, schema]): Field => ({ name, takes: takesOf(schema), isNeeded: isNeeded(schema) })),
		...(row.paged ? [{ name: 'cursor', takes: 'text', isNeeded: false }] : [])
	];
};

const usage = (sentence: string, { operation }: RestRow) =>
	new Failure(sentence, `ait api ${operation.name} --describe`, 'usage');

/** A field as it was typed: text stays text where text is asked for, and is JSON where something else is. */
const valueOf = (schema: Schema | undefined, text: string): unknown => {
	if (!schema || takesOf(schema) === 'text') return text;
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return bare(schema).type === 'array' ? text.split(',') : text;
	}
};

/**
 * The fields of a request, from `name=value` and JSON, checked by the operation's own schema. Throws a *usage* failure in the
 * schema's words: then nothing is sent.
 */
export const checkedFields = (
	row: RestRow,
	typed: readonly string[],
	data: Readonly<Record<string, unknown>>,
	project: string | undefined
): Record<string, unknown> => {
	const entries = entriesOf(row);
	const known = fieldsOf(row);
	const names = known.map(({ name }) => name);
	const given: Record<string, unknown> = { ...data };
	for (const word of typed) {
		const [, name, text] = /^([^=]+)=([\s\S]*)$/.exec(word) ?? [];
		if (name === undefined) throw usage(`"${word}" is no field: write it as name=value.`, row);
		given[name] = valueOf(entries[name], text!);
	}
	if (names.includes('project') && project !== undefined) given.project ??= project;
	for (const name of Object.keys(given))
		if (!names.includes(name)) {
			const meant = nearest(name, names);
			throw usage(`${row.operation.name} has no field "${name}"${meant ? `; perhaps ${meant}` : ''}.`, row);
		}
	const missing = known.find(({ name, isNeeded: needed }) => needed && given[name] === undefined);
	if (missing) throw usage(`${row.operation.name} needs ${missing.name}.`, row);
	if (row.takesFile) return given;
	const { project: _, cursor: __, ...fields } = given;
	// the server makes it; any will do to be checked
	const own = 'clientId' in entries ? { clientId: '00000000-0000-4000-8000-000000000000' } : {};
	const found = v.safeParse(row.operation.input, { ...fields, ...own });
	if (!found.success) {
		const [issue] = found.issues;
		throw usage(`${v.getDotPath(issue) ?? 'The input'}: ${issue.message}.`.replace('..', '.'), row);
	}
	return given;
};
