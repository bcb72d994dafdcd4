import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { addressValues, formValues } from '../../../src/lib/server/http/form-values.ts';

const of = (schema: v.GenericSchema, fields: [string, string][] | Record<string, string>) =>
	formValues(schema, new URLSearchParams(fields as never) as never);

describe('the fields of a form', () => {
	test('become numbers where a number is asked for, and stay texts where they are none', () => {
		const schema = v.object({ epochs: v.number(), rate: v.optional(v.number()), name: v.string() });
		expect(of(schema, { epochs: ' 3 ', rate: '1e-5', name: '7' })).toEqual({ epochs: 3, rate: 1e-5, name: '7' });
		expect(of(schema, { epochs: 'three', rate: '', name: '' })).toEqual({ epochs: 'three', rate: '', name: '' });
		expect(of(schema, { epochs: 'Infinity', rate: '0x10' })).toEqual({ epochs: 'Infinity', rate: '0x10' });
	});

	test('left empty are null where null is a value', () => {
		const schema = v.object({ rating: v.nullable(v.pipe(v.number(), v.integer())), note: v.nullish(v.string()) });
		expect(of(schema, { rating: '', note: '' })).toEqual({ rating: null, note: null });
	});

	test('are lists: with commas, repeated, or as JSON', () => {
		const schema = v.object({ ids: v.array(v.string()), scores: v.optional(v.array(v.number()), []) });
		expect(of(schema, { ids: 'a, b,', scores: '1,2' })).toEqual({ ids: ['a', 'b'], scores: [1, 2] });
		expect(
			of(schema, [
				['ids', 'a'],
				['ids', 'b,c']
			])
		).toEqual({ ids: ['a', 'b,c'] });
		expect(of(schema, { ids: '["a","b"]' })).toEqual({ ids: ['a', 'b'] });
		expect(of(schema, { ids: '' })).toEqual({ ids: [] });
	});

	test('are lists of objects as JSON; what is no JSON stays a text that the schema refuses', () => {
		const schema = v.object({ messages: v.array(v.object({ role: v.string() })) });
		expect(of(schema, { messages: '[{"role":"user"}]' })).toEqual({ messages: [{ role: 'user' }] });
		expect(of(schema, { messages: '[{' })).toEqual({ messages: '[{' });
		expect(of(schema, { messages: 'hello, you' })).toEqual({ messages: 'hello, you' });
	});

	test('are yes or no, where a box that is not ticked sends nothing', () => {
		const schema = v.object({ locked: v.boolean() });
		expect(of(schema, { locked: 'on' })).toEqual({ locked: true });
		expect(of(schema, {})).toEqual({ locked: false });
	});

	test('are objects, written with dots', () => {
		const schema = v.object({ connection: v.optional(v.object({ key: v.string(), tries: v.number() })) });
		expect(of(schema, { 'connection.key': 'x', 'connection.tries': '2' })).toEqual({
			connection: { key: 'x', tries: 2 }
		});
		expect(of(schema, {})).toEqual({});
	});

	test('that nobody asked for are left out, also those of every object', () => {
		const sent = ['role', '__proto__', 'constructor', 'toString'].map((name): [string, string] => [name, 'x']);
		const values = of(v.object({ name: v.string() }), [['name', 'a'], ...sent]);
		expect(Object.keys(values)).toEqual(['name']);
		expect(Object.getPrototypeOf(values)).toBe(Object.prototype);
	});

	test('have no U+0000, which nobody can type', () => {
		expect(of(v.object({ name: v.string() }), { name: 'a\u0000b' })).toEqual({ name: 'ab' });
	});
});

test('the ids of an address are named as inputs name them, but never team and project', () => {
	const schema = v.object({ runId: v.string(), kind: v.string(), team: v.optional(v.string()) });
	expect(addressValues(schema, { team: 'a', project: 'b', run: '1', kind: 'train', other: 'x' })).toEqual({
		runId: '1',
		kind: 'train'
	});
});
