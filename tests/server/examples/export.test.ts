import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import type { ExportFormat } from '../../../src/lib/contract/examples.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { deleteExamples, exportExamples, importExamples } from '../../../src/lib/server/examples/commands.ts';
import { getExample, listExamples } from '../../../src/lib/server/examples/queries.ts';
import { download } from '../../../src/lib/server/http/download.ts';
import { rewriteExample } from '../../../src/lib/server/ratings/commands.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

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
const take = async (scope: Scope, slug = 'support', format: ExportFormat = 'full') => {
	const { pieces } = await exportExamples(await inProject(scope, slug), { format });
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

test('while some lines are handed on, the database writes the next, and no more than that', async () => {
	const { scope } = await newTeam();
	await newProject(scope);
	await bring(
		scope,
		'support',
		Array.from({ length: 4_100 }, (_, n) => line(`${n}?`))
	);
	const here = await inProject(scope, 'support');
	let begun = 0;
	const tx: Scope['tx'] = (work) => (begun++, here.tx(work));
	const { pieces } = await exportExamples({ ...here, tx }, { format: 'full' });
	const seen: [number, number][] = [];
	for await (const piece of pieces) seen.push([String(piece).split('\n').length - 1, begun]);
	// that it is exported, these, and the next
	expect(seen).toEqual([
		[2_000, 3],
		[2_000, 4],
		[100, 4]
	]);
});

test('the files of a training are what one would learn from, or be measured on, if it began now', async () => {
	const { scope } = await newTeam();
	await newProject(scope);
	await bring(scope, 'support', [
		line('Good?', { rating: 9, split: 'train' }),
		line('Bettered?', { rating: 9, split: 'train', rewrite: 'Better' }),
		line('Bad?', { rating: 3, split: 'train' }),
		line('Measured?', { rating: 9, split: 'validation' }),
		line('Nowhere?', { rating: 9 })
	]);
	const asked = async (format: ExportFormat) =>
		(await take(scope, 'support', format)).lines.map((text) => JSON.parse(text).messages);
	const system = { role: 'system', content: 'Be kind.' };
	expect(await asked('train')).toEqual([
		[system, { role: 'user', content: 'Good?' }, { role: 'assistant', content: 'The answer to Good?' }],
		[system, { role: 'user', content: 'Bettered?' }, { role: 'assistant', content: 'Better' }]
	]);
	expect((await asked('validation')).map((messages) => messages[1].content)).toEqual(['Measured?']);
});

test('preference pairs are the rewrites, and none of what measures', async () => {
	const { scope } = await newTeam();
	await newProject(scope);
	await bring(scope, 'support', [
		line('Bettered?', { split: 'train', rewrite: 'Better' }),
		line('Nowhere?', { rewrite: 'Better too' }),
		line('Measured?', { split: 'validation', rewrite: 'Better as well' }),
		line('As it was?', { rating: 9 })
	]);
	const { lines } = await take(scope, 'support', 'preference');
	expect(lines.map((text) => JSON.parse(text))).toEqual([
		{
			input: {
				messages: [
					{ role: 'system', content: 'Be kind.' },
					{ role: 'user', content: 'Bettered?' }
				]
			},
			preferred_output: [{ role: 'assistant', content: 'Better' }],
			non_preferred_output: [{ role: 'assistant', content: 'The answer to Bettered?' }]
		},
		expect.objectContaining({ preferred_output: [{ role: 'assistant', content: 'Better too' }] })
	]);
});

test('it has every example once, a page at a time, without those that were deleted', async () => {
	const { scope } = await newTeam();
	await newProject(scope);
	await bring(
		scope,
		'support',
		Array.from({ length: 4_203 }, (_, i) => line(`Question ${i}?`))
	);
	const { rows } = await listExamples(await inProject(scope, 'support'), {});
	await deleteExamples(await inProject(scope, 'support'), { ids: [rows[0]!.id, rows[1]!.id] });
	const { taken, lines } = await take(scope);
	expect(taken).toHaveLength(3);
	expect(lines.map((text) => JSON.parse(text).messages[0].content)).toEqual(
		Array.from({ length: 4_201 }, (_, i) => `Question ${i}?`)
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
	await expect(exportExamples({ ...(await as('rater')), project }, { format: 'full' })).rejects.toMatchObject({
		code: 'forbidden'
	});
	const stranger = (await newTeam()).scope;
	await expect(exportExamples({ ...stranger, project }, { format: 'full' })).rejects.toMatchObject({
		code: 'not_found'
	});
	await expect(inProject(stranger, 'support')).rejects.toMatchObject({ code: 'not_found' });
});

test('a browser that leaves ends the reading', async () => {
	const { scope } = await newTeam();
	await newProject(scope);
	await bring(
		scope,
		'support',
		Array.from({ length: 4_200 }, (_, i) => line(`Question ${i}?`))
	);
	const file = await exportExamples(await inProject(scope, 'support'), { format: 'full' });
	const response = download(file, 'application/jsonl');
	expect(response.headers.get('content-disposition')).toBe('attachment; filename="support-examples.jsonl"');
	const reader = response.body!.getReader();
	expect(new TextDecoder().decode((await reader.read()).value).split('\n')).toHaveLength(2001);
	await reader.cancel();
	expect(await file.pieces[Symbol.asyncIterator]().next()).toEqual({ value: undefined, done: true });
});
