import { stripTypeScriptTypes } from 'node:module';
import { describe, expect, test } from 'vitest';
import { documented } from '../../../src/lib/contract/rest.ts';
import { tokensOf } from '../../../src/routes/(docs)/highlight.ts';
import { listReference, shownOperation, typeOf } from '../../../src/routes/(docs)/reference.ts';

const base = 'https://aitelier.example/api/v1';

describe.each(documented.map((row) => [row.operation.name, row] as const))('%s', (_, row) => {
	const shown = shownOperation(row, base);

	test('has samples that can be read, with the key from AIT_KEY and nothing left open', () => {
		const { sh, typescript, python } = shown.samples;
		expect(() => stripTypeScriptTypes(typescript)).not.toThrow();
		for (const sample of [sh, typescript, python]) {
			expect(sample).toContain(base);
			expect(sample).not.toMatch(/undefined|\{project\}|\[object/);
			if (row.operation.within !== 'visitor') expect(sample).toContain('AIT_KEY');
		}
	});

	test('colours lose no sign of a sample', () => {
		for (const [language, sample] of Object.entries({ ...shown.samples, json: shown.answer.text ?? '' }))
			expect(
				tokensOf(sample, language)
					.map(({ text }) => text)
					.join('')
			).toBe(sample);
	});
});

test('a search finds what has all its words, whatever their order', () => {
	const names = (search: string) =>
		listReference(search).flatMap(({ operations }) => operations.map(({ name }) => name));
	expect(names('')).toHaveLength(documented.length);
	expect(names('examples IMPORTS')).toContain('examples.import');
	expect(names('post run')).toContain('runs.start');
	expect(names('zebra')).toEqual([]);
});

test('types are said in a few signs', () => {
	expect(typeOf({ type: 'string' })).toBe('string');
	expect(typeOf({ type: 'integer', minimum: 1, maximum: 100 })).toBe('integer 1–100');
	expect(typeOf({ type: 'integer', minimum: 1, maximum: 2_147_483_647 })).toBe('integer');
	expect(typeOf({ anyOf: [{ enum: ['train', 'validation'] }, { type: 'null' }] })).toBe(
		'"train" | "validation" | null'
	);
	expect(typeOf({ type: 'array', items: { type: 'string', format: 'uuid' } })).toBe('list of uuid');
	expect(typeOf({ type: 'string', format: 'date-time' })).toBe('time');
	expect(typeOf({ type: 'null' })).toBe('null');
});
