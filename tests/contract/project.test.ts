import * as v from 'valibot';
import { expect, test } from 'vitest';
import { CreateProject, UpdateProject } from '../../src/lib/contract/project.ts';
import { fromForm } from '../support/data/form.ts';

const NewProject = CreateProject.input;

const id = '01902f6e-7b1a-7c3e-9f00-000000000001';
const project = { name: ' Support ', baseModel: 'sandbox-small' };
const problemsOf = (input: unknown) => {
	const result = v.safeParse(NewProject, input);
	return result.success ? [] : result.issues.map((issue) => v.getDotPath(issue));
};
/** What the page sends. */
const sent = (fields: Record<string, string>) => fromForm(NewProject, { clientId: id, ...fields });

test('a project on a connection that is there', () => {
	expect(v.parse(NewProject, sent({ ...project, connectionId: id, provider: 'together', key: '' }))).toEqual({
		clientId: id,
		name: 'Support',
		description: '',
		systemPrompt: '',
		baseModel: 'sandbox-small',
		connectionId: id,
		connection: null
	});
});

test('a project together with a new connection', () => {
	const fields = { ...project, connectionId: '', 'connection.provider': 'together', 'connection.key': 'abc' };
	expect(v.parse(NewProject, sent(fields))).toMatchObject({
		name: 'Support',
		connectionId: null,
		connection: { provider: 'together', key: 'abc', name: '', baseUrl: '' }
	});
});

test('each problem is under its field', () => {
	expect(problemsOf(sent({ ...project, connectionId: 'x' }))).toEqual(['connectionId']);
	expect(problemsOf({ ...project, clientId: id })).toEqual(['connectionId']);
	expect(problemsOf(sent({ ...project, connectionId: '', 'connection.provider': 'together' }))).toEqual([
		'connection.key'
	]);
	expect(problemsOf(sent({ ...project, connectionId: '', 'connection.provider': 'openai-compatible' }))).toEqual([
		'connection.baseUrl'
	]);
	expect(problemsOf({ ...project, clientId: id, connectionId: id, connection: { provider: 'sandbox' } })).toEqual([
		'connectionId'
	]);
	expect(problemsOf(sent({ connectionId: id, name: '', baseModel: '' }))).toEqual(['name', 'baseModel']);
	for (const nothing of [null, undefined, 'x', []]) expect(problemsOf(nothing).length).toBeGreaterThan(0);
});

test('a quality threshold is a whole number from 1 to 10, also from a form', () => {
	const settings = { ...project, connectionId: id };
	const parse = (qualityThreshold: string) =>
		v.safeParse(UpdateProject.input, fromForm(UpdateProject.input, { ...settings, qualityThreshold }));
	expect(parse('8').output).toMatchObject({ qualityThreshold: 8 });
	for (const wrong of ['0', '11', '7.5', '', 'good']) expect(parse(wrong).success, wrong).toBe(false);
});
