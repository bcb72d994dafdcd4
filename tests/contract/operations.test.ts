import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { events } from '../../src/lib/contract/events.ts';
import { ignoreActions } from '../../src/lib/contract/openapi/json-schema.ts';
import { operations } from '../../src/lib/contract/operations.ts';

test('names are unique, and say the feature and what is done', () => {
	const names = operations.map(({ name }) => name);
	expect(names.length).toBeGreaterThan(0);
	expect(new Set(names).size).toBe(names.length);
	for (const name of names) expect(name).toMatch(/^[a-z]+\.[a-z][a-zA-Z]+$/);
});

describe.each(operations.map((operation) => [operation.name, operation] as const))('%s', (_, operation) => {
	test('has an input and an output that are typed JSON', () => {
		toJsonSchema(operation.input, { typeMode: 'input', errorMode: 'throw', ignoreActions });
		toJsonSchema(operation.output, { typeMode: 'output', errorMode: 'throw', ignoreActions });
	});

	test('has an example that fits', () => {
		expect(v.safeParse(operation.input, operation.example.input).issues).toBeUndefined();
		const isFile = JSON.stringify(
			toJsonSchema(operation.output, { typeMode: 'output', errorMode: 'throw', ignoreActions })
		).includes('contentMediaType');
		if (isFile) return;
		const example = JSON.parse(JSON.stringify(operation.example.output ?? null)) as unknown;
		expect(v.safeParse(asJson(operation.output), example).issues).toBeUndefined();
	});

	test('says what it does in a sentence, and what can go wrong', () => {
		expect(operation.summary).toMatch(/^[A-Z].{8,}[^.]$/);
		for (const sentence of Object.values(operation.errors)) expect(sentence).toMatch(/^[A-Z].+\.$/);
	});

	if (operation.events) {
		test('names events there are', () => {
			for (const event of operation.events!) expect(Object.keys(events)).toContain(event);
		});
	}
});

/** The JSON side of an output: a moment is the text it becomes. */
const asJson = (schema: v.GenericSchema): v.GenericSchema => {
	const given = schema as v.GenericSchema & {
		entries?: Record<string, v.GenericSchema>;
		wrapped?: v.GenericSchema;
		item?: v.GenericSchema;
		options?: v.GenericSchema[];
		pipe?: v.GenericSchema[];
		value?: v.GenericSchema;
	};
	if (given.pipe?.some(({ type }) => type === ('transform' as never))) return given.pipe.at(-2) ?? given;
	const changed: Record<string, unknown> = { ...given };
	if (given.entries)
		changed.entries = Object.fromEntries(Object.entries(given.entries).map(([name, each]) => [name, asJson(each)]));
	if (given.wrapped) changed.wrapped = asJson(given.wrapped);
	if (given.item) changed.item = asJson(given.item);
	if (given.options && typeof given.options[0] === 'object') changed.options = given.options.map(asJson);
	return changed as unknown as v.GenericSchema;
};
