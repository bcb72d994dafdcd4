import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { cliMarkdown } from '../../src/cli/reference.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { ait, originalLine, wordsOf } from '../support/app/cli.ts';

// Every example of every command, as the help and the docs show it, is run: on a small project, and from `train` on, on one that
// has trained a model at the sandbox.

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
/** Its clock only moves when it is looked at, so that nothing here is over before somebody cancels it. */
let slow: Awaited<ReturnType<typeof startSandbox>>;
let room: string;
const env = (state = '') => ({ AITELIER_SANDBOX_URL: state === 'ordered' ? slow.url : sandbox.url });

const newProject = () => {
	const folder = path.join(room, 'begun');
	fs.mkdirSync(path.join(folder, 'data'), { recursive: true });
	const config = { name: 'Support', provider: 'sandbox', model: 'sandbox-small', qualityThreshold: 8, runs: [] };
	fs.writeFileSync(path.join(folder, '.aitelier.json'), JSON.stringify(config));
	const lines = Array.from({ length: 40 }, (_, at) => originalLine(at + 1, { rating: at < 30 ? 9 : null }));
	fs.writeFileSync(path.join(folder, 'data', 'examples.jsonl'), `${lines.join('\n')}\n`);
	fs.writeFileSync(path.join(folder, 'answers.jsonl'), `${originalLine(1)}\n{"input":"New?","output":"Yes."}\n`);
	const ids = Array.from({ length: 40 }, (_, at) => at + 1);
	const written = (name: string, more: object) =>
		fs.writeFileSync(
			path.join(folder, name),
			ids.map((exampleId) => JSON.stringify({ exampleId, ...more })).join('\n')
		);
	fs.writeFileSync(
		path.join(folder, 'prompts.txt'),
		['Do you ship to Iceland?', 'May I pay by invoice?', ''].join('\n')
	);
	written('scores.jsonl', { score: 8 });
	written('votes.jsonl', { choice: 'first' });
	return folder;
};

const copy = (folder: string, name: string) => {
	const to = path.join(room, name);
	fs.cpSync(folder, to, { recursive: true });
	return to;
};

beforeAll(async () => {
	room = fs.mkdtempSync(path.join(os.tmpdir(), 'ait-examples-'));
	sandbox = await startSandbox({ port: 0, speed: 200 });
	let clock = Date.parse('2026-02-12T10:00:00Z');
	slow = await startSandbox({ port: 0, now: () => (clock += 200) });
	const begun = newProject();
	const split = copy(begun, 'split');
	expect((await ait(split, 'split')).code).toBe(0);
	// two, since ait cancel is shown, and told to be quiet
	for (const name of ['ordered', 'ordered-too']) {
		const ordered = copy(split, name);
		const config = path.join(ordered, '.aitelier.json');
		fs.writeFileSync(config, fs.readFileSync(config, 'utf8').replace('sandbox-small', 'sandbox-slow'));
		expect((await ait(ordered, 'train --yes', { env: env('ordered') })).err).not.toContain('ait:');
	}
	const trained = copy(split, 'trained');
	expect(await ait(trained, 'train --yes --watch', { env: env() })).toMatchObject({ code: 0 });
});

afterAll(async () => {
	await Promise.all([sandbox.stop(), slow.stop()]);
	fs.rmSync(room, { recursive: true, force: true });
});

/** On which project a command is shown. */
const stateFor: Record<string, 'nothing' | 'begun' | 'split' | 'ordered' | 'trained'> = {
	init: 'nothing',
	format: 'split',
	train: 'split',
	status: 'trained',
	cancel: 'ordered',
	serve: 'trained',
	stop: 'trained',
	eval: 'trained',
	list: 'split'
};

/** What a person presses where one is asked. */
const pressed: Record<string, string> = {
	'ait rate': '90q',
	'ait rate --filter below': 'q',
	'ait eval --compare --serve --yes': 'aabtx'.repeat(8)
};

/** Where more than one end is right. */
const endings: Record<string, number[]> = {
	'ait eval --compare --votes votes.jsonl --exit-code': [0, 5],
	'ait train --method dpo --dry-run': [3] // nothing is rewritten there
};

/** What has to be there first. */
const before: Record<string, string> = {
	'ait eval --scores scores.jsonl': 'eval --generate --serve --yes',
	'ait eval --compare --votes votes.jsonl --exit-code': 'eval --compare --generate --serve --yes'
};

// those that speak to a server are run with one: tests/cli/remote/examples.test.ts
const all = commands
	.filter(({ group }) => group !== 'Hosted')
	.flatMap(({ name, examples }) => examples.map(({ run }) => [run, name] as const));

/** Runs what an example shows, on a folder of its own. */
const asShown = async (shown: string, name: string, place: string, isQuiet = false) => {
	const line = isQuiet ? `${shown} --quiet` : shown;
	const [, piped, command = line] = /^((?:echo|cat) .+?) \| (ait .+)$/.exec(line) ?? [];
	const state = stateFor[name] ?? 'begun';
	const folder = path.join(room, place);
	if (state === 'nothing') fs.mkdirSync(folder);
	else fs.cpSync(path.join(room, isQuiet && state === 'ordered' ? 'ordered-too' : state), folder, { recursive: true });
	if (before[shown]) expect(await ait(folder, before[shown], { env: env() })).toMatchObject({ code: 0 });
	const [program, text = ''] = wordsOf(piped ?? '');
	const pipe = program === 'cat' ? fs.readFileSync(path.join(folder, text), 'utf8') : text;
	const stop = new AbortController();
	if (name === 'sandbox') stop.abort();
	const keys = pressed[shown];
	return { folder, command, ...(await ait(folder, command, { env: env(state), pipe, keys, signal: stop.signal })) };
};

test.each(all)('%s', async (line, name) => {
	const { folder, command, code, out, err } = await asShown(
		line,
		name,
		`of-${all.findIndex(([each]) => each === line)}`
	);
	expect(endings[line] ?? [0], err).toContain(code);
	if (command.includes('--json')) for (const each of name === 'list' ? out.trim().split('\n') : [out]) JSON.parse(each);
	for (const shown of out.split('\n'))
		if (name !== 'completion' && name !== 'chat' && !command.includes('--json'))
			expect(shown.length, shown).toBeLessThanOrEqual(80 + folder.length);
});

/** The example of each command that is most like what a script does. */
const inScripts: Record<string, string> = {
	edit: 'ait edit 2 --delete --yes',
	rate: 'ait rate 2 3 --score 9',
	split: 'ait split',
	train: 'ait train --yes'
};
const local = commands.filter(({ group }) => group !== 'Hosted');

test.each(local.map(({ name, quietly, examples }) => [name, quietly, inScripts[name] ?? examples[0]!.run] as const))(
	'ait %s --quiet prints %s',
	async (name, quietly, line) => {
		const { code, out, err } = await asShown(line, name, `quiet-${name}`, true);
		expect({ code, err }).toEqual({ code: 0, err: '' });
		if (quietly === undefined) expect(out).toMatch(/^(?![^]*Next: )[^]*\S/);
		else if (quietly === 'nothing') expect(out).toBe('');
		else for (const word of out.split('\n').slice(0, -1)) expect(word).toMatch(/^\S+$/);
	}
);

test('the page of the docs says all of the table, and nothing else', () => {
	const page = cliMarkdown();
	for (const { name, summary, flags, args = [], examples } of commands) {
		const [, section = ''] = page.split(`\n## ait ${name}\n`);
		const own = section.split('\n## ')[0]!;
		expect(own).toContain(summary);
		for (const flag of Object.keys(flags)) expect(own).toContain(`--${flag}`);
		for (const arg of args) expect(own).toContain(arg.words);
		for (const { run, says } of examples) expect(own).toContain(`# ${says}\n${run}\n`);
		expect(own.match(/^- `(-\w, )?--/gm) ?? []).toHaveLength(Object.keys(flags).length);
	}
	expect(page.match(/^## ait /gm)).toHaveLength(commands.length);
});
