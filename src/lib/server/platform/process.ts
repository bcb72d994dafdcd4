import fs from 'node:fs';
import net from 'node:net';

/** Whether a process with this id runs, also one that we may not signal. One that ended but is not collected yet does not. */
export function isAlive(pid: number): boolean {
	if (!pid) return false;
	try {
		process.kill(pid, 0);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
	}
	try {
		return !/\) [ZX] /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
	} catch {
		return process.platform !== 'linux';
	}
}

const canListen = (port: number, host?: string) =>
	new Promise<number>((done) => {
		const server = net.createServer();
		server.once('error', () => done(0));
		server.listen({ port, host, exclusive: true }, () => {
			const found = (server.address() as net.AddressInfo).port;
			server.close(() => done(found));
		});
	});

/** `preferred` when it is free on the loopback address, else a random free port. */
export async function freePort(preferred = 0): Promise<number> {
	return (preferred && (await canListen(preferred, '127.0.0.1'))) || canListen(0, '127.0.0.1');
}

/** The first free port from `first` upwards, free on every address, because the web server listens on all of them. */
export async function nextFreePort(first: number): Promise<number> {
	for (let port = first; port < first + 200; port++) if (await canListen(port)) return port;
	throw new Error(`No port from ${first} to ${first + 199} is free. Set PORT to one that is.`);
}

/**
 * Runs `work` while this process holds the lock file; waits for another that holds it, and takes over from a dead one.
 * Throws after a minute.
 */
export async function withFileLock<T>(file: string, work: () => Promise<T>): Promise<T> {
	for (const deadline = Date.now() + 60_000; !take(file); await new Promise((done) => setTimeout(done, 50))) {
		if (Date.now() > deadline) throw new Error(`Another process holds ${file}. Remove the file if nothing is running.`);
	}
	try {
		return await work();
	} finally {
		fs.rmSync(file, { force: true });
	}
}

function take(file: string) {
	try {
		fs.writeFileSync(file, String(process.pid), { flag: 'wx', mode: 0o600 });
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
	}
	const holder = Number(fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : 0);
	if (holder && !isAlive(holder)) fs.rmSync(file, { force: true });
	return false;
}
