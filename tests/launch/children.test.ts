import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startNode, untilReady } from '../../src/launch/children.ts';
import { isAlive } from '../../src/lib/server/platform/process.ts';

const room = fs.mkdtempSync(path.join(os.tmpdir(), 'aitelier-launch-'));
afterAll(() => fs.rmSync(room, { recursive: true }));

const children = path.resolve('src/launch/children.ts');
const until = async (fact: () => boolean) => {
	while (!fact()) await new Promise((done) => setTimeout(done, 20));
};

/** A launcher with one child that never ends by itself; both pids are in its first line. */
async function launcher(work: string) {
	const file = path.join(room, `launcher-${Math.random()}.ts`);
	fs.writeFileSync(
		file,
		`import { runUntilStopped, startNode } from ${JSON.stringify(children)};
		await runUntilStopped(async (later) => {
			const child = startNode(['-e', 'setInterval(() => {}, 1000)']);
			later(async () => { await child.stop(); console.log('tidied'); });
			console.log(child.process.pid);
			${work}
		});`
	);
	const process_ = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
	let said = '';
	process_.stdout.on('data', (piece) => (said += piece));
	process_.stderr.on('data', (piece) => (said += piece));
	await until(() => said.includes('\n'));
	const childPid = Number(said.split('\n')[0]);
	return {
		kill: (signal: NodeJS.Signals) => process_.kill(signal),
		ended: async () => {
			const code = process_.exitCode ?? (await once(process_, 'close'))[0];
			await until(() => !isAlive(childPid));
			return { code, said: said.split('\n').slice(1).join('\n') };
		}
	};
}

test('Ctrl-C and SIGTERM stop the child first, then the launcher', async () => {
	const interrupted = await launcher('return child.ended;');
	interrupted.kill('SIGINT');
	expect(await interrupted.ended()).toEqual({ code: 0, said: 'tidied\n' });

	const terminated = await launcher('return child.ended;');
	terminated.kill('SIGTERM');
	expect(await terminated.ended()).toMatchObject({ code: 143, said: 'tidied\n' });
});

test('a failing step leaves no child behind and says why', async () => {
	const failing = await launcher(`throw new Error('The third step did not work.');`);
	expect(await failing.ended()).toEqual({ code: 1, said: '\nThe third step did not work.\ntidied\n' });
});

test('an error that knows its exit code keeps it', async () => {
	const wrong = await launcher(`throw Object.assign(new Error('PORT is wrong.'), { exitCode: 78 });`);
	expect(await wrong.ended()).toMatchObject({ code: 78 });
});

test('not even process.exit in the middle leaves a child behind', async () => {
	const hasty = await launcher('process.exit(3);');
	expect(await hasty.ended()).toEqual({ code: 3, said: '' });
});

test('a launcher that is killed takes its child along', async () => {
	const killed = await launcher('return child.ended;');
	killed.kill('SIGKILL');
	expect(await killed.ended()).toEqual({ code: null, said: '' });
});

test('a child takes along what it started itself', async () => {
	const pidFile = path.join(room, 'grandchild');
	const script = `
		const { spawn } = require('node:child_process');
		const grandchild = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
		require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(grandchild.pid));
		setInterval(() => {}, 1000);`;
	const child = startNode(['-e', script], { logFile: path.join(room, 'log') });
	await until(() => fs.existsSync(pidFile) && fs.readFileSync(pidFile, 'utf8') !== '');
	await child.stop();
	await until(() => !isAlive(Number(fs.readFileSync(pidFile, 'utf8'))));
	expect(await child.ended).toBe(143);
});

test('waiting for a server that never comes ends with its address', async () => {
	await expect(untilReady('http://127.0.0.1:9/readyz', 200)).rejects.toThrow(
		'The server is not ready after 0.2 s: http://127.0.0.1:9/readyz does not answer.'
	);
});
