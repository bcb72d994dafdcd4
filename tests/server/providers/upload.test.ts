import { once } from 'node:events';
import fs from 'node:fs/promises';
import { openAsBlob } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import type { ProviderId } from '../../../src/lib/server/providers/provider.ts';
import { providers } from '../../../src/lib/server/providers/registry.ts';

// A server that throws away what it is sent, and how much of it this process held at most while it came.

const fileMb = 64;
const lookEveryMb = 8;
let [server, room, heldMb, came]: [Server, string, number, number] = [createServer(), '', 0, 0];

const mb = (bytes: number) => bytes / 2 ** 20;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
/** What is still held once everything that nobody needs is gone. */
const held = () => {
	collect();
	return mb(process.memoryUsage().arrayBuffers);
};

beforeAll(async () => {
	configureProviders({ allowLocal: true });
	room = await fs.mkdtemp(path.join(os.tmpdir(), 'aitelier-upload-'));
	const piece = Buffer.alloc(2 ** 20, 'a');
	for (let at = 0; at < fileMb; at++) await fs.appendFile(path.join(room, 'file'), piece);
	server = createServer((request, response) => {
		const { pathname } = new URL(request.url!, 'http://here');
		const before = held();
		let looked = 0;
		request.on('data', (chunk: Buffer) => {
			came += chunk.length;
			if (mb(came) < looked + lookEveryMb) return;
			looked = mb(came);
			heldMb = Math.max(heldMb, held() - before);
		});
		request.on('end', () => {
			const say = (body: object) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
			if (/^\/away/.test(pathname)) return response.writeHead(307, { location: '/elsewhere' }).end();
			if (/^\/new.*\/upload$/.test(pathname)) return response.writeHead(404).end();
			if (/^\/new.*\/files$/.test(pathname))
				return response
					.writeHead(302, { location: `http://${request.headers.host}/store`, 'x-together-file-id': 'file-1' })
					.end();
			say({ id: 'file-1', status: 'processed', processing_status: 'COMPLETED' });
		});
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
});
afterAll(async () => {
	server.close();
	await fs.rm(room, { recursive: true });
});

const send = async (provider: ProviderId, root: string) => {
	[heldMb, came] = [0, 0];
	const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}${root}/v1`;
	const body = await openAsBlob(path.join(room, 'file'));
	return providers[provider].upload({ provider, baseUrl, key: 'key' }, { name: 'a.jsonl', body, purpose: 'train' });
};

describe('a file from the disk is never whole in memory', () => {
	test.each<[string, ProviderId, string]>([
		['in a form of OpenAI', 'openai', ''],
		['in a form of Together', 'together', ''],
		['announced', 'together', '/new']
	])('%s', async (_, provider, root) => {
		// a problem tells more where it is compared than where it is thrown
		expect(await send(provider, root).catch((problem: unknown) => problem)).toEqual({ fileId: 'file-1' });
		expect(mb(came)).toBeGreaterThanOrEqual(fileMb);
		expect(heldMb).toBeLessThan(fileMb / 2);
	});
});

test.each<ProviderId>(['openai', 'together'])(
	'%s sends us elsewhere: the file is sent once, and not there',
	async (id) => {
		await expect(send(id, '/away')).rejects.toMatchObject({
			kind: 'refused',
			message: expect.stringMatching(/another address/)
		});
		expect(mb(came)).toBeLessThan(fileMb + 1);
	}
);
