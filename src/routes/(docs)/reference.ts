// What the pages of the reference show, as plain values: the table of contract/rest, ready to be read.
import { type Feature, forWhom, restFeatures, verbOf } from '$lib/contract/openapi/features';
import { type Refusal, refusalsOf } from '$lib/contract/openapi/refusals';
import { typesOfFile } from '$lib/contract/openapi/document';
import { type Schema, withoutNull } from '$lib/contract/openapi/json-schema';
import { type Field, restAnswer, restFields } from '$lib/contract/openapi/rest-fields';
import type { Method, RestRow } from '$lib/contract/rest';
import { to } from '$lib/paths';
import { type Samples, samplesOf } from './samples.ts';

export type ShownField = {
	name: string;
	type: string;
	/** null in an answer, where every field is there. */
	required: boolean | null;
	words: string;
	/** The fields inside. */
	inside: ShownField[];
};

export type ShownOperation = {
	name: string;
	anchor: string;
	method: Method;
	path: string;
	summary: string;
	forWhom: string;
	groups: { title: string; fields: ShownField[] }[];
	/** What is sent as the whole body, where it is no JSON. */
	file: boolean;
	answer: { status: number; text: string | null; types: string[] | null; fields: ShownField[] };
	refusals: Refusal[];
	samples: Samples;
};

const boundsOf = ({ minimum, maximum, minItems, maxItems, maxLength }: Schema) => {
	const [least, most] = [minimum ?? minItems, maximum ?? maxItems ?? maxLength];
	const number = (value: number) => value.toLocaleString('en');
	// the largest numbers are those of a column, and tell nobody anything
	if (most !== undefined && most < 2_000_000_000)
		return least === undefined ? ` ≤ ${number(most)}` : ` ${number(least)}–${number(most)}`;
	return least === undefined || least <= 1 ? '' : ` ≥ ${number(least)}`;
};

/** The type in a few signs: `"train" | "validation" | null`, `integer 1–100`. */
export const typeOf = (given: Schema): string => {
	const { schema, nullable } = withoutNull(given);
	const orNull = nullable && schema.type !== 'null' ? ' | null' : '';
	const choices = schema.anyOf ?? schema.oneOf;
	const named = () => {
		if (schema.const !== undefined) return JSON.stringify(schema.const);
		if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
		if (choices) return choices.map(typeOf).join(' | ');
		if (schema.type === 'array') return `list${schema.items ? ` of ${typeOf(schema.items)}` : ''}${boundsOf(schema)}`;
		if (schema.format === 'uuid') return 'uuid';
		if (schema.format === 'date-time') return 'time';
		return `${typeof schema.type === 'string' ? schema.type : 'any'}${boundsOf(schema)}`;
	};
	return named() + orNull;
};

const fieldsIn = (given: Schema, isAnswer: boolean): ShownField[] => {
	const { schema } = withoutNull(given);
	const inner = schema.items ?? schema;
	const { schema: object } = withoutNull(inner);
	const choices = object.anyOf ?? object.oneOf ?? [];
	const shown = Object.entries(object.properties ?? {}).map(([name, each]) =>
		shownField(name, each, isAnswer ? null : (object.required ?? []).includes(name), isAnswer)
	);
	const seen = new Set(shown.map(({ name }) => name));
	// of several shapes every field once
	const others = choices
		.flatMap((each) => fieldsIn(each, isAnswer))
		.filter(({ name }) => !seen.has(name) && seen.add(name));
	return [...shown, ...others];
};

const shownField = (name: string, schema: Schema, required: boolean | null, isAnswer: boolean): ShownField => {
	const standard =
		schema.default === undefined || schema.default === null || schema.default === ''
			? ''
			: ` Default: \`${JSON.stringify(schema.default)}\`.`;
	return {
		name,
		type: typeOf(schema),
		required,
		words: `${schema.description ?? ''}${standard}`,
		inside: fieldsIn(schema, isAnswer)
	};
};

const sentFields = (fields: Field[]) =>
	fields.map(({ name, schema, required }) => shownField(name, schema, required, false));

/** One operation as the reference shows it. `base` is the address of the API. */
export const shownOperation = (row: RestRow, base: string): ShownOperation => {
	const { operation, method, path, status = 200, takesFile = false } = row;
	const sent = restFields(row);
	const types = typesOfFile(row);
	const { schema, example } = restAnswer(row);
	const groups = [
		{ title: 'In the path', fields: sentFields(sent.path) },
		{ title: 'In the query', fields: sentFields(sent.query) },
		{ title: 'In the body', fields: sent.body ? fieldsIn(sent.body, false) : [] }
	];
	return {
		name: operation.name,
		anchor: verbOf(operation),
		method,
		path,
		summary: operation.summary,
		forWhom: forWhom(operation),
		groups: groups.filter(({ fields }) => fields.length > 0),
		file: takesFile,
		answer: {
			status,
			text: types ? null : JSON.stringify(example, null, 2),
			types,
			fields: types ? [] : fieldsIn(schema, true)
		},
		refusals: refusalsOf(row),
		samples: samplesOf(row, base)
	};
};

export type Listed = Pick<ShownOperation, 'name' | 'anchor' | 'method' | 'path' | 'summary'> & { href: string };
export type ListedFeature = Omit<Feature, 'rows'> & { operations: Listed[] };

/** Every operation in one line, those that have all the words of a search. */
export const listReference = (search = ''): ListedFeature[] => {
	const words = search.toLowerCase().split(/\s+/).filter(Boolean);
	return restFeatures
		.map(({ rows, ...feature }) => ({
			...feature,
			operations: rows
				.map(({ operation, method, path }) => ({
					name: operation.name,
					anchor: verbOf(operation),
					method,
					path,
					summary: operation.summary,
					href: `${to.referenceOf(feature.id)}#${verbOf(operation)}`
				}))
				.filter((each) => {
					const text = searchedText(each, feature.title);
					return words.every((word) => text.includes(word));
				})
		}))
		.filter(({ operations }) => operations.length > 0);
};

/** What a search looks into. */
export const searchedText = ({ name, method, path, summary }: Omit<Listed, 'href' | 'anchor'>, title: string) =>
	`${title} ${name} ${method} ${path} ${summary}`.toLowerCase();
