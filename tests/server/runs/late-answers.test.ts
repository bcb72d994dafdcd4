import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import { providers } from '../../../src/lib/server/providers/registry.ts';
import { startRun } from '../../../src/lib/server/runs/commands.ts';
import { ProviderError } from '../../../src/lib/server/providers/errors.ts';
import { startOddServer } from '../providers/odd-server.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { drive, jobsAt, newRun, newWorkshop, runRow, submit } from '../../support/data/training.ts';

// What is asked before an order may be answered when another worker has ordered, or in a way that says nothing.

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
	configureProviders({ allowLocal: true });
	sandbox = await startSandbox({ port: 0, speed: 40 });
});
afterEach(() => void vi.restoreAllMocks());
afterAll(async () => {
	await closePools();
	await sandbox.stop();
});

const started = async () => {
	const workshop = await newWorkshop(sandbox.url);
	const run = await startRun(await inProject(workshop.scope, workshop.slug), newRun());
	return { ...workshop, run, jobs: () => jobsAt(sandbox.url, workshop.key) };
};

const cutCount = { contextTokens: 9, rows: [{ tokens: 9, isCut: true }] };
const tooDear = { cents: 100, trainTokens: null, allowed: false, basis: '' };
test.for([
	['count', cutCount],
	['estimate', tooDear]
] as const)(
	'the %s that comes when another worker has ordered ends nothing: the order is followed',
	async ([what, late]) => {
		const { scope, run, jobs } = await started();
		let answer = (_: unknown) => {};
		let isAsked = () => {};
		const asked = new Promise<void>((done) => (isAsked = done));
		const slow = () => (isAsked(), new Promise((done) => (answer = done)));
		vi.spyOn(providers.sandbox, what).mockImplementationOnce(slow as never);
		const first = submit(scope, run.id);
		await asked;
		await submit(scope, run.id);
		const { jobId } = await runRow(scope, run.id);
		expect(jobId).not.toBeNull();
		answer(late);
		await first;
		expect(await runRow(scope, run.id)).toMatchObject({ status: 'validating', jobId });
		expect((await drive(scope, run.id)).status).toBe('ready');
		expect(await jobs()).toHaveLength(1);
	}
);

test('a file that another worker has sent and ordered with keeps its number: the order is found by it', async () => {
	const { scope, run, jobs } = await started();
	const real = providers.sandbox.upload;
	let go = () => {};
	let isAsked = () => {};
	const asked = new Promise<void>((done) => (isAsked = done));
	vi.spyOn(providers.sandbox, 'upload').mockImplementationOnce(async (...given) => {
		isAsked();
		await new Promise<void>((done) => (go = done));
		return real(...given);
	});
	const first = submit(scope, run.id);
	await asked;
	await submit(scope, run.id);
	const { trainingFileId, validationFileId } = await runRow(scope, run.id);
	go();
	await first;
	expect(await runRow(scope, run.id)).toMatchObject({ trainingFileId, validationFileId, status: 'validating' });
	expect(await jobs()).toHaveLength(1);
});

test.for([NaN, -400, Infinity, 1e308])('an estimate of %d cents is none, and the order goes out', async (cents) => {
	const { scope, run, jobs } = await started();
	vi.spyOn(providers.sandbox, 'estimate').mockResolvedValue({ ...tooDear, allowed: true, cents });
	const { estimateCents } = await runRow(scope, run.id);
	await submit(scope, run.id);
	expect(await runRow(scope, run.id)).toMatchObject({ estimateCents, status: 'validating' });
	expect(await jobs()).toHaveLength(1);
});

const counts = {
	'rows that are none': { max_seq_length: 9, rows: [null, 'a row', 7] },
	'no rows': { max_seq_length: 9, rows: [] },
	'less than nothing': { max_seq_length: 9, rows: [{ num_tokens: -5, truncated: false }] },
	'more than can be': { max_seq_length: 9, rows: Array.from({ length: 20 }, () => ({ num_tokens: 1e308 })) },
	'a text': 'counted!',
	nothing: {},
	'a list': [{ num_tokens: 5 }]
};
test.for(Object.entries(counts))('a count of %s is none', async ([, answer]) => {
	const odd = await startOddServer(() => answer);
	const access = { provider: 'sandbox' as const, baseUrl: odd.url, key: 'a key' };
	const order = { mark: 'm', model: 'm', method: 'sft' as const, trainingFileId: 'f' };
	const counted = providers.sandbox.count(access, order, 20);
	expect(await counted.catch((problem) => problem instanceof ProviderError)).toBeOneOf([null, true]);
	await odd.stop();
});

test('of a count only the rows that were asked for count', async () => {
	const rows = Array.from({ length: 5_000 }, () => ({ num_tokens: 5, truncated: false }));
	const odd = await startOddServer(() => ({ max_seq_length: 9, rows }));
	const access = { provider: 'sandbox' as const, baseUrl: odd.url, key: 'a key' };
	const order = { mark: 'm', model: 'm', method: 'sft' as const, trainingFileId: 'f' };
	const counted = await providers.sandbox.count(access, order, 20);
	expect(counted?.rows).toHaveLength(20);
	await odd.stop();
});
