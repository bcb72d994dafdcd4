import { isMainThread } from 'node:worker_threads';

// Loaded into every child first. Its input is a pipe from the launcher: when that closes, the launcher is gone, perhaps
// killed, and nobody would ever stop this process. The child's own workers inherit this file, but not the pipe.
if (isMainThread && process.ppid === Number(process.env.LAUNCHER_PID)) {
	process.stdin.once('close', () => process.kill(process.pid, 'SIGTERM')).resume();
	(process.stdin as NodeJS.ReadStream & { unref?(): void }).unref?.();
}
