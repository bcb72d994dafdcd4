import { spawn } from 'node:child_process';
import type { Io } from '../terminal/io.ts';

const openers: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', linux: 'xdg-open', win32: 'explorer' };

/** Over ssh, in CI and without a screen there is no browser. */
const hasBrowser = ({ env, stderr }: Pick<Io, 'env' | 'stderr'>): boolean => {
	if (!stderr.isTTY || env.CI || env.SSH_CONNECTION) return false;
	return process.platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
};

/** Shows an address in the person's browser. Says whether there is one: $BROWSER, or that of the system. */
export const browse = async (io: Pick<Io, 'env' | 'stderr'>, address: string): Promise<boolean> => {
	const program = io.env.BROWSER || (hasBrowser(io) ? openers[process.platform] : undefined);
	if (!program) return false;
	const child = spawn(program, [address], { stdio: 'ignore', detached: true, env: io.env as NodeJS.ProcessEnv });
	const isStarted = await new Promise<boolean>((done) => {
		child.once('spawn', () => done(true));
		child.once('error', () => done(false));
	});
	child.unref();
	return isStarted;
};
