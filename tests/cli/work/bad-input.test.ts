import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { lock } from '../../../src/cli/files/lock.ts';
import { asFailure } from '../../../src/cli/files/write.ts';
import { ait, examplesOf, linesOf, newFolder, originalLine, originalProject, rowsOf } from '../../support/app/cli.ts';

test.each([
	['{"name": "x",}', 'line 1, column 14', 'remove the comma before it'],
	['{\n  "name": "x"\n  "provider": "together"\n}', 'line 3, column 3', 'a comma is missing before it'],
	["{\n  'name': 1}", 'line 2, column 3', 'write " instead of'],
	['{"name": // the name\n 1}', 'line 1, column 10', 'JSON has no comments'],
	['{"name": "x', 'line 1, column 10', 'this text has no end'],
	['{"name": "x"', 'line 1, column 13', 'a closing } or ] is missing'],
	['{"name": "x", "runs": [,]}', 'line 1, column 24', 'remove this comma'],
	['{"name": x}', 'line 1, column 10', 'put this text into'],
	['{} {}', 'line 1, column 4', 'remove what stands behind the end']
])('a broken .aitelier.json: %j', async (text, place, mend) => {
	const folder = originalProject([]);
	fs.writeFileSync(path.join(folder, '.aitelier.json'), text);
	const { code, err } = await ait(folder, 'stats');
	expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining(place) });
	expect(err).toContain(mend);
	expect(fs.readFileSync(path.join(folder, '.aitelier.json'), 'utf8')).toBe(text);
});

test.each([
	['', 'is empty', 'mv .aitelier.json .aitelier.json.old && ait init'],
	[Buffer.from('{"name":"x"}', 'utf16le'), 'is not saved as UTF-8', 'save it as UTF-8']
])('an .aitelier.json that is no text of ours: %j', async (bytes, words, mend) => {
	const folder = originalProject([]);
	fs.writeFileSync(path.join(folder, '.aitelier.json'), bytes);
	const { code, err } = await ait(folder, 'stats');
	expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining(`.aitelier.json ${words}.`) });
	expect(err).toContain(mend);
});

test('settings that are no settings are named', async () => {
	for (const [config, words] of [
		[{ provider: 'azure' }, 'the provider "azure"'],
		[{ qualityThreshold: 11 }, '"qualityThreshold"'],
		[{ name: '' }, 'no "name"'],
		[{ runs: {} }, '"runs"']
	] as const)
		expect(await ait(originalProject([], config), 'stats')).toMatchObject({
			code: 1,
			err: expect.stringContaining(words)
		});
	const old = newFolder();
	fs.writeFileSync(path.join(old, '.ftpipeline.json'), '{}');
	expect((await ait(old, 'stats')).err).toContain('mv .ftpipeline.json .aitelier.json');
});

test('lines that cannot be read are told and stay, whatever else is done', async () => {
	const bad = [
		'{"id":2,"messages":[{"role":"us',
		'{"id":3,"messages":[]}',
		originalLine(4, { rating: 11 }),
		originalLine(5, { rating: '9' })
	];
	const folder = originalProject([originalLine(1), ...bad, originalLine(6, { rating: 9 })]);
	const stats = await ait(folder, 'stats --json');
	expect(stats).toMatchObject({
		code: 1,
		err: expect.stringContaining('4 lines of data/examples.jsonl cannot be read')
	});
	expect(stats.json()).toMatchObject({ total: 2, unreadable: 4 });
	expect((await ait(folder, 'list')).code).toBe(1);
	expect((await ait(folder, 'rate', { keys: '9' })).code).toBe(1);
	expect((await ait(folder, 'split')).code).toBe(1);
	expect(linesOf(folder).slice(1, 5)).toEqual(bad);
	expect(rowsOf(originalProject([]))).toEqual([]);
	const doctor = await ait(folder, 'doctor --offline');
	expect(doctor.code).toBe(1);
	for (const line of [2, 3, 4, 5]) expect(doctor.out).toContain(`Line ${line}`);
});

test('of very many lines one is bad: all others come in and go out, it stays, one sentence names it, and the end is 1', async () => {
	const rows = 21_000; // more than are compared with each other, as with a million
	const at = 12_345; // well behind the first piece that is read
	const bad = '{"id":12345,"messages":[{"role":"user","content":"Where';
	const lines = Array.from({ length: rows }, (_, index) =>
		index === at - 1 ? bad : originalLine(index + 1, { rating: 9 })
	);
	const folder = originalProject([]);
	const file = path.join(folder, 'many.jsonl');
	fs.writeFileSync(file, lines.join('\n'));
	const imported = await ait(folder, 'import many.jsonl --json');
	expect(imported.json()).toMatchObject({ added: rows - 1, known: 0, refused: 1 });
	expect(imported).toMatchObject({ code: 1, err: expect.stringContaining(`Line ${at} is not valid JSON`) });
	expect(imported.err.match(/Line \d+/g)).toEqual([`Line ${at}`]);
	expect(JSON.parse(fs.readFileSync(path.join(folder, 'data', 'refused.jsonl'), 'utf8'))).toMatchObject({
		line: at,
		text: bad
	});

	const whole = originalProject(lines);
	const told = `One line of data/examples.jsonl cannot be read, and stays as it is:`;
	for (const [command, expected] of [
		['stats', { total: rows - 1, unreadable: 1 }],
		['split', { moved: rows - 1 }],
		['format', { train: Math.floor(0.8 * (rows - 1)) }]
	] as const) {
		const { code, err, json } = await ait(whole, `${command} --json`);
		expect({ code, err }, command).toMatchObject({ code: 1, err: expect.stringContaining(told) });
		expect(err.match(/Line \d+/g), command).toEqual([`Line ${at}`]);
		expect(json()).toMatchObject(expected);
	}
	expect(linesOf(whole)).toHaveLength(rows);
	expect(linesOf(whole)[at - 1]).toBe(bad);
	const written = ['train', 'val'].map((side) => fs.readFileSync(path.join(whole, 'data', `${side}.jsonl`), 'utf8'));
	expect(written.join('').trim().split('\n')).toHaveLength(rows - 1);
});

test('a half-written last line stays one of its own when something is added', async () => {
	const folder = originalProject([]);
	fs.writeFileSync(examplesOf(folder), `${originalLine(1)}\n{"id":2,"mess`);
	await ait(folder, ['add', '-i', 'x', '-o', 'y']);
	expect(linesOf(folder)).toHaveLength(3);
	expect(linesOf(folder)[1]).toBe('{"id":2,"mess');
	// its number is taken, whatever became of it
	expect(JSON.parse(linesOf(folder)[2]!)).toMatchObject({ id: 3 });
});

test('a file with other line ends and a mark keeps them', async () => {
	const folder = originalProject([]);
	fs.writeFileSync(examplesOf(folder), `\ufeff${originalLine(1)}\r\n\r\n${originalLine(2)}\r\n`);
	await ait(folder, 'rate 2 --score 9');
	await ait(folder, ['add', '-i', 'x', '-o', 'y', '--rating', '8']);
	await ait(folder, 'split');
	const text = fs.readFileSync(examplesOf(folder), 'utf8');
	expect(text.startsWith(`\ufeff${originalLine(1)}\r\n\r\n`)).toBe(true);
	expect(text.replaceAll('\r\n', '')).not.toContain('\n');
	expect(text.match(/\r\n/g)).toHaveLength(4);
});

test('two at once: the second is told who is at work, and what a dead process left holds nobody up', async () => {
	const folder = originalProject([originalLine(1)]);
	const other = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
	const file = path.join(folder, 'data', '.ait.lock');
	fs.writeFileSync(file, JSON.stringify({ pid: other.pid, host: os.hostname(), command: 'rate' }));
	const refused = await ait(folder, 'rate 1 --score 9');
	expect(refused).toMatchObject({
		code: 1,
		err: expect.stringContaining(`ait rate is at work in this project (process ${other.pid})`)
	});
	expect((await ait(folder, 'stats')).code).toBe(0);
	other.kill('SIGKILL');
	await once(other, 'exit');
	expect((await ait(folder, 'rate 1 --score 9')).code).toBe(0);
	expect(fs.existsSync(file)).toBe(false);
	const release = lock(path.join(folder, 'data'), 'first');
	expect(() => lock(path.join(folder, 'data'), 'second')).toThrow('ait first is at work');
	release();
});

test('what a killed command had begun to write beside a file is swept away', async () => {
	const folder = originalProject([originalLine(1)]);
	fs.writeFileSync(`${examplesOf(folder)}.4711.tmp`, 'half');
	await ait(folder, 'rate 1 --score 9');
	expect(fs.readdirSync(path.join(folder, 'data')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('a full disk and a folder that may not be written leave what was there', () => {
	// as root nothing is read-only, so the system's answers are given by hand
	for (const [code, words] of [
		['ENOSPC', 'The disk is full'],
		['EACCES', 'may not be written'],
		['EROFS', 'may not be written']
	] as const)
		expect(asFailure(Object.assign(new Error(code), { code }), 'data/examples.jsonl')).toMatchObject({
			name: 'Failure',
			message: expect.stringContaining(words)
		});
});
