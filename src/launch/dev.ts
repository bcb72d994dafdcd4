import './node24.ts';
import './env-file.ts';
import { startPlatform } from '../lib/server/platform.ts';
import { nextFreePort } from '../lib/server/process.ts';
import { runUntilStopped, startNode } from './children.ts';

// `npm run dev`: everything the app needs, a demo project in an empty database, and vite.

const log = (line: string) => console.log(line);

await runUntilStopped(async (later) => {
	const port = process.env.PORT || (await nextFreePort(3000));
	process.env.PORT = String(port);
	const platform = await startPlatform({ note: log });
	later(platform.stop);

	const vite = startNode(['node_modules/vite/bin/vite.js', 'dev', '--port', String(port), '--strictPort'], {
		env: { NODE_ENV: 'development' }
	});
	later(vite.stop);
	return vite.ended;
});
