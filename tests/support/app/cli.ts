import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { onTestFinished } from 'vitest';
import { run } from '../../../src/cli/run.ts';
import type { Io } from '../../../src/cli/terminal/io.ts';

/** A folder that is gone after the test. */
export const newFolder = (): string => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ait-test-'));
	onTestFinished(() => {
		fs.chmodSync(folder, 0o700);
		fs.rmSync(folder, { recursive: true, force: true });
	});
	return folder;
};

type Given = {
	env?: Record<string, string>;
	/** What comes through the pipe. */
	pipe?: string | Buffer;
	/** What is pressed on a terminal: then there is one. */
	keys?: string;
	/** The time, or the clock that is asked for it. */
	now?: Date | (() => Date);
	signal?: AbortSignal;
	/** How often a server is asked again. */
	pollMs?: number;
	/** Hears what is said, while it is said. */
	hears?: (text: string) => void;
};

const gathered = (isTTY: boolean, hears: Given['hears']) => {
	const stream = new PassThrough() as PassThrough & { isTTY?: boolean; columns?: number; rows?: number };
	let text = '';
	stream.on('data', (piece: Buffer) => {
		text += piece.toString();
		hears?.(text);
	});
	if (isTTY) Object.assign(stream, { isTTY, columns: 80, rows: 30 });
	return { stream, text: () => text };
};

/** A command line as the shell takes it apart; `'…'` and `"…"` keep blanks. */
export const wordsOf = (line: string): string[] =>
	[...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, one, two, three]) => one ?? two ?? three ?? '');

/** One command in this process, with a world of its own: no terminal unless keys are pressed, and a home of nobody. */
export const ait = async (cwd: string, line: string | readonly string[], given: Given = {}) => {
	const {
		env = {},
		pipe = '',
		keys,
		now = new Date('2026-02-12T10:00:00Z'),
		signal = new AbortController().signal,
		pollMs = 20,
		hears
	} = given;
	const [out, err] = [gathered(keys !== undefined, hears), gathered(keys !== undefined, hears)];
	let stdin: Io['stdin'];
	if (keys === undefined) stdin = Readable.from(pipe.length === 0 ? [] : [Buffer.from(pipe)]);
	else {
		stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
		(stdin as unknown as PassThrough).end(keys);
	}
	const io: Io = {
		cwd,
		env: { LANG: 'C.UTF-8', HOME: path.join(cwd, '.home'), ...env },
		stdin,
		stdout: out.stream,
		stderr: err.stream,
		now: now instanceof Date ? () => now : now,
		random: () => 0.5,
		signal,
		pollMs
	};
	const code = await run(
		typeof line === 'string' ? wordsOf(line).filter((word, at) => at > 0 || word !== 'ait') : line,
		io
	);
	await new Promise(setImmediate); // the streams hand on what was written last
	return {
		code,
		out: stripVTControlCharacters(out.text()),
		err: stripVTControlCharacters(err.text()),
		painted: out.text() + err.text(),
		// eslint-disable-next-line @typescript-eslint/no-explicit-any
		json: () => JSON.parse(out.text()) as any
	};
};

/** A line as the original writes it. */
export const originalLine = (id: number, more: Record<string, unknown> = {}): string => {
	const { question = `Question ${id}?`, answer = `Answer ${id}.`, ...fields } = more;
	return JSON.stringify({
		id,
		messages: [
			{ role: 'system', content: 'Be kind.' },
			{ role: 'user', content: question },
			{ role: 'assistant', content: answer }
		],
		rating: null,
		createdAt: '2026-02-11T09:00:00.000Z',
		version: 1,
		...fields
	});
};

/** A project as the original leaves it, with these lines. */
export const originalProject = (lines: readonly string[], config: Record<string, unknown> = {}): string => {
	const folder = newFolder();
	const settings = {
		name: 'Support',
		provider: 'together',
		model: 'meta-llama/Llama-3.3-70B-Instruct',
		qualityThreshold: 8,
		runs: [],
		...config
	};
	fs.writeFileSync(path.join(folder, '.aitelier.json'), JSON.stringify(settings, null, 2));
	fs.mkdirSync(path.join(folder, 'data', 'evals'), { recursive: true });
	fs.writeFileSync(examplesOf(folder), lines.map((line) => `${line}\n`).join(''));
	fs.writeFileSync(path.join(folder, 'data', 'train.jsonl'), '');
	fs.writeFileSync(path.join(folder, 'data', 'val.jsonl'), '');
	return folder;
};

export const examplesOf = (folder: string) => path.join(folder, 'data', 'examples.jsonl');
export const linesOf = (folder: string) => fs.readFileSync(examplesOf(folder), 'utf8').split('\n').filter(Boolean);
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export const rowsOf = (folder: string) => linesOf(folder).map((line) => JSON.parse(line) as any);
