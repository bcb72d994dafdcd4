import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { openApi } from '../../../src/lib/contract/openapi/document.ts';
import { fieldWords } from '../../../src/lib/contract/openapi/field-words.ts';
import type { Schema } from '../../../src/lib/contract/openapi/json-schema.ts';
import { restAnswer, restFields } from '../../../src/lib/contract/openapi/rest-fields.ts';
import { documented } from '../../../src/lib/contract/rest.ts';

const document = openApi('https://aitelier.example');
const ajv = new Ajv2020({ strict: false, allErrors: true });
(addFormats as unknown as (to: Ajv2020) => void)(ajv);

const problems = (schema: object, value: unknown) => {
	const fits = ajv.compile(schema);
	return fits(value) ? [] : fits.errors;
};

test('it is OpenAPI 3.1', async () => {
	const { valid, errors } = await new Validator().validate(structuredClone(document));
	expect(errors).toBeUndefined();
	expect(valid).toBe(true);
	expect(document.openapi).toBe('3.1.0');
});

test('every row of the table is in it, under its own name', () => {
	const ids = Object.values(document.paths).flatMap((methods) =>
		Object.values(methods).map((each) => (each as { operationId: string }).operationId)
	);
	expect(ids.sort()).toEqual(documented.map(({ operation }) => operation.name).sort());
	expect(new Set(ids).size).toBe(ids.length);
});

/** Every field with the names that lead to it. */
const fieldsOf = (schema: Schema, path: string[] = []): string[][] => [
	...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => [
		[...path, name],
		...fieldsOf(inner, [...path, name])
	]),
	...(schema.items ? fieldsOf(schema.items, path) : []),
	...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((each) => fieldsOf(each, path))
];

describe.each(documented.map((row) => [row.operation.name, row] as const))('%s', (name, row) => {
	const { path, query, body, bodyExample } = restFields(row);

	test('has an example that fits: address, body, answer', () => {
		for (const { schema, example, required } of [...path, ...query]) {
			if (example === undefined) expect(required).toBe(false);
			else expect(problems(schema, example)).toEqual([]);
		}
		if (body) expect(problems(body, bodyExample)).toEqual([]);
		const { schema, example } = restAnswer(row);
		if (!('contentMediaType' in schema) && row.operation.output.type !== 'any')
			expect(problems(schema, example)).toEqual([]);
	});

	test('has words for every field', () => {
		const { schema } = restAnswer(row);
		const fields = [
			...path.map((field) => [field.name]),
			...query.map((field) => [field.name]),
			...(body ? fieldsOf(body) : []),
			...fieldsOf(schema)
		];
		expect(fields.filter((field) => !fieldWords(name, field))).toEqual([]);
	});
});
