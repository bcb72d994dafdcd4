import './node24.ts';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';

// `npm run film`: records the real `ait` once round the loop, and writes static/readme/film.svg with a still of its end. It needs asciinema (a
// package of Debian), `script` (of every Linux), and the network once, for svg-term-cli.

const size = { cols: 84, rows: 24 };
const dataset = path.resolve('examples/customer-support');
const target = path.resolve('static/readme');

/** The longest that nothing moves, in seconds. */
const stillest = 1.6;
/** What comes within so many seconds is one picture. */
const atOnce = 0.15;

type Shown = (screen: string) => string | undefined;

/** One command, as if somebody typed it. `presses` says what they press when they see a screen. */
const type = async (command: string, presses: Shown = () => undefined) => {
	process.stdout.write('\u001b[32m$\u001b[0m ');
	for (const sign of command) {
		process.stdout.write(sign);
		await sleep(22);
	}
	await sleep(350);
	process.stdout.write('\r\n');
	// `script` gives it a terminal of its own, into which keys can be put
	const inside = `stty cols ${size.cols} rows ${size.rows} -echo; ${command}`;
	const child = spawn('script', ['-qefc', inside, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
	let screen = '';
	child.stdout.on('data', async (piece: Buffer) => {
		process.stdout.write(piece);
		const text = piece.toString();
		screen = text.includes('\u001b[2J') ? text : screen + text;
		const keys = presses(stripVTControlCharacters(screen));
		if (keys === undefined) return;
		screen = '';
		await sleep(keys.length > 1 ? 1500 : pause());
		child.stdin.write(keys[0]!);
	});
	await new Promise((done) => child.once('exit', done));
	await sleep(900);
};

/** The first screens are read, the others go by. */
let seen = 0;
const pause = () => (seen++ < 3 ? 1700 : 5);

const lettersOf = (text: string) =>
	text
		.toLowerCase()
		.match(/[\p{L}\p{N}]+/gu)
		?.join('') ?? '';
const linesIn = <Line>(file: string) =>
	fs
		.readFileSync(file, 'utf8')
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as Line);

type Recorded = { prompt: string; votes: ('tuned' | 'base' | 'tie' | 'both_bad')[] };

/** The votes are those that a reader of these answers has given, blind (examples/customer-support/README.md). */
const vote: Shown = (screen) => {
	const [, asked, a, b] =
		/What was asked\s+([\s\S]+?)\s+\bA\b\r?\n([\s\S]+?)\s+\bB\b\r?\n([\s\S]+?)\s+a A is better/.exec(screen) ?? [];
	if (!asked || !a || !b) return undefined;
	const recorded = linesIn<Recorded>('votes.jsonl').find(({ prompt }) => lettersOf(prompt).endsWith(lettersOf(asked)));
	const said = recorded?.votes[1] ?? 'tie';
	if (said === 'tie' || said === 'both_bad') return said === 'tie' ? 't' : 'x';
	const base = linesIn<{ text: string }>('data/evals/answers/sandbox-small-0-512.jsonl');
	const isBaseFirst = base.some(({ text }) => lettersOf(text) === lettersOf(a));
	return (said === 'base') === isBaseFirst ? 'a' : 'b';
};

// below the threshold, so that the split is the one of the recorded votes
const scores = ['7', '6', 's', 'q'];
const rate: Shown = (screen) => (/\d+ of \d+/.test(screen) ? scores.shift() : undefined);

const play = async () => {
	seen = 0;
	await type('ait init --name Support --yes');
	await type('ait import answers.jsonl');
	await type('ait rate', rate);
	await type('ait split');
	await type('ait train --yes --watch');
	seen = 0;
	await type('ait eval --compare --serve --yes', vote);
	await sleep(2500);
};

/** The recording with its longest pauses cut, and what follows at once in one picture: each picture costs a kilobyte. */
const cut = (cast: string) => {
	const [head, ...lines] = cast.trim().split('\n');
	const kept: { at: number; text: string }[] = [];
	let [before, lost] = [0, 0];
	for (const line of lines) {
		const [at, , text] = JSON.parse(line) as [number, string, string];
		lost += Math.max(0, at - before - stillest);
		before = at;
		const last = kept.at(-1);
		if (last && at - lost - last.at < atOnce) last.text += text;
		else kept.push({ at: at - lost, text });
	}
	return [head, ...kept.map(({ at, text }) => JSON.stringify([at, 'o', text]))].join('\n');
};

/** As svg-term-cli draws it, to be shown in any size; whoever wants less motion sees its end. */
const finished = (svg: string) => {
	const [, width, height] = / width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
	if (!width || !height) throw new Error('svg-term-cli draws in another way than it did.');
	const last = [...svg.matchAll(/transform:(translateX\([^)]+\))/g)].at(-1)?.[1];
	const end = `@media (prefers-reduced-motion:reduce){g[style*=animation]{animation:none!important;transform:${last}!important}}`;
	return svg
		.replace('<svg ', `<svg viewBox="0 0 ${width} ${height}" `)
		.replace('</style>', `${last ? end : ''}</style>`);
};

const record = () => {
	const room = fs.mkdtempSync(path.join(os.tmpdir(), 'ait-film-'));
	const [folder, bin] = [path.join(room, 'support'), path.join(room, 'bin')];
	for (const each of [folder, bin]) fs.mkdirSync(each);
	fs.copyFileSync(path.join(dataset, 'examples.jsonl'), path.join(folder, 'answers.jsonl'));
	fs.copyFileSync(path.join(dataset, 'votes.jsonl'), path.join(folder, 'votes.jsonl'));
	fs.writeFileSync(
		path.join(bin, 'ait'),
		`#!/bin/sh\nexec "${process.execPath}" "${path.resolve('src/cli/main.ts')}" "$@"\n`,
		{ mode: 0o755 }
	);
	const env = {
		...process.env,
		PATH: `${bin}:${process.env.PATH}`,
		HOME: room,
		LANG: 'C.UTF-8',
		TERM: 'xterm-256color',
		AITELIER_SANDBOX_URL: 'http://127.0.0.1:4019'
	};
	const sandbox = spawn(path.join(bin, 'ait'), ['sandbox', '--port', '4019', '--speed', '200'], {
		env,
		stdio: 'ignore'
	});
	try {
		const cast = path.join(room, 'film.cast');
		const again = `"${process.execPath}" "${path.resolve('src/launch/film.ts')}" --play`;
		const window = ['--cols', String(size.cols), '--rows', String(size.rows)];
		execFileSync('asciinema', ['rec', '-q', ...window, '-c', again, cast], { cwd: folder, env, stdio: 'inherit' });
		fs.writeFileSync(cast, cut(fs.readFileSync(cast, 'utf8')));
		const draw = (name: string, ...more: string[]) => {
			const file = path.join(target, name);
			const svgTerm = ['--yes', 'svg-term-cli@2.1.1', '--in', cast, '--out', file, '--window', '--no-cursor'];
			const asBig = ['--width', String(size.cols), '--height', String(size.rows)];
			execFileSync('npx', [...svgTerm, ...asBig, ...more], { cwd: room, stdio: 'inherit' });
			return fs.readFileSync(file, 'utf8');
		};
		const [seconds] = JSON.parse(fs.readFileSync(cast, 'utf8').trim().split('\n').at(-1)!) as [number];
		for (const [name, ...more] of [
			['film.svg'],
			['film-still.svg', '--at', String(Math.floor(seconds * 1000))]
		] as const)
			fs.writeFileSync(path.join(target, name), finished(draw(name, ...more)));
		console.log(`The film lasts ${seconds.toFixed(0)} s.`);
	} finally {
		sandbox.kill();
		fs.rmSync(room, { recursive: true, force: true });
	}
};

if (process.argv.includes('--play')) await play();
else record();
