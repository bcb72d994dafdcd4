import net from 'node:net';

/** What postgres.js hands to its `socket` option, which its types do not know. */
type Target = { host: string[]; port: number[]; path?: string | false };

/**
 * Connections that send at once. postgres.js leaves Nagle's algorithm on, which holds a small packet back until the one
 * before it is acknowledged: after every COPY, and wherever statements are pipelined, that is 40 ms of waiting (measured).
 * Each new connection tries the next host of the address, as postgres.js itself does.
 */
export const promptSocket = () => {
	let attempt = 0;
	const socket = ({ host, port, path }: Target) => {
		if (path) return net.connect(path);
		const at = attempt++ % host.length;
		// TLS reads the host's name from the socket
		return Object.assign(net.connect({ host: host[at]!, port: port[at]!, noDelay: true }), { host: host[at] });
	};
	return { socket } as object;
};
