import './node24.ts';
import path from 'node:path';
import { closePools } from '../lib/server/platform/db/pools.ts';
import { startPlatform } from '../lib/server/platform/start.ts';
import { nextFreePort } from '../lib/server/platform/process.ts';
import { to } from '../lib/paths.ts';
import { ensureBuild } from './build.ts';
import { lastsForADay } from './demo-link.ts';
import { runUntilStopped, startNode, untilReady } from './children.ts';
import { serving } from './serving.ts';

// `npm run demo`: the built app on a machine with nothing but Node. It goes once round the loop and stays open.
// `--once` ends after the loop, with 0 when every step worked.

const once = process.argv.includes('--once');
const log = (line: string) => console.log(line);

await runUntilStopped(
	async (later) => {
		const port = process.env.PORT || (await nextFreePort(3000));
		const baseUrl = `http://localhost:${port}`;
		process.env.PORT = String(port);
		process.env.HOST ||= '127.0.0.1'; // its mails can be read by whoever reaches it
		process.env.POLL_SECONDS ||= '1';
		process.env.SANDBOX_SPEED ||= '20';
		const dataDir = process.env.DATA_DIR || '.data';

		await ensureBuild(log, path.join(dataDir, 'build.log'));
		const platform = await startPlatform({ note: log });
		later(platform.stop);
		later(() => closePools());
		const logFile = path.join(dataDir, 'demo.log');
		const server = startNode([...serving], { env: { ROLE: 'all' }, logFile });
		later(server.stop);
		const serverEnded = server.ended.then((code): never => {
			throw new Error(`The server ended by itself, with code ${code}. What it said is in ${logFile}.`);
		});
		serverEnded.catch(() => {});
		const loop = import('./loop.ts'); // while the server starts
		await Promise.race([untilReady(`${baseUrl}/readyz`), serverEnded]);

		const { runDemo } = await loop;
		const { isLoopback, makeDemoKey } = await import('./demo-key.ts');
		const { owner } = await import('./demo-team.ts');
		const { scope, signInUrl } = await Promise.race([runDemo({ log, baseUrl }), serverEnded]);
		log(`\naitelier is open at ${baseUrl}\nThis link signs you in, once: ${signInUrl}`);
		if (isLoopback(process.env.HOST ?? '')) {
			if (platform.ownerUrl) await lastsForADay(platform.ownerUrl, owner);
			log(`API key: ${await makeDemoKey(scope)}\nWhat scripts can do: ${baseUrl}${to.docs()}`);
		}
		if (once) return 0;
		log('Ctrl-C stops it.');
		return serverEnded;
	},
	once ? 130 : 0
);
