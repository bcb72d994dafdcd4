import net, { type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { openPool } from '../../../../src/lib/server/platform/db/pool.ts';
import { freePort } from '../../../../src/lib/server/platform/process.ts';

test('a connection of ours reaches the database, also when the first of its hosts is down', async () => {
	const url = new URL(process.env.APP_DATABASE_URL!);
	const addresses = [`127.0.0.1:${await freePort()}`, `${url.hostname}:${url.port}`];
	const pool = openPool(url.href.replace(url.host, addresses.join(',')), 1, {});
	expect(await pool.sql`select 1 as one`).toEqual([{ one: 1 }]);
	await pool.close(1);
});

test('a server on this machine is reached through its Unix socket where there is one, and what stands before it as it is named', async () => {
	const cameFrom = async (url: string) => {
		const pool = openPool(url, 1, {});
		const [row] = await pool.sql`select inet_client_addr() as address`;
		await pool.close(1);
		return row!.address as string | null;
	};
	const url = process.env.APP_DATABASE_URL!;
	expect(process.env.DATABASE_SOCKET_DIR).toBeDefined();
	expect(await cameFrom(url)).toBeNull();
	const { hostname, port } = new URL(url);
	const proxy = net.createServer((client) => {
		const server = net.connect(Number(port), hostname);
		client.pipe(server).pipe(client);
		for (const socket of [client, server]) socket.on('error', () => {});
	});
	await new Promise<void>((ready) => proxy.listen(0, hostname, ready));
	const elsewhere = new URL(url);
	elsewhere.port = String((proxy.address() as AddressInfo).port);
	expect(await cameFrom(elsewhere.href)).toBe('127.0.0.1');
	proxy.close();
});
