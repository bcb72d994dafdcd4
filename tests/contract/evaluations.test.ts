import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import * as results from '../../src/lib/contract/evaluation-results.ts';
import * as evaluations from '../../src/lib/contract/evaluations.ts';
import type { Operation } from '../../src/lib/contract/operation.ts';
import { fromForm } from '../support/data/form.ts';

const { CreateEvaluation, NextPairs, Vote } = evaluations;
const { GetResults } = results;
const [NewEvaluation, NewVote] = [CreateEvaluation.input, Vote.input];
const run = '0198f3a2-7c41-7d3e-9b1a-2f6c8d0e4b5a';
const other = '0198f3a2-7c41-7d3e-9b1a-2f6c8d0e4b5b';
const problem = (schema: typeof NewEvaluation | typeof NewVote, input: unknown) => {
	const issue = v.safeParse(schema, input).issues?.[0];
	return issue && `${v.getDotPath(issue)}: ${issue.message}`;
};

const parsed = (fields: Record<string, string>) => v.parse(NewEvaluation, fromForm(NewEvaluation, fields));

test('an evaluation is set up from a form or from JSON', () => {
	const sampling = { temperature: 0, thinking: false };
	const full = { runId: run, against: 'base', promptsFrom: 'validation', pairs: 40, votes: 1, delta: 20, ...sampling };
	expect(parsed({ runId: run, against: 'base', pairs: '40' })).toEqual(full);
	expect(v.parse(NewEvaluation, { runId: run, against: 'base', pairs: 40 })).toEqual(full);
	const sampled = {
		runId: run,
		against: 'base',
		pairs: '40',
		temperature: '0.7',
		maxTokens: '64',
		thinking: 'on',
		name: ' Spring '
	};
	expect(parsed(sampled)).toMatchObject({
		temperature: 0.7,
		maxTokens: 64,
		thinking: true,
		name: 'Spring'
	});
	expect(v.parse(NewEvaluation, { ...full, against: other }).against).toBe(other);
	expect(v.parse(NewEvaluation, { ...full, promptsFrom: 'pool' }).promptsFrom).toBe('pool');
});

test('what is wrong is said under its field', () => {
	const good = { runId: run, against: 'base' };
	expect(problem(NewEvaluation, { ...good, pairs: 40 })).toBeUndefined();
	expect(problem(NewEvaluation, { ...good, pairs: 40, against: run })).toMatch(/^against: .*itself/);
	expect(problem(NewEvaluation, { ...good, pairs: 40, against: run.toUpperCase() })).toMatch(/^against: .*itself/);
	expect(problem(NewEvaluation, { ...good, pairs: 40, against: 'gpt' })).toMatch(/^against: /);
	expect(problem(NewEvaluation, fromForm(NewEvaluation, { ...good, pairs: '12.5' }))).toMatch(
		/^pairs: .* whole number/
	);
	expect(problem(NewEvaluation, { ...good, pairs: 0 })).toMatch(/^pairs: .* at least 1/);
	expect(problem(NewEvaluation, { ...good, pairs: 40, votes: 4 })).toMatch(/^votes: .* at most 3/);
	expect(problem(NewEvaluation, { ...good, pairs: 40, delta: 0 })).toMatch(/^delta: .* at least 1/);
	expect(problem(NewEvaluation, { ...good, pairs: 40, temperature: 2.1 })).toMatch(/^temperature: .* at most 2/);
	expect(problem(NewEvaluation, { ...good, pairs: 40, maxTokens: 15 })).toMatch(/^maxTokens: .* at least 16/);
	expect(problem(NewEvaluation, { ...good, pairs: 40, runId: undefined })).toMatch(/^runId: /);
});

test('a vote names a place on the screen, or takes the earlier one back', () => {
	const vote = { evaluationId: run, ballotId: run, choice: 'first', clientId: other };
	for (const choice of ['first', 'tie', 'second', 'both_bad', null]) {
		expect(v.parse(NewVote, { ...vote, choice }).choice).toBe(choice);
	}
	for (const choice of ['a', 'b', 'base', '', undefined])
		expect(problem(NewVote, { ...vote, choice })).toMatch(/^choice: /);
});

test('an address asks for a place among the pairs, and for a page of the results', () => {
	const from = (schema: v.GenericSchema, fields: Record<string, string>) =>
		v.safeParse(schema, fromForm(schema, { evaluationId: run, ...fields }));
	expect(from(NextPairs.input, {}).output).toEqual({ evaluationId: run, after: -1, again: false });
	expect(from(NextPairs.input, { after: '4' }).output).toEqual({ evaluationId: run, after: 4, again: false });
	expect(from(GetResults.input, {}).output).toEqual({ evaluationId: run, show: 'all', page: 1 });
	expect(from(GetResults.input, { show: 'both-bad', page: '2' }).output).toMatchObject({ show: 'both-bad', page: 2 });
	for (const [name, wrong] of [
		['show', 'some'],
		['page', '0'],
		['page', 'last']
	] as const)
		expect(from(GetResults.input, { [name]: wrong }).success).toBe(false);
});

const operations = [...Object.values(evaluations), ...Object.values(results)].filter(
	(one): one is never => typeof one === 'object' && one.kind !== 'schema'
) as Operation[];

test.each(operations.map((operation) => [operation.name, operation] as const))(
	'%s shows what it takes',
	(_, operation) => {
		expect(v.safeParse(operation.input, operation.example.input).issues).toBeUndefined();
		const ignoreActions = ['trim', 'check', 'partial_check'];
		toJsonSchema(operation.input, { errorMode: 'throw', ignoreActions });
	}
);
