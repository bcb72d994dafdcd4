import * as v from 'valibot';
import { expect, test } from 'vitest';
import { toJsonSchema } from '@valibot/to-json-schema';
import { holdsMoney, inMicros } from '../../src/lib/contract/micros.ts';
import { rest } from '../../src/lib/contract/rest.ts';

test('money is a whole number of micro-dollars, however deep it stands', () => {
	expect(inMicros({ costCents: 1.25, runs: [{ centsSoFar: 3, name: 'v1' }] })).toEqual({
		costMicros: 12_500,
		runs: [{ microsSoFar: 30_000, name: 'v1' }]
	});
});

test('which outputs have money is known from their schemas, as their JSON Schemas say it', () => {
	const named = (schema: v.GenericSchema) =>
		/"(cents\w*|\w*Cents\w*)":/.test(JSON.stringify(toJsonSchema(schema, { errorMode: 'ignore', typeMode: 'output' })));
	const operations = [...new Set(rest.map(({ operation }) => operation))];
	const withMoney = operations.filter(({ output }) => holdsMoney(output));
	expect(withMoney.map(({ name }) => name)).toEqual(
		operations.filter(({ output }) => named(output)).map(({ name }) => name)
	);
	expect(withMoney.length).toBeGreaterThan(5);
	expect(withMoney.length).toBeLessThan(operations.length / 2);
});

test('money is found behind every kind of schema', () => {
	const money = v.object({ costCents: v.number() });
	for (const schema of [
		money,
		v.array(money),
		v.nullable(money),
		v.optional(v.array(money)),
		v.union([v.string(), money]),
		v.variant('kind', [v.object({ kind: v.literal('a'), costCents: v.number() })]),
		v.tuple([v.string(), money]),
		v.record(v.string(), money),
		v.pipe(v.object({ inner: money }), v.readonly())
	])
		expect(holdsMoney(schema)).toBe(true);
	expect(holdsMoney(v.object({ percents: v.number(), text: v.array(v.string()) }))).toBe(false);
});
