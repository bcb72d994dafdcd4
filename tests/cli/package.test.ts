import { execFile, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { startSandbox } from '../../src/sandbox/server.ts';
import { ait, examplesOf, originalLine, originalProject } from '../support/app/cli.ts';

const run = promisify(execFile);

let room: string;
let tarball: string;
let program: string;

// what `npm run pack:cli` writes, installed in an empty folder as a person would
beforeAll(async () => {
	room = fs.mkdtempSync(path.join(os.tmpdir(), 'ait-package-'));
	const { stdout } = await run(process.execPath, ['src/launch/pack-cli.ts', room]);
	tarball = stdout.trim().split('\n').at(-1)!;
	const folder = path.join(room, 'empty');
	fs.mkdirSync(folder);
	const flags = ['--no-audit', '--no-fund', '--offline', '--cache', path.join(room, 'cache')];
	execFileSync('npm', ['install', ...flags, tarball], { cwd: folder, stdio: 'pipe' });
	program = path.join(folder, 'node_modules', '.bin', 'ait');
});

afterAll(() => fs.rmSync(room, { recursive: true, force: true }));

test('the tarball is small, has what it should, and brings nothing else', () => {
	expect(fs.statSync(tarball).size).toBeLessThan(600_000);
	expect(path.basename(tarball)).toMatch(/^aitelier-\d+\.\d+\.\d+\.tgz$/);
	const modules = path.join(room, 'empty', 'node_modules');
	expect(fs.readdirSync(modules).filter((name) => !name.startsWith('.'))).toEqual(['aitelier']);
	expect(fs.readdirSync(path.join(modules, 'aitelier')).sort()).toEqual([
		'CHANGELOG.md',
		'LICENSE',
		'README.md',
		'ait.js',
		'package.json'
	]);
	expect(fs.readdirSync(path.join(modules, '.bin')).sort()).toEqual(['ait', 'aitelier']);
});

/** The Nodes of this machine: the one of the tests, and whatever else `node` is. */
const nodes = [
	...new Set(
		[process.execPath, ...(process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, 'node'))]
			.filter((file) => fs.existsSync(file))
			.map((file) => fs.realpathSync(file))
	)
];

/** The sandbox as the packed program starts it on this Node, until the test ends: its address. */
const packedSandbox = async (node: string, cwd: string): Promise<string> => {
	const child = spawn(node, [fs.realpathSync(program), 'sandbox', '--port', '0'], {
		cwd,
		env: { PATH: process.env.PATH, HOME: cwd, LANG: 'C.UTF-8' },
		stdio: ['ignore', 'pipe', 'inherit']
	});
	onTestFinished(() => void child.kill());
	let told = '';
	child.stdout.on('data', (piece: Buffer) => (told += piece.toString()));
	return vi.waitFor(() => /http:[/\d.:]+\d/.exec(told)![0], 30_000);
};

test.each(nodes)(
	'it runs on %s',
	async (node) => {
		const version = execFileSync(node, ['--version'], { encoding: 'utf8' });
		if (Number(/^v(\d+)/.exec(version)![1]) < 20) return;
		const cwd = fs.mkdtempSync(path.join(room, 'project-'));
		const env = { PATH: process.env.PATH, HOME: cwd, LANG: 'C.UTF-8', AITELIER_SANDBOX_URL: 'http://127.0.0.1:1' };
		const script = fs.realpathSync(program);
		const packed = (...args: string[]) => run(node, [script, ...args], { cwd, env });
		expect((await packed('demo')).stdout).toBe('In a checkout of aitelier: npm ci && npm run demo\n');
		await packed('init', '--yes');
		await packed('add', '-i', 'Where?', '-o', 'Here.', '--rating', '9');
		expect((await packed('split')).stdout).toContain('1 to train');
		expect(JSON.parse((await packed('stats', '--json')).stdout)).toMatchObject({ total: 1, train: 1 });
		// the translators are loaded, and say that nobody is there
		const asked = await packed('doctor', '--json').catch((problem: { code: number; stdout: string }) => problem);
		expect(asked).toMatchObject({ code: 1 });
		expect(asked.stdout).toContain('Sandbox can not be reached');
		// the sandbox it brings learns, answers and is judged on this Node
		env.AITELIER_SANDBOX_URL = await packedSandbox(node, cwd);
		const learnt = path.join(cwd, 'learnt.jsonl');
		fs.copyFileSync('examples/customer-support/examples.jsonl', learnt);
		await packed('import', learnt, '--json');
		await packed('split');
		await packed('format');
		await packed('train', '--yes', '--watch');
		expect(JSON.parse((await packed('status', '--json')).stdout)).toMatchObject({ stage: 'ready' });
		expect((await packed('eval', '--generate', '--serve', '--yes')).stdout).toContain('answers are kept');
	},
	120_000
);

// the file has of the providers' clients what is called, and nothing else
test.each(['Together', 'OpenAI'])('what is left of the client of %s trains, serves and answers', async (client) => {
	const sandbox = await startSandbox({ port: 0, speed: 500 });
	try {
		const lines = Array.from({ length: 40 }, (_, at) => originalLine(at + 1, { rating: 9 }));
		const own = { provider: 'own-server', baseUrl: `${sandbox.url}/openai/v1` };
		const cwd = originalProject(lines, {
			model: 'sandbox-small',
			...(client === 'OpenAI' ? own : { provider: 'sandbox' })
		});
		const env = {
			...{ PATH: process.env.PATH, HOME: cwd, LANG: 'C.UTF-8' },
			...{ AITELIER_SANDBOX_URL: sandbox.url, OWN_SERVER_API_KEY: 'sandbox' }
		};
		const packed = (words: string) =>
			run(process.execPath, [fs.realpathSync(program), ...words.split(' ')], { cwd, env });
		await packed('split');
		await packed('train --yes --watch');
		expect((await packed('eval --generate --serve --yes')).stdout).toContain('8 answers are kept');
	} finally {
		await sandbox.stop();
	}
});

test('a large file is looked through by two threads, and split as by one', async () => {
	const rating = (id: number) => (id % 3 === 0 ? 6 : 7 + (id % 4));
	const lines = Array.from({ length: 4_500 }, (_, at) =>
		// every fifth asks what another one has asked, so that questions lie in both parts
		originalLine(at + 1, {
			rating: rating(at),
			question: `About matter ${at % 3_600}?`,
			answer: `${at} ${'so '.repeat(1_300)}`
		})
	);
	lines[3_999] = '{"id":4000,"messages":[{"role":"user","content":"Half';
	const [one, two] = [originalProject(lines), originalProject(lines)];
	expect(fs.statSync(examplesOf(two)).size).toBeGreaterThan(1 << 24);
	const alone = await ait(one, 'split --json');
	const env = { PATH: process.env.PATH, HOME: two, LANG: 'C.UTF-8' };
	const together = await run(process.execPath, [fs.realpathSync(program), 'split', '--json'], { cwd: two, env }).catch(
		(problem: { code: number; stdout: string; stderr: string }) => problem
	);
	expect(together).toMatchObject({ code: 1, stderr: expect.stringContaining('Line 4000 is not valid JSON') });
	expect(JSON.parse(together.stdout)).toEqual(alone.json());
	expect(fs.readFileSync(examplesOf(two)).equals(fs.readFileSync(examplesOf(one)))).toBe(true);
});
