import fs from 'node:fs';
import path from 'node:path';
import { startNode } from './children.ts';

const sources = ['src', 'static', 'examples', 'svelte.config.js', 'vite.config.ts', 'package-lock.json'];

/** The newest change below a path, in milliseconds since 1970. */
function newest(place: string): number {
	const { mtimeMs } = fs.statSync(place);
	if (!fs.statSync(place).isDirectory()) return mtimeMs;
	return Math.max(mtimeMs, ...fs.readdirSync(place).map((name) => newest(path.join(place, name))));
}

/** Whether `build/` is there and newer than everything it is made of. */
export function isBuilt(): boolean {
	const made = fs.statSync('build/index.js', { throwIfNoEntry: false })?.mtimeMs ?? 0;
	return made > Math.max(...sources.map(newest));
}

/** Builds the app into `build/` when it is missing or older than what it is made of. Throws when the build fails. */
export async function ensureBuild(log: (line: string) => void, logFile: string): Promise<void> {
	if (isBuilt()) return;
	log('Building the app, about half a minute …');
	fs.mkdirSync(path.dirname(logFile), { recursive: true });
	const code = await startNode(['node_modules/vite/bin/vite.js', 'build'], { logFile }).ended;
	if (code !== 0)
		throw new Error(
			`The build failed:\n${fs.readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-30).join('\n')}`
		);
}
