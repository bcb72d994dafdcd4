import { expect, test } from 'vitest';
import { labelsOf, nameOfScores, nameOfSides, shortLabels } from '../../../src/lib/core/evaluations/contender.ts';

const run = (id: string, version: number) => ({ kind: 'run' as const, runId: id, version });
const base = (id: string, version: number) => ({ kind: 'base' as const, runId: id, version });
const shortOf = (b: string) => shortLabels({ a: 'v1', b }).b;

test('only the base of the run that it competes with is the base', () => {
	expect(labelsOf(base('r', 2), base('r', 2))).toEqual({ a: 'base of v2', b: 'base of v2, the second' });
	expect(labelsOf(run('r', 2), run('r', 2))).toEqual({ a: 'v2', b: 'v2, the second' });
	expect(labelsOf(run('r', 2), base('s', 1)).b).toBe('base of v1');
	expect(labelsOf(base('r', 1), base('s', 2))).toEqual({ a: 'base of v1', b: 'base of v2' });
});

test('a label of 24 signs is shown as it is, of a longer one the end of its path', () => {
	expect(shortOf(`ana/${'x'.repeat(20)}`)).toBe(`ana/${'x'.repeat(20)}`);
	expect(shortOf(`ana/${'x'.repeat(21)}`)).toBe('x'.repeat(21));
	expect(shortOf('x'.repeat(24))).toBe('x'.repeat(24));
	expect(shortOf('x'.repeat(25))).toBe(`${'x'.repeat(23)}…`);
});

test('how many examples stand in the prompt is said shortly, where that is the end of the label', () => {
	expect(shortOf('base with 12 examples in its prompt')).toBe('base + 12 examples');
	expect(shortOf('base with 3 examples in its prompt')).toBe('base + 3 examples');
	expect(shortOf('a/b with 3 examples in its prompt, the second')).not.toMatch(/\+/);
});

test('a name has 80 signs at most, and one of 80 is not cut', () => {
	expect(nameOfScores('x'.repeat(70))).toBe(`Scores of ${'x'.repeat(70)}`);
	expect(nameOfScores('x'.repeat(71))).toBe(`Scores of ${'x'.repeat(69)}…`);
	expect([...nameOfSides({ a: 'x'.repeat(80), b: 'y' })]).toHaveLength(80);
});
