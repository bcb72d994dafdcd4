import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

// Loaded before a program (`node --import`): presses Ctrl-C before its n-th change of the folder it stands in, INTERRUPT_AT. How many there
// were is appended to the file INTERRUPT_COUNT. So a test can cut a program off between any two of its steps, whatever the machine's speed.

const at = Number(process.env.INTERRUPT_AT ?? Infinity);
const here = process.cwd();
const { appendFileSync } = fs;
const opened = new Set<unknown>();
let steps = 0;

/** `place`: a path, or the number of an open file. */
const isHere = (place: unknown) => opened.has(place) || String(place).startsWith(here);

for (const name of [
	'openSync',
	'writeSync',
	'writeFileSync',
	'appendFileSync',
	'fsyncSync',
	'renameSync',
	'rmSync'
] as const) {
	const real = fs[name] as (...args: unknown[]) => unknown;
	(fs as unknown as Record<string, unknown>)[name] = (...args: unknown[]) => {
		const reads = name === 'openSync' && (args[1] === undefined || args[1] === 'r');
		const counts = !reads && isHere(args[0]);
		if (counts && ++steps === at) process.kill(process.pid, 'SIGINT');
		const result = real(...args);
		if (counts && name === 'openSync') opened.add(result);
		return result;
	};
}
syncBuiltinESMExports();

const { INTERRUPT_COUNT } = process.env;
if (INTERRUPT_COUNT) process.on('exit', () => appendFileSync(INTERRUPT_COUNT, `${steps}\n`));
