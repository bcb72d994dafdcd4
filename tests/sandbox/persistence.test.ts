import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { providers } from '../../src/lib/server/providers/registry.ts';
import type { Access } from '../../src/lib/server/providers/provider.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { follow, pause, prepare } from '../server/providers/places.ts';

let dir: string;
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'sandbox-test-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const provider = providers.sandbox;
const key = 'a-secret-key';
const ask = {
	messages: [{ role: 'user' as const, content: 'How do I return an item?' }],
	temperature: 0,
	maxTokens: 200
};

/** The sandbox runs only during the work. */
async function during<T>(work: (access: Access) => Promise<T>, speed = 20): Promise<T> {
	const sandbox = await startSandbox({ port: 0, dir, speed });
	try {
		return await work({ provider: 'sandbox', baseUrl: sandbox.url, key });
	} finally {
		await sandbox.stop();
	}
}

test('a job goes on while the sandbox is switched off, and what was learnt is still there', async () => {
	const { order, jobId } = await during(async (access) => {
		const order = await prepare(access);
		const { jobId } = await provider.submit(access, order);
		await follow(provider, access, jobId, ({ status }) => status === 'training');
		return { order, jobId };
	});
	const { deployment, text } = await during(async (access) => {
		expect(await provider.find(access, order.mark)).toEqual([{ jobId }]);
		const ready = (await follow(provider, access, jobId)).at(-1)!;
		expect(ready.points.length).toBeGreaterThan(30);
		const deployment = await provider.deploy(access, { modelObject: ready.modelObject! }, order.mark);
		while ((await provider.deploymentState(access, deployment)) !== 'ready') await pause();
		return { deployment, text: (await provider.chat(access, { ...ask, model: deployment.callAs })).text };
	});
	expect(text).toContain('Swiftpost');
	await during(async (access) => {
		expect(await provider.deploymentState(access, deployment)).toBe('ready');
		expect((await provider.chat(access, { ...ask, model: deployment.callAs })).text).toBe(text);
		await provider.stop(access, deployment);
		expect(
			(await provider.report({ ...access, key: 'another' }, jobId).catch((problem: unknown) => problem)) as object
		).toMatchObject({ kind: 'not_found' });
	});
});

test('a learning that was interrupted begins anew', async () => {
	const { jobId, account } = await during(async (access) => {
		const { jobId } = await provider.submit(access, await prepare(access));
		return { jobId, account: readdirSync(dir)[0]! };
	}, 1);
	rmSync(join(dir, account, 'models'), { recursive: true });
	const path = join(dir, account, 'account.json');
	const state = JSON.parse(readFileSync(path, 'utf8'));
	state.jobs[jobId].waitedMs = null;
	writeFileSync(path, JSON.stringify(state));
	await during(async (access) => {
		await follow(provider, access, jobId, ({ points }) => points.length > 0);
	});
});

test('a key is not written down', async () => {
	await during((access) => prepare(access));
	for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
		if (entry.isFile()) expect(readFileSync(join(entry.parentPath, entry.name), 'utf8')).not.toContain(key);
		expect(entry.name).not.toContain(key);
	}
});
