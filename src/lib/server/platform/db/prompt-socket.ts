import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { config } from '../config.ts';

/** What postgres.js hands to its `socket` option, which its types do not know; connection.ts gives it one host. */
type Target = { host: string[]; port: number[]; path?: string | false; ssl?: unknown };

const isHere = (host: string) => ['127.0.0.1', '::1', 'localhost'].includes(host);

/** Through the Unix socket of this server, where there is one that answers: each packet costs both ends less than over loopback (a quarter to a half, measured). */
const throughNear = async ({ host: [host], port: [port], ssl }: Target): Promise<net.Socket | null> => {
	const dir = config().databaseSocketDir;
	// no Unix socket of Postgres speaks TLS, and whoever names it means it
	if (!dir || !isHere(host!) || ssl) return null;
	const file = path.join(dir, `.s.PGSQL.${port}`);
	if (!fs.existsSync(file)) return null;
	const socket = net.connect(file);
	// what a killed server left behind, or we may not enter
	return new Promise((done) => {
		socket.once('error', () => done(null));
		socket.once('connect', () => {
			socket.removeAllListeners('error');
			done(socket);
		});
	});
};

/**
 * A connection that sends at once. postgres.js leaves Nagle's algorithm on, which holds a small packet back until the one
 * before it is acknowledged: after every COPY, and wherever statements are pipelined, that is 40 ms of waiting (measured).
 */
export const promptSocket = async (target: Target): Promise<net.Socket> => {
	if (target.path) return net.connect(target.path);
	const near = await throughNear(target);
	const [host, port] = [target.host[0]!, target.port[0]!];
	// TLS reads the host's name from the socket
	return near ?? Object.assign(net.connect({ host, port, noDelay: true }), { host });
};
