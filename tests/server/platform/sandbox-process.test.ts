import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startSandboxProcess } from '../../../src/lib/server/platform/sandbox-process.ts';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'aitelier-sandbox-'));
afterAll(() => fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));

const answers = (url: string) =>
	fetch(`${url}/openai/v1/models`, { headers: { authorization: 'Bearer key' } }).then(
		({ ok }) => ok,
		() => false
	);

test('the sandbox answers from a process of its own, until it is stopped', async () => {
	const sandbox = await startSandboxProcess({ port: 0, dir, speed: 20 });
	expect(await answers(sandbox.url)).toBe(true);
	await sandbox.stop();
	expect(await answers(sandbox.url)).toBe(false);
});

test('a parent that is killed leaves no sandbox behind', async () => {
	const file = path.join(dir, 'parent.ts');
	fs.writeFileSync(
		file,
		`import { startSandboxProcess } from ${JSON.stringify(path.resolve('src/lib/server/platform/sandbox-process.ts'))};
		console.log((await startSandboxProcess({ port: 0, dir: ${JSON.stringify(dir)}, speed: 1 })).url);`
	);
	const parent = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
	const url = String(await new Promise((said) => parent.stdout.once('data', said))).trim();
	expect(await answers(url)).toBe(true);
	parent.kill('SIGKILL');
	while (await answers(url)) await new Promise((done) => setTimeout(done, 20));
});

test('a sandbox that cannot start is an error with a sentence', async () => {
	const taken = net.createServer().listen(0, '127.0.0.1');
	await new Promise((done) => taken.once('listening', done));
	const { port } = taken.address() as net.AddressInfo;
	await expect(startSandboxProcess({ port, dir, speed: 1 })).rejects.toThrow(
		'The sandbox did not start: src/sandbox/main.ts ended with code 1.'
	);
	taken.close();
});
