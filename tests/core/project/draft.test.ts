import * as v from 'valibot';
import { expect, test } from 'vitest';
import { ProjectDraft } from '../../../src/lib/core/project/draft.ts';

const id = '01902f6e-7b1a-7c3e-9f00-000000000001';
const project = { name: ' Support ', baseModel: 'sandbox-small' };
const problemsOf = (input: unknown) => {
	const result = v.safeParse(ProjectDraft, input);
	return result.success ? [] : result.issues.map((issue) => v.getDotPath(issue));
};

test('a project on a connection that is there', () => {
	expect(v.parse(ProjectDraft, { ...project, connectionId: id, provider: 'together', key: '' })).toEqual({
		name: 'Support',
		description: '',
		systemPrompt: '',
		baseModel: 'sandbox-small',
		connectionId: id
	});
});

test('a project together with a new connection', () => {
	expect(v.parse(ProjectDraft, { ...project, connectionId: 'new', provider: 'together', key: 'abc' })).toMatchObject({
		name: 'Support',
		connectionId: 'new',
		provider: 'together',
		key: 'abc'
	});
});

test('each problem is under its field', () => {
	expect(problemsOf({ ...project, connectionId: 'x' })).toEqual(['connectionId']);
	expect(problemsOf({ ...project })).toEqual(['connectionId']);
	expect(problemsOf({ ...project, connectionId: 'new', provider: 'together' })).toEqual(['key']);
	expect(problemsOf({ ...project, connectionId: 'new', provider: 'openai-compatible' })).toEqual(['baseUrl']);
	expect(problemsOf({ connectionId: id, name: '', baseModel: '' })).toEqual(['name', 'baseModel']);
	for (const nothing of [null, undefined, 'x', []]) expect(problemsOf(nothing).length).toBeGreaterThan(0);
});
