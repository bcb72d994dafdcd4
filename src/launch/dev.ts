import './node24.ts';
import './env-file.ts';
import { startPlatform } from '../lib/server/platform/start.ts';
import { nextFreePort } from '../lib/server/platform/process.ts';
import { runUntilStopped, startNode, untilReady } from './children.ts';

// `npm run dev`: what `npm run demo` does, with vite instead of the build: every saved file is on the page at once.

const log = (line: string) => console.log(line);

await runUntilStopped(async (later) => {
	const port = process.env.PORT || (await nextFreePort(3000));
	const baseUrl = `http://localhost:${port}`;
	process.env.PORT = String(port);
	process.env.POLL_SECONDS ||= '1';
	process.env.SANDBOX_SPEED ||= '20';
	const platform = await startPlatform({ note: log });
	later(platform.stop);

	const vite = startNode(['node_modules/vite/bin/vite.js', 'dev', '--port', String(port), '--strictPort'], {
		env: { NODE_ENV: 'development' }
	});
	later(vite.stop);
	const viteEnded = vite.ended.then((code): never => {
		throw new Error(`vite ended by itself, with code ${code}.`);
	});
	viteEnded.catch(() => {});
	// the first request starts everything: web and worker
	await Promise.race([untilReady(`${baseUrl}/readyz`), viteEnded]);
	const { runDemo } = await import('./loop.ts');
	const { signInUrl } = await Promise.race([runDemo({ log, baseUrl }), viteEnded]);
	log(`\naitelier is open at ${baseUrl}\nThis link signs you in, once: ${signInUrl}`);
	return vite.ended;
});
