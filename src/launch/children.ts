import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { constants } from 'node:os';

type Options = {
	env?: NodeJS.ProcessEnv;
	/** Where its output goes; without it, to the terminal. */
	logFile?: string;
};

export type Child = {
	process: ChildProcess;
	/** Resolves when it ended, with its exit code (128 + n after signal n). */
	ended: Promise<number>;
	/** Asks it to end, insists after 12 s, and waits. Safe to call twice. */
	stop(): Promise<void>;
};

const withParent = new URL('./with-parent.ts', import.meta.url).href;
const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => signalGroup(child, 'SIGKILL')));

/** Runs another program of ours on this Node. It does not outlive us. */
export function startNode(args: string[], { env = {}, logFile }: Options = {}): Child {
	const log = logFile ? fs.openSync(logFile, 'w', 0o600) : 'inherit';
	const child = spawn(process.execPath, ['--import', withParent, ...args], {
		env: { ...process.env, ...env, HAS_LAUNCHER: 'yes' },
		// An input that stays open as long as we live
		stdio: ['pipe', log, log],
		// In a group of its own Ctrl-C reaches us alone, and we stop things in their order
		detached: true
	});
	running.add(child);
	if (typeof log === 'number') fs.closeSync(log);
	const ended = once(child, 'exit').then(([code, signal]) => {
		signalGroup(child, 'SIGKILL'); // what the child itself had started and left behind
		running.delete(child);
		return code ?? 128 + constants.signals[signal as NodeJS.Signals];
	});
	ended.catch(() => running.delete(child));
	return {
		process: child,
		ended,
		stop: async () => {
			const insist = setTimeout(() => signalGroup(child, 'SIGKILL'), 12_000);
			if (running.has(child)) signalGroup(child, 'SIGTERM');
			await ended.catch(() => {});
			clearTimeout(insist);
		}
	};
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals) {
	if (!child.pid) return;
	try {
		process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
	} catch {
		// Nobody is left in the group
	}
}

/**
 * Runs `work` until it returns an exit code, fails, or Ctrl-C or SIGTERM comes; then undoes, last first, what it gave
 * to `later`, and exits. Nothing of ours is left running, also when a second Ctrl-C cuts the tidying short.
 */
export async function runUntilStopped(
	work: (later: (undo: () => Promise<void>) => void) => Promise<number>,
	codeAfterCtrlC = 0
): Promise<never> {
	const undos: (() => Promise<void>)[] = [];
	const stopped = new Promise<number>((done) => {
		let signals = 0;
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
			process.on(signal, () => {
				if (++signals > 1) process.exit(130);
				done(signal === 'SIGINT' ? codeAfterCtrlC : 128 + constants.signals[signal]);
			});
	});
	let over = false; // what fails because it is being stopped is no news
	const worked = work((undo) => undos.unshift(undo)).catch((error: unknown) => (over ? 1 : explain(error)));
	const code = await Promise.race([worked, stopped]);
	over = true;
	for (const undo of undos) await undo().catch(explain);
	process.exit(code);
}

/** Asks until the answer is a good one, at most for `timeoutMs`. Throws a sentence. */
export async function untilReady(url: string, timeoutMs = 60_000): Promise<void> {
	for (const deadline = Date.now() + timeoutMs; ; await new Promise((done) => setTimeout(done, 20))) {
		const answer = await fetch(url, { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
		if (answer?.ok) return;
		const says = answer ? `says ${answer.status}` : 'does not answer';
		if (Date.now() > deadline) throw new Error(`The server is not ready after ${timeoutMs / 1000} s: ${url} ${says}.`);
	}
}

/** Shows what an error says to a person and returns the code to exit with: a configuration error brings its own. */
export function explain(error: unknown): number {
	const { message, exitCode, stack } = error as Error & { exitCode?: number };
	console.error(`\n${exitCode || !process.env.DEBUG ? message : stack}`);
	return exitCode ?? 1;
}
