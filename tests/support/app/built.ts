import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { isBuilt } from '../../../src/launch/build.ts';
import { compiled } from '../run/compiled.ts';

const sources = [
	...['src', 'static', 'examples', 'svelte.config.js', 'vite.config.ts', 'tsconfig.json', 'package.json'],
	...['tests/support/run/kept-worker.ts', 'tests/support/run/slowest-first.ts'] // of the configuration
];

/**
 * The folder of a build of what is in `src` now: `build/` when it is fresh, else one made in `room`, so that a test never
 * rewrites what somebody else is serving. Takes up to a minute. Throws with the end of what Vite said.
 */
export const builtApp = async (room: string): Promise<string> => {
	if (isBuilt()) return path.resolve('build');
	for (const name of sources) fs.cpSync(name, path.join(room, name), { recursive: true });
	fs.symlinkSync(path.resolve('node_modules'), path.join(room, 'node_modules'));
	const { PATH, HOME, TMPDIR } = process.env; // not NODE_ENV=test, which would build the app for development
	const vite = spawn(process.execPath, ['node_modules/vite/bin/vite.js', 'build'], {
		cwd: room,
		env: { PATH, HOME, TMPDIR, NODE_COMPILE_CACHE: compiled },
		stdio: ['ignore', 'pipe', 'pipe']
	});
	let said = '';
	for (const stream of [vite.stdout, vite.stderr]) stream.on('data', (piece: Buffer) => (said += piece));
	const [code] = await once(vite, 'close');
	if (code !== 0) throw new Error(`The build failed:\n${said.trimEnd().split('\n').slice(-30).join('\n')}`);
	return path.join(room, 'build');
};
