import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { logBug } from './log.ts';
import { charactersPage, isKey } from './characters.ts';
import type { Fault } from './fault.ts';
import { type Faults, openFaults, refuseFor, refuseKey } from './faults.ts';
import { routeFor } from './routes.ts';
import { openDiskStore, openMemoryStore } from './store.ts';
import { openTraining } from './training.ts';
import { type Call, type EventStream, Refusal, type Reply, type Sandbox } from './wire.ts';

export type SandboxOptions = {
	/** 0 takes any free port. */
	port: number;
	/** Where the state is kept; without it, in memory. */
	dir?: string;
	/** 1: a small job takes about 12 seconds; 20: about half a second. */
	speed?: number;
	host?: string;
	now?: () => number;
	/** The largest file in MB. The sandbox holds it in memory; OpenAI takes 512, Together some thousand. */
	mostMb?: number;
};

const slowMs = 5_000;

/**
 * Starts a server that speaks Together's and OpenAI's wire protocols, really learns from the files it is given, and
 * fails on request. It listens on this machine only, unless a host is given.
 */
export async function startSandbox(
	options: SandboxOptions
): Promise<{ url: string; port: number; stop(): Promise<void> }> {
	const { port, dir, speed = 1, host = '127.0.0.1', now = Date.now, mostMb = 256 } = options;
	const store = dir === undefined ? openMemoryStore() : openDiskStore(dir);
	const sandbox: Sandbox = { store, now, speed, mostMb, training: openTraining(store, now) };
	const faults = openFaults();

	const server = createServer((request, response) => {
		void answer(sandbox, faults, request, response).catch(() => response.destroy());
	});
	server.listen(port, host);
	await once(server, 'listening');
	const { port: taken } = server.address() as AddressInfo;
	return {
		url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
		port: taken,
		async stop() {
			const closed = once(server, 'close');
			server.close();
			server.closeAllConnections();
			await Promise.all([closed, sandbox.training.stop()]);
		}
	};
}

async function answer(
	sandbox: Sandbox,
	faults: Faults,
	request: IncomingMessage,
	response: ServerResponse
): Promise<void> {
	const gone = new AbortController();
	response.on('close', () => gone.abort());
	let fault: Fault | null = null;
	let reply: Reply;
	try {
		const path = new URL(request.url ?? '/', 'http://sandbox').pathname;
		if (path === '/' && request.method === 'GET') return await send(charactersPage(), null, response, gone.signal);
		const call = await callOf(sandbox, request, gone.signal);
		const header = request.headers['x-sandbox-fault'];
		if (path === '/faults' && request.method === 'POST') reply = await faults.order(call);
		else {
			const route = routeFor(request.method ?? 'GET', path);
			if (!route) throw new Refusal(404, 'There is nothing at this address.', { code: 'unknown_url' });
			if (isKey(call.key, 'storm')) faults.pauseInStorm({ key: call.key, path: `${request.method} ${path}` });
			fault = faults.take({ key: call.key, path, header: typeof header === 'string' ? header : undefined });
			refuseFor(fault);
			reply = await route.handler({ ...call, params: route.params, fault });
		}
	} catch (problem) {
		if (!(problem instanceof Refusal)) logBug(problem, `${request.method} ${request.url}`);
		reply = (
			problem instanceof Refusal ? problem : new Refusal(500, 'The sandbox broke.', { type: 'server_error' })
		).reply();
	}
	if (fault === 'slow') await wait(slowMs / sandbox.speed, undefined, { signal: gone.signal });
	await send(reply, fault, response, gone.signal);
}

/** Reads the request. The address of a signed upload says whose it is; everything else needs a key. */
async function callOf(sandbox: Sandbox, request: IncomingMessage, gone: AbortSignal): Promise<Call> {
	const url = new URL(request.url ?? '/', 'http://sandbox');
	const signed = /^\/(signed|tokenized)\//.test(url.pathname);
	const key = /^Bearer\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
	if (!signed) refuseKey(key);
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of request) {
		bytes += (chunk as Buffer).length;
		if (bytes > sandbox.mostMb * 2 ** 20) throw new Refusal(413, `The file is larger than ${sandbox.mostMb} MB.`);
		chunks.push(chunk as Buffer);
	}
	const account = signed
		? sandbox.store.accountById(url.searchParams.get('account') ?? '')
		: sandbox.store.account(key);
	if (!account) throw new Refusal(403, 'This address is not valid.');
	const { headers } = request;
	return {
		sandbox,
		account,
		key,
		headers,
		params: {},
		query: url.searchParams,
		body: Buffer.concat(chunks),
		fault: null,
		gone
	};
}

async function send(reply: Reply, fault: Fault | null, response: ServerResponse, gone: AbortSignal): Promise<void> {
	response.setHeader('x-request-id', randomUUID());
	for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
	// what a proxy in between says when it takes over: a success, and nothing of what was asked
	if (fault === 'garbled')
		return void response.setHeader('content-type', 'text/html').end('<html><body>Welcome!</body></html>');
	if (reply.stream) return stream(reply.stream, fault, response, gone);
	if (reply.cut || fault === 'cut') return void response.destroy();
	if (fault === 'hang') return; // the caller has to give up
	response.statusCode = reply.status ?? 200;
	if (reply.bytes) response.end(reply.bytes);
	else if (reply.json === undefined) response.end();
	else response.setHeader('content-type', 'application/json').end(JSON.stringify(reply.json));
}

async function stream(
	source: EventStream,
	fault: Fault | null,
	response: ServerResponse,
	gone: AbortSignal
): Promise<void> {
	const cutAfter = fault === 'cut' ? 4 : source.cutAfter;
	response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
	let sent = 0;
	for await (const event of source.events) {
		if (gone.aborted) return;
		if (sent === cutAfter) return void response.destroy();
		if (fault === 'hang' && sent === 4) return;
		if (fault === 'stream-error' && sent === 4) {
			const error = { message: 'The machine failed while it answered.', type: 'server_error', code: null };
			return void response.end(`data: ${JSON.stringify({ error })}\n\n`);
		}
		response.write(event);
		sent += 1;
	}
	response.end();
}
