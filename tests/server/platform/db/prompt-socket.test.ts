import fs from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import * as configuration from '../../../../src/lib/server/platform/config.ts';
import { openPool } from '../../../../src/lib/server/platform/db/pool.ts';
import { freePort } from '../../../../src/lib/server/platform/process.ts';

test('a connection of ours reaches the database, also when the first of its hosts is down', async () => {
	const url = new URL(process.env.APP_DATABASE_URL!);
	const addresses = [`127.0.0.1:${await freePort()}`, `${url.hostname}:${url.port}`];
	const pool = openPool(url.href.replace(url.host, addresses.join(',')), 1, {});
	expect(await pool.sql`select 1 as one`).toEqual([{ one: 1 }]);
	await pool.close(1);
});

const cameFrom = async (url: string) => {
	const pool = openPool(url, 1, {}, 3_000);
	try {
		const [row] = await pool.sql`select inet_client_addr() as address`;
		return row!.address as string | null;
	} finally {
		await pool.close(1);
	}
};

test('a server on this machine is reached through its Unix socket where there is one, and what stands before it as it is named', async () => {
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

test('a Unix socket that a killed server left behind does not stand in the way of one that answers', async () => {
	const url = process.env.APP_DATABASE_URL!;
	const dir = fs.mkdtempSync(path.join(process.env.DATA_DIR!, 's'));
	const file = path.join(dir, `.s.PGSQL.${new URL(url).port}`);
	const settings = configuration.config();
	const spy = vi.spyOn(configuration, 'config').mockReturnValue({ ...settings, databaseSocketDir: dir });
	fs.writeFileSync(file, '');
	expect(await cameFrom(url)).toBe('127.0.0.1');
	expect(spy).toHaveBeenCalled();
	vi.restoreAllMocks();
});

test('whoever asks for TLS is not given a Unix socket, which has none', async () => {
	const url = new URL(process.env.APP_DATABASE_URL!);
	let asked = '';
	// says that it has no TLS, as the server of the tests does
	const server = net.createServer((client) => {
		client.once('data', (packet: Buffer) => {
			asked = packet.toString('hex');
			client.end('N');
		});
		client.on('error', () => {});
	});
	await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
	const { port } = server.address() as AddressInfo;
	const settings = configuration.config();
	const dir = fs.mkdtempSync(path.join(process.env.DATA_DIR!, 's'));
	const near = net.createServer((client) => client.destroy());
	await new Promise<void>((ready) => near.listen(path.join(dir, `.s.PGSQL.${port}`), ready));
	vi.spyOn(configuration, 'config').mockReturnValue({ ...settings, databaseSocketDir: dir });
	url.port = String(port);
	url.searchParams.set('sslmode', 'require');
	await expect(cameFrom(url.href)).rejects.toThrow();
	expect(asked).toBe('0000000804d2162f');
	vi.restoreAllMocks();
	for (const one of [server, near]) one.close();
});
