import { afterAll, beforeEach, expect, test } from 'vitest';
import {
	addExample,
	deleteExamples,
	importExamples,
	restoreExamples
} from '../../../src/lib/server/examples/commands.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { applySplit, moveExamples } from '../../../src/lib/server/splits/commands.ts';
import { type ProjectScope, inProject } from '../../../src/lib/server/access/scope.ts';
import { raw } from '../../support/database/raw.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

let scope: ProjectScope;

beforeEach(async () => {
	const team = await newTeam();
	await newProject(team.scope);
	scope = await inProject(team.scope, 'support');
});

const conversation = (question: string, answer: string) => [
	{ role: 'user' as const, content: question },
	{ role: 'assistant' as const, content: answer }
];
const write = async (question: string, answer = 'Yes.', rating = 9) =>
	(await addExample(scope, { messages: conversation(question, answer), rating, keepTwins: true })).id;
const move = (id: string, side: 'train' | 'validation' | 'unassigned') => moveExamples(scope, { ids: [id], side });
const remove = (id: string) => deleteExamples(scope, { ids: [id] });
const restore = (id: string) => restoreExamples(scope, { ids: [id] });
const sideOf = async (id: string) =>
	(await raw(scope, (sql) => sql`select split from examples where id = ${id}`))[0]!.split;
const update = (id: string, change: string) =>
	raw(scope, (sql) => sql.unsafe(`update examples set ${change} where id = '${id}'`));

test('deleted, written again and moved to train: a validation prompt stays one', async () => {
	const first = await write('Where is my parcel?');
	await move(first, 'validation');
	await remove(first);
	const again = await write('where  is my PARCEL?'); // the same prompt, however it is spelt
	await expect(move(again, 'train')).rejects.toMatchObject({
		code: 'conflict',
		message: 'This example has the same prompt as one on the other side; the model would know the answer.'
	});
	await move(again, 'validation');
	expect(await sideOf(again)).toBe('validation');
});

test('nor with another answer, nor through the automatic split, nor from a file', async () => {
	const first = await write('Where is my parcel?');
	await move(first, 'validation');
	await remove(first);
	const twin = await write('Where is my parcel?', 'On its way.');
	for (let i = 0; i < 9; i++) await write(`Another question ${i}?`);
	await applySplit(scope, { ratio: 0.8, seed: 1 });
	expect(await sideOf(twin)).toBe('validation');
	const line = { messages: conversation('Where is my parcel?', 'From a file.'), split: 'train' };
	const lines = [{ number: 1, text: JSON.stringify(line) }];
	expect(await importExamples(scope, { fileName: 'a.jsonl', lines, keepTwins: true })).toMatchObject({ added: 1 });
	const [imported] = await raw(scope, (sql) => sql`select split from examples where origin = 'import'`);
	expect(imported).toEqual({ split: null });
});

test('the same conversation again is moved by the automatic split, not the deleted one', async () => {
	const first = await write('Where is my parcel?');
	await move(first, 'validation');
	await remove(first);
	const again = await write('Where is my parcel?');
	expect(await applySplit(scope, { ratio: 0.8, seed: 1 })).toEqual({ moved: 1 });
	expect(await sideOf(again)).toBe('validation');
});

test('a deleted train example lets its prompt go, and cannot come back beside a validation example', async () => {
	const first = await write('Where is my parcel?');
	await move(first, 'train');
	await remove(first);
	const again = await write('Where is my parcel?', 'On its way.');
	await move(again, 'validation');
	await expect(restore(first)).rejects.toMatchObject({ code: 'conflict' });
	await remove(again);
	await expect(restore(first)).rejects.toMatchObject({ code: 'conflict' });
	await restore(again);
});

test('a deleted example does not become a measure of what is in train', async () => {
	const [one, two] = [await write('Where is my parcel?'), await write('Where is my parcel?', 'On its way.')];
	await remove(one);
	await move(two, 'train');
	await expect(update(one, `split = 'validation'`)).rejects.toMatchObject({ code: 'AI003' });
	await update(one, `split = 'train'`);
});

test('by raw SQL: not out of its project, not with other words, not with a false hash, not unlocked and not erased', async () => {
	const other = (await newProject(scope, { slug: 'other' })).project.id;
	const id = await write('Where is my parcel?');
	await move(id, 'validation');
	// its rating refers to it, and speaks first
	for (const change of [`project_id = '${other}'`, `project_id = '${other}', split = 'train'`])
		await expect(update(id, change), change).rejects.toMatchObject({ code: '23503' });
	for (const change of [
		`messages = '[{"role":"user","content":"x"},{"role":"assistant","content":"y"}]'`,
		`prompt_hash = 'false'`,
		`prompt_hash = 'false', split = null`,
		`content_hash = 'false'`,
		`split = 'train'`,
		`split = null`,
		`split = null, deleted_at = now()`,
		`number = 100`
	])
		await expect(update(id, change), change).rejects.toMatchObject({ code: 'AI001' });
	await update(id, `split = 'validation'`); // where it is
	expect(await raw(scope, (sql) => sql`delete from examples returning id`)).toHaveLength(0);
	expect(await raw(scope, (sql) => sql`delete from projects returning id`)).toHaveLength(0);
	// an example without a place keeps its words and its hash too, so no prompt gets a second one
	const free = await write('And now?');
	for (const change of [`prompt_hash = 'false'`, `messages = '[]'`])
		await expect(update(free, change), change).rejects.toMatchObject({ code: 'AI006' });
});
