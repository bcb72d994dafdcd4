import net from 'node:net';

/** What postgres.js hands to its `socket` option, which its types do not know; connection.ts gives it one host. */
type Target = { host: string[]; port: number[]; path?: string | false };

/**
 * A connection that sends at once. postgres.js leaves Nagle's algorithm on, which holds a small packet back until the one
 * before it is acknowledged: after every COPY, and wherever statements are pipelined, that is 40 ms of waiting (measured).
 */
export const promptSocket = ({ host: [host], port: [port], path }: Target): net.Socket => {
	if (path) return net.connect(path);
	// TLS reads the host's name from the socket
	return Object.assign(net.connect({ host: host!, port: port!, noDelay: true }), { host });
};
