import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';

// before the providers are loaded, as it is when a server starts
for (const name of ['OPENAI', 'TOGETHER']) {
	process.env[`${name}_CUSTOM_HEADERS`] = 'x-ours-alone: secret';
	process.env[`${name}_API_KEY`] = 'key-ours-alone';
	process.env[`${name}_PROJECT_ID`] = 'project-ours-alone';
}
process.env.OPENAI_ORG_ID = 'org-ours-alone';
const { configureProviders } = await import('../../../src/lib/server/providers/configure.ts');
const { providers } = await import('../../../src/lib/server/providers/registry.ts');

const heard: http.IncomingHttpHeaders[] = [];
const server = http.createServer(({ headers }, answer) => {
	heard.push(headers);
	answer.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}');
});
beforeAll(() => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)));
afterAll(() => new Promise((done) => server.close(done)));

test.each(['together', 'openai', 'openai-compatible'] as const)(
	'nothing of our own environment goes out with a call of %s',
	async (id) => {
		configureProviders({ allowLocal: true });
		const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
		heard.length = 0;
		await providers[id].models({ provider: id, key: 'the-key-of-the-team', baseUrl }).catch(() => {});
		expect(heard.length).toBeGreaterThan(0);
		for (const headers of heard) {
			expect(headers.authorization).toBe('Bearer the-key-of-the-team');
			expect(JSON.stringify(headers)).not.toMatch(/ours-alone/);
		}
	}
);
