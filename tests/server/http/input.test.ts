import * as v from 'valibot';
import { expect, test } from 'vitest';
import { CreateProject } from '../../../src/lib/contract/project.ts';
import { RateExample } from '../../../src/lib/contract/ratings.ts';
import { DownloadRunFile, GetRun } from '../../../src/lib/contract/runs.ts';
import { inputOf } from '../../../src/lib/server/http/input.ts';

const runId = '0198f3a2-7c41-7d3e-9b1a-2f6c8d0e4b5a';
const at = (params: Record<string, string>, schema: v.GenericSchema<unknown, unknown>, sent: unknown = {}) =>
	inputOf({ params } as never, schema, sent);

test('the ids of the address are part of the input, whatever was sent by their name', () => {
	const found = at({ team: 'a', project: 'b', run: runId }, GetRun.input, { runId: 'another' });
	expect(found).toMatchObject({ success: true, output: { runId } });
});

test('an id in an address that is none of ours leads nowhere', () => {
	expect(() => at({ run: 'nonsense' }, GetRun.input)).toThrow(
		expect.objectContaining({ code: 'not_found', message: expect.stringMatching(/nothing at this address/) })
	);
});

test('a word in an address that is none of a few leads nowhere, and says which there are', () => {
	expect(at({ run: runId, kind: 'train' }, DownloadRunFile.input)).toMatchObject({ success: true });
	expect(() => at({ run: runId, kind: 'test' }, DownloadRunFile.input)).toThrow(
		expect.objectContaining({
			code: 'not_found',
			message: 'A run sends a train file and a validation file.'
		})
	);
});

test('a field that is missing is asked for by its own sentence', () => {
	const sentences = (schema: v.GenericSchema<unknown, unknown>) =>
		Object.fromEntries((at({}, schema).issues ?? []).map((issue) => [v.getDotPath(issue), issue.message]));
	expect(sentences(CreateProject.input)).toEqual({
		clientId: 'The id of this form is missing',
		name: 'Give it a name',
		baseModel: 'Choose a model'
	});
	expect(sentences(RateExample.input)).toMatchObject({
		exampleId: 'The example is missing',
		score: 'A rating is a number'
	});
});

test.each([[null], [5], ['x'], [true], [[]], [[{ runId }]]])('%j is no input', (sent) => {
	expect(() => at({}, GetRun.input, sent)).toThrow(
		expect.objectContaining({ code: 'invalid', message: 'The body is not a JSON object' })
	);
});
