import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { deleteExamples, exportExamples, importExamples } from '../../../src/lib/server/examples/commands.ts';
import { getExample, listExamples } from '../../../src/lib/server/examples/queries.ts';
import { download } from '../../../src/lib/server/http/download.ts';
import { rewriteExample } from '../../../src/lib/server/ratings/commands.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { newProject, newTeam } from '../../support/team.ts';

afterAll(() => closePools());

const line = (question: string, more: object = {}) =>
	JSON.stringify({
		messages: [
			{ role: 'user', content: question },
			{ role: 'assistant', content: `The answer to ${question}` }
		],
		...more
	});
const bring = async (scope: Scope, slug: string, texts: string[]) =>
	importExamples(await inProject(scope, slug), {
		fileName: 'a.jsonl',
		lines: texts.map((text, i) => ({ number: i + 1, text }))
	});
const take = async (scope: Scope, slug = 'support') => {
	const { pieces } = await exportExamples(await inProject(scope, slug));
	const taken: string[] = [];
	for await (const piece of pieces) taken.push(String(piece));
	return { taken, lines: taken.join('').split('\n').slice(0, -1) };
};

test('an export imports back to the same', async () => {
	const { scope } = await newTeam();
	await newProject(scope);
	await newProject(scope, { slug: 'other' });
	await bring(scope, 'support', [
		line('One?', { rating: 3, rewrite: 'Better', split: 'train' }),
		line('Two? "quoted"\n\t\\ and \u0000 and 😀', { split: 'validation', topic: 'parcels' }),
		line('Three?', { rating: 10 }),
		JSON.stringify({ input: 'Four?', output: 'Pairs too.', rating: 7, ticket: 'T-4' })
	]);
	const first = await take(scope);
	expect(await bring(scope, 'other', first.lines)).toMatchObject({ added: 4, duplicates: 0, refused: 0 });
	const second = await take(scope, 'other');

	const withoutId = (text: string) => ({ ...JSON.parse(text), exampleId: undefined });
	expect(first.lines.map((text) => JSON.parse(text).exampleId)).toEqual(Array(4).fill(undefined));
	expect(second.lines.map(withoutId)).toEqual(first.lines.map(withoutId));
	expect(first.lines.map(withoutId)).toMatchObject([
		{ rating: 3, rewrite: 'Better', split: 'train' },
		{ split: 'validation', topic: 'parcels', rating: null },
		{ rating: 10 },
		{ rating: 7, ticket: 'T-4', messages: [{ content: 'Four?' }, { content: 'Pairs too.' }] }
	]);
});

test('it has every example once, a page at a time, without those that were deleted', async () => {
	const { scope } = await newTeam();
	await newProject(scope);
	await bring(
		scope,
		'support',
		Array.from({ length: 1_203 }, (_, i) => line(`Question ${i}?`))
	);
	const { rows } = await listExamples(await inProject(scope, 'support'), {});
	await deleteExamples(await inProject(scope, 'support'), { ids: [rows[0]!.id, rows[1]!.id] });
	const { taken, lines } = await take(scope);
	expect(taken).toHaveLength(3);
	expect(lines.map((text) => JSON.parse(text).messages[0].content)).toEqual(
		Array.from({ length: 1_201 }, (_, i) => `Question ${i}?`)
	);
});

test('it carries the rewrite that counts now', async () => {
	const { scope } = await newTeam();
	await newProject(scope);
	await bring(scope, 'support', [line('One?')]);
	const id = (await listExamples(await inProject(scope, 'support'), {})).rows[0]!.id;
	await rewriteExample(await inProject(scope, 'support'), {
		exampleId: id,
		output: 'Mine',
		score: 9,
		clientId: randomUUID()
	});
	expect(JSON.parse((await take(scope)).lines[0]!)).toMatchObject({ id, rewrite: 'Mine', rating: 9 });
	expect((await getExample(await inProject(scope, 'support'), { exampleId: id })).messages.at(-1)!.content).toBe(
		'The answer to One?'
	);
});

test('the export of an empty project is an empty file', async () => {
	const { scope } = await newTeam();
	await newProject(scope);
	expect((await take(scope)).taken).toEqual([]);
});

test('it is not for raters, and finds no project of another team', async () => {
	const { scope, as } = await newTeam();
	await newProject(scope);
	const { project } = await inProject(scope, 'support');
	await expect(exportExamples({ ...(await as('rater')), project })).rejects.toMatchObject({ code: 'forbidden' });
	const stranger = (await newTeam()).scope;
	await expect(exportExamples({ ...stranger, project })).rejects.toMatchObject({ code: 'not_found' });
	await expect(inProject(stranger, 'support')).rejects.toMatchObject({ code: 'not_found' });
});

test('a browser that leaves ends the reading', async () => {
	const { scope } = await newTeam();
	await newProject(scope);
	await bring(
		scope,
		'support',
		Array.from({ length: 1_200 }, (_, i) => line(`Question ${i}?`))
	);
	const file = await exportExamples(await inProject(scope, 'support'));
	const response = download(file, 'application/jsonl');
	expect(response.headers.get('content-disposition')).toBe('attachment; filename="support-examples.jsonl"');
	const reader = response.body!.getReader();
	expect(new TextDecoder().decode((await reader.read()).value).split('\n')).toHaveLength(501);
	await reader.cancel();
	expect(await file.pieces[Symbol.asyncIterator]().next()).toEqual({ value: undefined, done: true });
});
