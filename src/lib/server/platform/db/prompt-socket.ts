import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { config } from '../config.ts';

/** What postgres.js hands to its `socket` option, which its types do not know; connection.ts gives it one host. */
type Target = { host: string[]; port: number[]; path?: string | false };

const isHere = (host: string) => ['127.0.0.1', '::1', 'localhost'].includes(host);

/** The Unix socket of this server, where there is one: each packet through it costs both ends less than over loopback (a quarter to a half, measured). */
const nearSocket = (host: string, port: number): string | null => {
	const dir = config().databaseSocketDir;
	if (!dir || !isHere(host)) return null;
	const file = path.join(dir, `.s.PGSQL.${port}`);
	return fs.existsSync(file) ? file : null;
};

/**
 * A connection that sends at once. postgres.js leaves Nagle's algorithm on, which holds a small packet back until the one
 * before it is acknowledged: after every COPY, and wherever statements are pipelined, that is 40 ms of waiting (measured).
 */
export const promptSocket = ({ host: [host], port: [port], path: named }: Target): net.Socket => {
	const near = named || nearSocket(host!, port!);
	if (near) return net.connect(near);
	// TLS reads the host's name from the socket
	return Object.assign(net.connect({ host: host!, port: port!, noDelay: true }), { host });
};
