import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export type Worker = {
	process: ChildProcess;
	/** kill -9: no good-bye, no clean-up. */ kill(): Promise<void>;
	said(): string;
};

/** Starts the worker of this test's database as a process of its own and waits until it works. */
export const startWorkerProcess = async (env: Record<string, string>): Promise<Worker> => {
	const child = spawn(process.execPath, ['tests/support/worker-process.ts'], {
		env: { ...process.env, ROLE: 'worker', LOG_LEVEL: 'warn', ...env },
		stdio: ['ignore', 'pipe', 'pipe']
	});
	let output = '';
	child.stderr.on('data', (piece: Buffer) => (output += piece));
	await new Promise<void>((started, failed) => {
		child.stdout.on('data', (piece: Buffer) => {
			output += piece;
			if (output.includes('working')) started();
		});
		child.once('exit', () => failed(new Error(`The worker did not start:\n${output}`)));
	});
	return {
		process: child,
		said: () => output,
		kill: async () => {
			if (child.exitCode !== null || child.signalCode !== null) return;
			child.kill('SIGKILL');
			await once(child, 'exit');
		}
	};
};
