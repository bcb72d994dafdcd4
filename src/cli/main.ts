#!/usr/bin/env node
import './node20.ts';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { run } from './run.ts';
import type { Io } from './terminal/io.ts';

const { stdin, stdout, stderr } = process;

// whoever reads us may have seen enough: `ait list | head`
for (const stream of [stdout, stderr])
	stream.on('error', (problem: NodeJS.ErrnoException) => {
		if (problem.code === 'EPIPE') process.exit(0);
		throw problem;
	});

/** So long a command that was told to stop may take to tidy up. */
const patienceMs = 2_000;
let stop: AbortController | undefined;
let stoppedBy = 0;

/** Who asks for it has something to finish. Everybody else ends at once, as programs do: files are whole at any moment. */
const signalOnDemand = (): AbortSignal => {
	if (stop) return stop.signal;
	stop = new AbortController();
	for (const [signal, code] of [
		['SIGINT', 130],
		['SIGTERM', 143],
		['SIGHUP', 129]
	] as const)
		process.on(signal, () => {
			if (stoppedBy > 0) process.exit(code);
			stoppedBy = code;
			stop!.abort();
			setTimeout(() => process.exit(code), patienceMs).unref();
		});
	return stop.signal;
};

const io: Io = {
	cwd: process.cwd(),
	env: process.env,
	stdin,
	stdout,
	stderr,
	now: () => new Date(),
	random: Math.random,
	get signal() {
		return signalOnDemand();
	},
	pollMs: 5_000,
	program: fileURLToPath(import.meta.url)
};

if (isMainThread) {
	const code = await run(process.argv.slice(2), io);
	process.exitCode = stoppedBy || code;
	stdin.unref?.();
} else (await import('./splitting/halves.ts')).answer();
