import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { freePort } from '../../../src/lib/server/platform/process.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { builtApp } from './built.ts';
import { startServerProcess, untilServing } from './web-process.ts';

/**
 * The built app as a process of its own on the database of this test file, with a sandbox: what is asked by `fetch` needs no
 * browser. No worker: jobs stay in their queue. Call it in beforeAll, and `close` it in afterAll.
 */
export const startApp = async (env: NodeJS.ProcessEnv = {}) => {
	const room = fs.mkdtempSync(path.join(os.tmpdir(), 'aitelier-built-'));
	const owner = postgres(process.env.DATABASE_URL!, { max: 2, onnotice: () => {} });
	const [build, sandbox] = await Promise.all([builtApp(room), startSandbox({ port: 0, speed: 20 })]);
	// only the role that serves: who migrates is not asked here
	const PORT = String(await freePort());
	const origin = `http://127.0.0.1:${PORT}`;
	const server = await untilServing(
		await startServerProcess(build, {
			ROLE: 'web',
			PORT,
			ORIGIN: origin,
			SANDBOX_URL: sandbox.url,
			DATABASE_URL: '',
			...env
		})
	);
	return {
		owner,
		origin,
		/** Everything it wrote so far. */
		said: server.said,
		sandboxUrl: sandbox.url,
		close: async () => {
			await server.stop();
			await sandbox.stop();
			await closePools();
			await owner.end();
			fs.rmSync(room, { recursive: true, force: true });
		}
	};
};
export type StartedApp = Awaited<ReturnType<typeof startApp>>;
