import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { patientlyServing, whileMoving } from '../../../src/lib/server/http/patience.ts';

// Over real connections: Node itself ends what does not arrive.

const ms = 100;
beforeAll(() => patientlyServing(ms));

const hurried = { connectionsCheckingInterval: 20, requestTimeout: ms, headersTimeout: ms };
const serving = async (answer: http.RequestListener, options: http.ServerOptions = hurried) => {
	const server = http.createServer(options, answer);
	await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
	onTestFinished(async () => {
		server.closeAllConnections();
		await new Promise((done) => server.close(done));
	});
	return (server.address() as AddressInfo).port;
};

/** Sends a body of so many bytes, one at a time, until the connection ends; `heard` is what came back. */
const drip = async (port: number, bytes: number) => {
	const socket = net.connect(port, '127.0.0.1');
	let heard = '';
	let isOver = false;
	socket.on('data', (piece: Buffer) => (heard += piece));
	socket.on('error', () => {});
	socket.on('close', () => (isOver = true));
	socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${bytes}\r\n\r\n`);
	let sent = 0;
	for (; sent < bytes && !isOver; sent++) {
		socket.write('x');
		await sleep(10);
	}
	if (sent === bytes) while (!heard.includes('\r\n\r\n') && !isOver) await sleep(5);
	socket.destroy();
	return { sent, heard };
};

const readAll = async (request: http.IncomingMessage) => {
	let bytes = 0;
	for await (const piece of request as AsyncIterable<Buffer>) bytes += piece.length;
	return bytes;
};

test('what is read for as long as it moves arrives whole, however long that takes', async () => {
	const port = await serving(
		(request, response) =>
			void whileMoving({ platform: { req: request } }, async () => response.end(`all ${await readAll(request)}`))
	);
	const { heard } = await drip(port, 100);
	expect(heard).toMatch(/^HTTP\/1\.1 200[\s\S]*all 100$/);
});

test('every other body has its time, and so has the rest of one that was answered', async () => {
	const reading = await serving((request) => void readAll(request).catch(() => 0));
	expect((await drip(reading, 100_000)).sent).toBeLessThan(100_000);
	const answered = await serving((_, response) => response.end('no'));
	const refused = await drip(answered, 100_000);
	expect(refused.heard).toContain('200');
	expect(refused.sent).toBeLessThan(100_000);
	const given = await serving(
		(request, response) => void whileMoving({ platform: { req: request } }, async () => response.end('enough'))
	);
	expect((await drip(given, 100_000)).heard).toContain('enough');
});

test('a body that is here need not be read: its answer may take its time', async () => {
	const port = await serving(async (_, response) => {
		response.write('slow');
		await sleep(3 * ms);
		response.end('ly');
	}, {});
	const answer = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: 'a body' });
	expect(await answer.text()).toBe('slowly');
});
