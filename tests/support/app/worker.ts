import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { builtApp } from './built.ts';
import { type ServerProcess, startServerProcess, untilServing } from './web-process.ts';

export type Worker = {
	process: ServerProcess['process'];
	/** kill -9: no good-bye, no clean-up. */ kill(): Promise<void>;
	said(): string;
};

let built: Promise<string> | undefined;

/** Starts the built app as a worker of this test's database, a process of its own, and waits until it works. */
export const startWorkerProcess = async (env: Record<string, string>): Promise<Worker> => {
	built ??= builtApp(fs.mkdtempSync(path.join(process.env.DATA_DIR!, 'built-')));
	const { process: child, said } = await untilServing(
		await startServerProcess(await built, { ROLE: 'worker', ...env })
	);
	return {
		process: child,
		said,
		kill: async () => {
			if (child.exitCode !== null || child.signalCode !== null) return;
			child.kill('SIGKILL');
			await once(child, 'exit');
		}
	};
};
