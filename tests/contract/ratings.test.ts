import * as v from 'valibot';
import { expect, test } from 'vitest';
import { NextCards, RateExample, RewriteExample, Score } from '../../src/lib/contract/ratings.ts';
import { fromForm } from '../support/data/form.ts';

const [NewRating, NewRewrite, QueueRequest] = [RateExample.input, RewriteExample.input, NextCards.input];
const exampleId = '0198f3a2-7c41-7d3e-9b1a-2f6c8d0e4b5a';
const clientId = '0198f3a2-7c41-7d3e-9b1a-2f6c8d0e4b5b';
const problem = (schema: v.GenericSchema, input: unknown) => v.safeParse(schema, input).issues?.[0].message;

test('a score is a whole number from 1 to 10, from JSON or from a form', () => {
	expect(v.parse(Score, 10)).toBe(10);
	expect(fromForm(v.object({ score: Score }), { score: ' 8 ' })).toEqual({ score: 8 });
	for (const wrong of [0, 11, 8.5, '8.5', '', 'good', null, undefined, NaN, true, [8]])
		expect(problem(Score, wrong)).toMatch(/^A rating is/);
});

test('a rating is a score, or takes one back', () => {
	expect(v.parse(NewRating, fromForm(NewRating, { exampleId, score: '3', clientId }))).toEqual({
		exampleId,
		score: 3,
		clientId
	});
	expect(v.parse(NewRating, { exampleId, score: null, clientId }).score).toBeNull();
	expect(v.safeParse(NewRating, { exampleId, clientId }).success).toBe(false);
	expect(v.safeParse(NewRating, { exampleId, score: '', clientId }).success).toBe(false);
	expect(problem(NewRating, { exampleId: '7', score: 3, clientId })).toMatch(/^The example/);
});

test('a rewrite keeps its text as written and is rated 9 unless the person says otherwise', () => {
	const output = '  Dear Ana,\n\nyour parcel is on its way.\n';
	expect(v.parse(NewRewrite, { exampleId, output, clientId })).toEqual({ exampleId, output, score: 9, clientId });
	expect(v.parse(NewRewrite, fromForm(NewRewrite, { exampleId, output, score: '10', clientId })).score).toBe(10);
});

test.each([
	['empty', ''],
	['blank', ' \n\t '],
	['too long', 'x'.repeat(400_001)],
	['with a null character', 'a\u0000b'],
	['with half of a character', 'a\ud800b']
])('a rewrite that is %s is refused in a sentence', (_, output) => {
	expect(problem(NewRewrite, { exampleId, output, clientId })).toMatch(/^(The|A) rewrite /);
});

test('the queue shows unrated, newest first, unless the address says otherwise', () => {
	expect(v.parse(QueueRequest, {})).toEqual({ filter: 'unrated', sort: 'newest', seed: 1, seen: [] });
	expect(
		v.parse(
			QueueRequest,
			fromForm(QueueRequest, { filter: 'below', sort: 'random', seed: '7', seen: `${exampleId},${clientId}` })
		)
	).toEqual({
		filter: 'below',
		sort: 'random',
		seed: 7,
		seen: [exampleId, clientId]
	});
	expect(v.parse(QueueRequest, { filter: 'nonsense', sort: '', seed: 'x', seen: [exampleId] })).toEqual({
		filter: 'unrated',
		sort: 'newest',
		seed: 1,
		seen: [exampleId]
	});
	expect(v.safeParse(QueueRequest, fromForm(QueueRequest, { seen: 'a,b' })).success).toBe(false);
});
