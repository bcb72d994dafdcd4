import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { pythonPrograms } from '../python.ts';
import { checkRequests } from './requests.ts';
import { togetherCommands } from './together-commands.ts';

type Suite = { passed: number; failed: number };

const here = 'tests/conformance/providers';

/** What a program printed, all of it, and how it ended. */
export const runProgram = (program: string, args: string[], options: { env: NodeJS.ProcessEnv; cwd: string }) =>
	new Promise<{ code: number | null; out: string; err: string }>((done, fail) => {
		const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
		const [out, err]: [Buffer[], Buffer[]] = [[], []];
		child.stdout.on('data', (piece: Buffer) => out.push(piece));
		child.stderr.on('data', (piece: Buffer) => err.push(piece));
		child.on('error', fail);
		child.on('close', (code) => done({ code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }));
	});

/** A judge's lines, `ok` and `not ok`; one that ended without any has failed. */
const judged = (title: string, { code, out, err }: Awaited<ReturnType<typeof runProgram>>): Suite => {
	const lines = out.split('\n').filter((line) => /^(not )?ok /.test(line));
	const bad = lines.filter((line) => line.startsWith('not ok'));
	for (const line of bad) console.log(`${title}: ${line}`);
	const broke = code !== 0 && bad.length === 0;
	if (broke) console.log(`${title} broke:\n${err.slice(-2_000)}`);
	console.log(`${title}: ${lines.length - bad.length} of ${lines.length}`);
	return { passed: lines.length - bad.length, failed: bad.length + (broke ? 1 : 0) };
};

/** The official clients of the providers against the sandbox, and every request the product makes against their documents. */
export const providers = async (): Promise<Suite> => {
	const programs = pythonPrograms(console.log, 'tests/conformance/requirements-providers.txt');
	const room = fs.mkdtempSync(path.join(os.tmpdir(), 'aitelier-judges-'));
	const sandbox = await startSandbox({ port: 0, speed: 20 });
	const python = path.join(programs, 'python');
	// nothing of our own environment: neither keys nor the settings of whoever runs this
	const usual = { PATH: process.env.PATH ?? '', HOME: room, NO_COLOR: '1', TOGETHER_TELEMETRY_DISABLED: '1' };
	const together = { ...usual, TOGETHER_API_KEY: 'a-judge', TOGETHER_BASE_URL: `${sandbox.url}/together` };
	const openai = { ...usual, OPENAI_API_KEY: 'a-judge', OPENAI_BASE_URL: `${sandbox.url}/openai/v1` };
	try {
		const judge = (title: string, file: string, env: NodeJS.ProcessEnv) =>
			runProgram(python, [path.resolve(here, file)], { env, cwd: room }).then((answer) => judged(title, answer));
		const parts = [
			await judge('Together’s SDK', 'together_sdk.py', together),
			await judge('OpenAI’s SDK', 'openai_sdk.py', openai),
			await togetherCommands({
				run: (args) =>
					runProgram(path.join(programs, 'tg'), args, {
						env: { ...together, TOGETHER_API_KEY: 'a-command' },
						cwd: room
					}),
				room
			}),
			await checkRequests({ sandboxUrl: sandbox.url, specs: process.env.SPECS, python })
		];
		const sum = (name: keyof Suite) => parts.reduce((total, part) => total + part[name], 0);
		return { passed: sum('passed'), failed: sum('failed') };
	} finally {
		await sandbox.stop();
		fs.rmSync(room, { recursive: true, force: true });
	}
};
