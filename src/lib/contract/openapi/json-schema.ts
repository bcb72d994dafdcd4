import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { schemaInMicros } from '../micros.ts';
import { fieldWords } from './field-words.ts';

/** What JSON Schema has no word for; each of these rules stands in core too. */
export const ignoreActions = ['trim', 'check', 'partial_check'];

/** What of the dialect our schemas need. */
export type Schema = Omit<JsonSchema, 'properties' | 'items' | 'anyOf' | 'required'> & {
	properties?: Record<string, Schema>;
	items?: Schema;
	anyOf?: Schema[];
	oneOf?: Schema[];
	required?: string[];
};

/** A pair of equals is a list of two: the same, and more programs that read schemas understand it. */
const withoutTuples = (schema: unknown): unknown => {
	if (Array.isArray(schema)) return schema.map(withoutTuples);
	if (typeof schema !== 'object' || schema === null) return schema;
	const { prefixItems, ...said } = schema as { prefixItems?: unknown[] };
	const each = prefixItems?.[0];
	const areEqual = prefixItems?.every((item) => JSON.stringify(item) === JSON.stringify(each));
	const inside = Object.fromEntries(Object.entries(said).map(([word, inner]) => [word, withoutTuples(inner)]));
	if (!prefixItems) return inside;
	const { length } = prefixItems;
	return areEqual ? { ...inside, items: each, minItems: length, maxItems: length } : { ...inside, prefixItems };
};

/** Puts beside each field what it is. `path` has the names that lead to it, and no places in lists. */
const withWords = (schema: Schema, operation: string, path: string[]): Schema => {
	const said: Schema = { ...schema };
	if (schema.properties)
		said.properties = Object.fromEntries(
			Object.entries(schema.properties).map(([name, inner]) => {
				const here = [...path, name];
				const description = fieldWords(operation, here);
				return [name, { ...withWords(inner, operation, here), ...(description && { description }) }];
			})
		);
	if (schema.items) said.items = withWords(schema.items, operation, path);
	for (const choice of ['anyOf', 'oneOf'] as const)
		if (schema[choice]) said[choice] = schema[choice].map((each) => withWords(each, operation, path));
	return said;
};

/** The schema of what a script sends or gets, in JSON Schema 2020-12, with words, and with money in micro-dollars. Throws where it cannot be said. */
export const jsonSchemaOf = (schema: v.GenericSchema, typeMode: 'input' | 'output', operation: string): Schema => {
	const { $schema: _, ...said } = toJsonSchema(schema, {
		typeMode,
		errorMode: 'throw',
		target: 'draft-2020-12',
		ignoreActions
	});
	const plain = withoutTuples(typeMode === 'output' ? schemaInMicros(said) : said);
	return withWords(plain as Schema, operation, []);
};

/** The choices that are left of `a | null`. */
export const withoutNull = (schema: Schema): { schema: Schema; nullable: boolean } => {
	const choices = schema.anyOf?.filter(({ type }) => type !== 'null');
	if (!choices || choices.length === schema.anyOf!.length) return { schema, nullable: schema.type === 'null' };
	const { anyOf: _, ...beside } = schema;
	return {
		schema: choices.length === 1 ? { ...choices[0], ...beside } : { ...beside, anyOf: choices },
		nullable: true
	};
};
