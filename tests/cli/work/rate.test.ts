import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readExample } from '../../../src/cli/files/examples.ts';
import { openPending } from '../../../src/cli/files/pending.ts';
import { ait, examplesOf, linesOf, originalLine, originalProject, rowsOf } from '../../support/app/cli.ts';

const three = () => originalProject([originalLine(1), originalLine(2, { rating: 6 }), originalLine(3)]);

test('keys rate what has no rating, and nothing else changes', async () => {
	const folder = three();
	const before = linesOf(folder);
	const { code, out, painted } = await ait(folder, 'rate', { keys: '90' });
	expect({ code, out }).toEqual({ code: 0, out: '2 of 2 shown, 2 rated, 0 rewritten, 0 skipped, 9.5 on average.\n' });
	expect(rowsOf(folder).map(({ rating }) => rating)).toEqual([9, 6, 10]);
	expect(linesOf(folder)[1]).toBe(before[1]);
	expect(linesOf(folder)[0]).toBe(before[0]!.replace('"rating":null', '"rating":9'));
	// the whole screen, given back as it was
	expect(painted).toContain('\u001b[?1049h');
	expect(painted.trimEnd().lastIndexOf('\u001b[?1049l')).toBeGreaterThan(painted.lastIndexOf('\u001b[?1049h'));
});

test('a terminal that only writes on shows card below card', async () => {
	const folder = three();
	const { code, painted } = await ait(folder, 'rate', { keys: '9q', env: { TERM: 'dumb' } });
	expect(code).toBe(0);
	expect(painted).not.toContain('\u001b');
	expect(painted.indexOf('Question 1?')).toBeLessThan(painted.indexOf('Question 3?'));
	expect(rowsOf(folder).map(({ rating }) => rating)).toEqual([9, 6, null]);
});

test('a decision can be taken back, and cards can be left out and come back to', async () => {
	const folder = three();
	await ait(folder, 'rate --filter all', { keys: '7u8s\u001b[D\u001b[D4q' });
	expect(rowsOf(folder).map(({ rating }) => rating)).toEqual([4, 6, null]);
	const twice = three();
	await ait(twice, 'rate', { keys: '79uuq' });
	expect(linesOf(twice)).toEqual(linesOf(three()));
});

test('a rewrite keeps the model’s words and asks for a rating that is good', async () => {
	const folder = three();
	const { out, painted } = await ait(folder, 'rate', { keys: 'iA better one.\r.\r\rq' });
	expect(out).toContain('1 rewritten');
	// what is written better stands above it, and nothing of this is left behind
	const [written] = painted.split('\u001b[2J').filter((card) => card.includes('Write it better.'));
	expect(written).toMatch(/Question 1\?[^]+Answer 1\.[^]+Write it better\.[^]+A better one\./);
	expect(painted.split('\u001b[?1049l')).toHaveLength(2);
	expect(rowsOf(folder)[0]).toMatchObject({ rating: 9, originalOutput: 'Answer 1.', version: 2 });
	expect(rowsOf(folder)[0].messages.at(-1).content).toBe('A better one.');
});

test('in $EDITOR too, and what is left empty changes nothing', async () => {
	const folder = three();
	const editor = path.join(folder, 'editor.sh');
	fs.writeFileSync(editor, '#!/bin/sh\nprintf "Edited." > "$1"\n', { mode: 0o755 });
	const env = { EDITOR: editor, PATH: process.env.PATH! };
	await ait(folder, 'rate', { keys: 'r', env });
	expect(rowsOf(folder)[0]).toMatchObject({ rating: null, originalOutput: 'Answer 1.' });
	fs.writeFileSync(editor, '#!/bin/sh\n: > "$1"\n');
	await ait(folder, 'rate 3', { keys: 'r', env });
	expect(rowsOf(folder)[2]).not.toHaveProperty('originalOutput');
});

test('scripts name the examples and the score', async () => {
	const folder = three();
	expect((await ait(folder, 'rate 1 3 --score 10 --json')).json().rated).toHaveLength(2);
	expect(rowsOf(folder).map(({ rating }) => rating)).toEqual([10, 6, 10]);
	expect(await ait(folder, 'rate')).toMatchObject({ code: 2, err: expect.stringContaining('--score') });
	expect((await ait(folder, 'rate 1 --score 8.5')).code).toBe(2);
	expect((await ait(folder, 'rate 99 --score 9')).code).toBe(1);
});

test('--min shows what is rated below it, as the original did', async () => {
	const folder = originalProject([originalLine(1, { rating: 9 }), originalLine(2, { rating: 6 })]);
	await ait(folder, 'rate --min 8', { keys: '8' });
	expect(rowsOf(folder).map(({ rating }) => rating)).toEqual([9, 8]);
});

test('what a session decided before the power went is found by the next command', async () => {
	const folder = three();
	const bytes = linesOf(folder)[2]!;
	const pending = openPending({ folder });
	pending.put(3, bytes, bytes.replace('"rating":null', '"rating":2'));
	pending.close();
	fs.appendFileSync(path.join(folder, 'data', '.ait.pending.jsonl'), '{"line":1,"was":"cut o');
	const { err, json } = await ait(folder, 'stats --json');
	expect(err).toContain('Took over one decision');
	expect(json().rated).toBe(2);
	expect(fs.existsSync(path.join(folder, 'data', '.ait.pending.jsonl'))).toBe(false);
});

test('was the file changed by hand meanwhile, a decision finds its line by what it said', async () => {
	const folder = three();
	const bytes = linesOf(folder)[2]!;
	const pending = openPending({ folder });
	pending.put(3, bytes, bytes.replace('"rating":null', '"rating":2'));
	pending.close();
	fs.writeFileSync(examplesOf(folder), [originalLine(9), ...linesOf(folder)].join('\n'));
	await ait(folder, 'stats');
	expect(rowsOf(folder).map(({ id, rating }) => [id, rating])).toEqual([
		[9, null],
		[1, null],
		[2, 6],
		[3, 2]
	]);
	expect(readExample(linesOf(folder)[3]!, 4)).toMatchObject({ rating: 2 });
});
