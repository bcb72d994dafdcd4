import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { serving } from '../../../src/launch/serving.ts';
import { freePort } from '../../../src/lib/server/platform/process.ts';

export type ServerProcess = {
	url: string;
	process: ChildProcess;
	/** Everything it wrote so far. */
	said(): string;
	/** Its exit code, once it has ended. */
	ended: Promise<number | null>;
	/** SIGTERM, and the exit code. */
	stop(): Promise<number | null>;
};

/**
 * Starts the built app and does not wait for anything. `env` is added to the environment of the test file; `checkout` is
 * where it finds its migrations, when it is not ours.
 */
export const startServerProcess = async (
	build: string,
	env: NodeJS.ProcessEnv,
	checkout?: string
): Promise<ServerProcess> => {
	const port = env.PORT ?? (await freePort());
	const child = spawn(process.execPath, [serving[0], build], {
		cwd: checkout,
		env: { ...process.env, LOG_LEVEL: 'warn', PORT: String(port), ...env },
		stdio: ['ignore', 'pipe', 'pipe']
	});
	let output = '';
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (output += piece));
	const ended = once(child, 'close').then(([code]) => code as number | null);
	return {
		url: `http://127.0.0.1:${port}`,
		process: child,
		said: () => output,
		ended,
		stop: () => {
			child.kill('SIGTERM');
			return ended;
		}
	};
};

/** Waits until it is ready. Throws with what it said when it ended instead. */
export const untilServing = async (server: ServerProcess): Promise<ServerProcess> => {
	let over = false;
	void server.ended.then(() => (over = true));
	for (;;) {
		const answer = await fetch(`${server.url}/readyz`).catch(() => undefined);
		if (answer?.status === 200) return server;
		if (over) throw new Error(`${path.basename(process.execPath)} ended instead of serving:\n${server.said()}`);
		await new Promise((next) => setTimeout(next, 50));
	}
};
