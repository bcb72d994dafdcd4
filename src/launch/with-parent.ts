import { isMainThread } from 'node:worker_threads';

// Loaded into every child first. Its input is a pipe from the launcher: when that closes, the launcher is gone, perhaps
// killed, and nobody would ever stop this process. What the child starts inherits this file, but neither pipe nor mark.
if (isMainThread && process.env.HAS_LAUNCHER) {
	delete process.env.HAS_LAUNCHER;
	process.stdin.once('close', () => process.kill(process.pid, 'SIGTERM')).resume();
	(process.stdin as NodeJS.ReadStream & { unref?(): void }).unref?.();
}
