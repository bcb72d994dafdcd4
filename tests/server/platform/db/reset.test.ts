// A connection through TLS that is reset: the driver hears of it before its socket has closed.
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Unavailable } from '../../../../src/lib/core/errors.ts';
import { type Pool, openPool } from '../../../../src/lib/server/platform/db/pool.ts';
import { alone, inTransaction } from '../../../../src/lib/server/platform/db/transaction.ts';
import { owner } from '../../../support/database/owner.ts';

// both ends know a secret, so that there is no certificate to make
const psk = Buffer.alloc(16, 7);
const shared = { ciphers: 'PSK', maxVersion: 'TLSv1.2' as const };

const database = new URL(process.env.DATABASE_URL!);
const through = new Set<net.Socket>();
const secure = tls.createServer({ ...shared, pskCallback: () => psk }, (socket) => {
	const server = net.connect(Number(database.port), database.hostname);
	for (const end of [socket, server]) end.on('error', () => {});
	socket.pipe(server).pipe(socket);
});
secure.on('tlsClientError', () => {});
/** Speaks TLS, as a managed server does, and hands on what it hears. */
const proxy = net.createServer((socket) => {
	through.add(socket);
	socket.on('error', () => {});
	socket.once('data', () => {
		socket.write('S');
		secure.emit('connection', socket);
	});
});
const resetAll = () => {
	for (const socket of through) socket.resetAndDestroy();
	through.clear();
};

let pool: Pool;
beforeAll(async () => {
	proxy.listen(0, '127.0.0.1');
	await once(proxy, 'listening');
	const { port } = proxy.address() as net.AddressInfo;
	const url = Object.assign(new URL(database), { hostname: '127.0.0.1', port: String(port) });
	const ssl = {
		...shared,
		pskCallback: () => ({ psk, identity: 'aitelier' }),
		checkServerIdentity: () => undefined
	};
	pool = openPool(url.href, 1, { onnotice: () => {}, ssl } as never);
});
afterAll(async () => {
	await pool.close(1);
	proxy.close();
});

/** Resets what waits in such a statement. */
const whileIn = async <T>(name: string, work: Promise<T>) => {
	const ends = Promise.allSettled([work]);
	const sleeps = async () =>
		(
			await owner`select count(*)::int as n from pg_stat_activity where query like ${`%${name}%`} and wait_event = 'PgSleep'`
		)[0]!.n;
	await expect.poll(sleeps, { interval: 10 }).toBe(1);
	resetAll();
	return (await ends)[0]!;
};
const refused = { status: 'rejected', reason: expect.any(Unavailable) };

test('a transaction that is one statement says that its connection was lost, and the next finds another', async () => {
	expect(await whileIn('reset_alone', alone(pool, 'select pg_sleep(20) as reset_alone', []))).toMatchObject(refused);
	expect(await alone(pool, 'select 1 as one', [])).toEqual({ one: 1 });
});

test('so does one whose commit has left, and so does a question by itself', async () => {
	const last = inTransaction(
		pool,
		() => [],
		(sql, last) => {
			const sent = sql`select pg_sleep(20) as reset_last`;
			last();
			return sent;
		}
	);
	expect(await whileIn('reset_last', last)).toMatchObject(refused);
	expect(await alone(pool, 'select 1 as one', [])).toEqual({ one: 1 });
	expect(await whileIn('reset_plain', pool.sql`select pg_sleep(20) as reset_plain`.execute())).toMatchObject(refused);
	expect(await alone(pool, 'select 1 as one', [])).toEqual({ one: 1 });
});
