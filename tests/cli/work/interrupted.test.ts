import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ait, newFolder, originalLine, originalProject } from '../../support/app/cli.ts';
import { cutOff } from '../../support/app/cut-off.ts';

// Ctrl-C between any two steps of a command leaves each file as it was or as it will be; and so does a disk that is full.

const kept = ['.aitelier.json', 'data/examples.jsonl', 'data/train.jsonl', 'data/val.jsonl'];
const filesIn = (folder: string) =>
	kept.map((name) => {
		const file = path.join(folder, name);
		return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null;
	});

const newProject = () => {
	const rated = Array.from({ length: 30 }, (_, at) => originalLine(at + 1, { rating: 9 }));
	return originalProject([...rated, originalLine(31), originalLine(32)], {
		provider: 'sandbox',
		model: 'sandbox-small'
	});
};

const steps: [name: string, args: string[], before?: string][] = [
	['split', ['split']],
	['format', ['format'], 'split'],
	['rate', ['rate', '31', '--score', '9']],
	['edit', ['edit', '32', '--output', 'Other.']],
	['add', ['add', '--input', 'New?', '--output', 'Yes.']]
];

test.each(steps)(
	'ait %s, cut off anywhere',
	async (_, args, before) => {
		const given = newProject();
		if (before) expect((await ait(given, before)).code).toBe(0);
		const copy = () => {
			const folder = newFolder();
			fs.cpSync(given, folder, { recursive: true });
			return folder;
		};
		const whole = copy();
		const count = path.join(newFolder(), 'count');
		expect(await cutOff(whole, args, null, count)).toMatchObject({ code: 0 });
		const [old, next] = [filesIn(given), filesIn(whole)];
		/** The time at which an example was added is not the same twice. */
		const timeless = (text: string | null) => text?.replaceAll(/"createdAt":"[^"]+"/g, '') ?? null;
		const all = Number(fs.readFileSync(count, 'utf8'));
		expect(all).toBeGreaterThan(2);
		for (let at = 1; at <= all; at++) {
			const folder = copy();
			const { code, signal } = await cutOff(folder, args, at);
			expect(signal ?? code, `at step ${at}`).toSatisfy((end) => end === 'SIGINT' || end === 130);
			for (const [place, text] of filesIn(folder).entries())
				expect([timeless(old[place]!), timeless(next[place]!)], `${kept[place]} at step ${at}`).toContain(
					timeless(text)
				);
			// nothing is in the way of whoever asks again, and what was begun is swept away
			const { code: again, err } = await ait(folder, args);
			expect(again === 0 || err.includes('is here already'), err).toBe(true);
			expect(fs.readdirSync(path.join(folder, 'data')).filter((name) => /[.]tmp$|lock$/.test(name))).toEqual([]);
		}
	},
	300_000
);

test('on the screen, Ctrl-C keeps what was decided', async () => {
	const folder = newProject();
	expect((await ait(folder, 'rate', { keys: '8\u0003' })).out).toContain('1 rated');
	expect(filesIn(folder)[1]).toMatch(/"id":31,.*"rating":8/);
});

/** A disk of its own with hardly any room; undefined where this machine lets nobody mount one. */
const newSmallDisk = (): string | undefined => {
	const folder = newFolder();
	if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder]).status !== 0) return undefined;
	onTestFinished(() => void spawnSync('umount', [folder]));
	return folder;
};

test('a full disk: one sentence, exit code 1, and every file as it was', async ({ skip }) => {
	const disk = newSmallDisk();
	if (!disk) return skip('no file system can be mounted here');
	fs.cpSync(newProject(), disk, { recursive: true });
	expect((await ait(disk, 'split')).code).toBe(0);
	fs.writeFileSync(path.join(disk, 'more.jsonl'), '{"input":"More?","output":"Yes."}\n');
	const filler = fs.openSync(path.join(disk, 'filler'), 'w');
	expect(() => {
		for (;;) fs.writeSync(filler, Buffer.alloc(4096));
	}).toThrow('ENOSPC');
	fs.closeSync(filler);
	const before = filesIn(disk);
	for (const command of [
		'rate 31 --score 9',
		'edit 32 --rating 9',
		'split --reshuffle --seed 3 --yes',
		'format',
		'import more.jsonl',
		'add --input New? --output Yes.'
	]) {
		const { code, err } = await ait(disk, command);
		expect({ command, code, err }).toEqual({ command, code: 1, err: expect.stringContaining('The disk is full') });
		expect(err.trim().split('\n').length, err).toBeLessThanOrEqual(3);
		expect(filesIn(disk), command).toEqual(before);
	}
	expect(await ait(disk, 'rate', { keys: '9q' })).toMatchObject({
		code: 1,
		err: expect.stringContaining('The disk is full')
	});
	expect(filesIn(disk)).toEqual(before);
	expect(fs.readdirSync(path.join(disk, 'data')).filter((name) => name.startsWith('.ait.lock'))).toEqual([]);
	fs.rmSync(path.join(disk, 'filler'));
	expect((await ait(disk, 'rate 31 --score 9')).code).toBe(0);
});
