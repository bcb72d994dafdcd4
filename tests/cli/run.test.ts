import { expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { completions } from '../../src/cli/complete.ts';
import { deeds } from '../../src/cli/deeds.ts';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { helpOf } from '../../src/cli/help.ts';
import { nearest } from '../../src/cli/parse.ts';
import { version } from '../../src/cli/version.ts';
import { ascii, folded, harmless } from '../../src/cli/terminal/plain.ts';
import { ait, newFolder, originalLine, originalProject } from '../support/app/cli.ts';

test('every command has a deed, and every deed its words', () => {
	expect(Object.keys(deeds).sort()).toEqual(commands.map(({ name }) => name).sort());
});

test('the help of all of them fits 80 columns, and names each flag and example', async () => {
	const { code, out } = await ait(newFolder(), '--help');
	expect(code).toBe(0);
	for (const { name } of commands) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
	for (const { code: number } of Object.values(exitCodes)) expect(out).toContain(`  ${number}  `);
	for (const text of [out, ...commands.map(helpOf)])
		for (const line of text.split('\n'))
			if (!/^ {2}(ait|echo|cat) /.test(line)) expect(line.length, line).toBeLessThanOrEqual(80);
	for (const command of commands) {
		const help = helpOf(command);
		for (const flag of [...Object.keys(command.flags), 'json', 'quiet', 'help']) expect(help).toContain(`--${flag}`);
		expect(command.examples.length).toBeGreaterThan(0);
		expect(await ait(newFolder(), `help ${command.name}`)).toMatchObject({ code: 0, out: `${help}\n` });
		expect((await ait(newFolder(), `${command.name} --help`)).out).toBe(`${help}\n`);
	}
});

test('version, and nothing at all', async () => {
	expect(await ait(newFolder(), '--version')).toMatchObject({ code: 0, out: `${version}\n` });
	expect((await ait(newFolder(), '')).out).toContain('Usage');
});

test.each([
	['stat', 'ait stats'],
	['tarin', 'ait train'],
	['doctr', 'ait doctor'],
	['xyzzy', 'ait --help']
])('an unknown command names the nearest: %s', async (typed, mend) => {
	expect(await ait(newFolder(), typed)).toMatchObject({ code: 2, err: expect.stringContaining(`Try: ${mend}`) });
});

test.each([
	['list --mni 3', 'ait list does not know --mni', 'ait list --min'],
	['--verson', 'ait does not know --verson without a command', 'ait --version'],
	['-q stats', 'ait does not know -q without a command', 'ait --help'],
	['split --ratio', '--ratio needs a value', 'ait split --help'],
	['split --ratio abc', 'not "abc"', 'ait split --help'],
	['split --ratio 1', 'between 0 and 1', 'ait split --help'],
	['split --yes=no', '--yes takes no value', 'ait split --yes'],
	['list --split tran', '--split is one of train, val, none', 'ait list --split train'],
	['show', 'ait show needs', 'ait show --help'],
	['show 1 2', 'does not take "2"', 'ait show --help'],
	['train --epochs abc', 'a whole number from 1 to 20', 'ait train --help'],
	['train --learning-rate 5', 'from 1e-7 to 0.01', 'ait train --help'],
	['train --lora-r=-3', 'not "-3"', 'ait train --help'],
	['train --batch-size 0', 'from 1 to 128', 'ait train --help']
])('what is written wrongly changes nothing: %s', async (typed, words, mend) => {
	const { code, err, out } = await ait(newFolder(), typed);
	expect({ code, out }).toEqual({ code: 2, out: '' });
	expect(err.replace(/0\.0000001/, '1e-7')).toContain(words);
	expect(err).toContain(`Try: ${mend}`);
});

test('with --json an error is JSON too, with its exit code', async () => {
	const { code, json } = await ait(newFolder(), 'stats --json');
	expect(json()).toEqual({
		error: { ending: 'failed', code, message: 'There is no aitelier project here.', mend: 'ait init' }
	});
});

test('colours only on a terminal, and never against NO_COLOR; ASCII where the locale knows no more', async () => {
	const folder = originalProject([originalLine(1, { rating: 9 })]);
	expect((await ait(folder, 'stats')).painted).not.toContain('\u001b[');
	expect((await ait(folder, 'stats', { keys: '' })).painted).toContain('\u001b[32m');
	expect((await ait(folder, 'stats', { keys: '', env: { NO_COLOR: '1' } })).painted).not.toContain('\u001b[');
	expect((await ait(folder, 'stats', { env: { LANG: 'C' } })).out).toMatch(/^[\x00-\x7f]+$/);
	expect((await ait(folder, 'stats')).out).toContain('█');
});

test('words for plain terminals', () => {
	expect(ascii('≈ $4 … 🙂')).toBe('~ $4 ... ?');
	expect(harmless('a\u001b[31mb\r\nc\u0007')).toBe('a\ufffd[31mb\nc\ufffd');
	expect(folded('one two three', 7)).toEqual(['one two', 'three']);
	expect(folded('abcdefghij', 4, 1)).toEqual(['abcd', ' efg', ' hij']);
	expect(nearest('mni', ['min', 'max'])).toBe('min');
	expect(nearest('far-away', ['min', 'max'])).toBeNull();
});

test('completion knows every command, flag and choice', async () => {
	for (const [shell, script] of Object.entries(completions)) {
		const text = script(commands);
		expect((await ait(newFolder(), `completion ${shell}`)).out).toBe(text);
		for (const { name, flags } of commands) {
			expect(text).toContain(name);
			for (const flag of Object.keys(flags)) expect(text).toContain(flag);
		}
	}
	expect(await ait(newFolder(), 'completion bsh')).toMatchObject({
		code: 2,
		err: expect.stringContaining('ait completion bash')
	});
});
