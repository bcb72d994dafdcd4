// A training file of any size is in nobody's memory as a whole: it is written, kept, sent and read in parts.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { trainedAmong } from '../../../src/lib/server/evaluations/leaks.ts';
import { sha256 } from '../../../src/lib/server/platform/crypto.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { runFileParts } from '../../../src/lib/server/platform/db/schema.ts';
import { startRun } from '../../../src/lib/server/runs/commands.ts';
import { withBody, writingFile } from '../../../src/lib/server/runs/files.ts';
import { downloadRunFile, getRun } from '../../../src/lib/server/runs/queries.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { owner } from '../../support/database/owner.ts';
import { rewriteHistory } from '../../support/database/raw.ts';
import { drive, newRun, newWorkshop } from '../../support/data/training.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
	sandbox = await startSandbox({ port: 0, speed: 40 });
});
afterAll(async () => {
	await closePools();
	await sandbox.stop();
});

/** A run whose training file lies in parts of at most `mostBytes`, as a large one does. */
const inParts = async (mostBytes: number, size = {}) => {
	const { scope, slug, project } = await newWorkshop(sandbox.url, size);
	const here = await inProject(scope, slug);
	const { id } = await startRun(here, newRun());
	const body = async () =>
		(await Array.fromAsync((await downloadRunFile(here, { runId: id, kind: 'train' })).pieces)).join('');
	const whole = await body();
	await rewriteHistory('run_files', (sql) => sql`delete from run_files where run_id = ${id} and kind = 'train'`);
	await scope.tx(async (tx) => {
		const file = writingFile(tx, { projectId: project.id, runId: id, kind: 'train' }, mostBytes);
		for (const line of whole.trimEnd().split('\n')) await file.add(line);
		return file.end();
	});
	const parts = await owner`select place, body, sha256 from run_file_parts where run_id = ${id} order by place`;
	return { scope, here, id, whole, body, parts };
};

test('parts of whole lines, none larger than it may be, make the same file, which is trained on and handed out', async () => {
	const { scope, here, id, whole, body, parts } = await inParts(1_000);
	expect(parts.length).toBeGreaterThan(2);
	expect(parts.map(({ place }) => place)).toEqual(parts.map((_, at) => at));
	for (const part of parts) {
		expect(Buffer.byteLength(part.body)).toBeLessThanOrEqual(1_000);
		expect(part.body.endsWith('\n')).toBe(true);
		expect(part.sha256).toBe(sha256(part.body).toString('hex'));
	}
	expect(parts.map((part) => part.body).join('')).toBe(whole);
	const [file] = await owner`select * from run_files where run_id = ${id} and kind = 'train'`;
	expect(file).toMatchObject({
		body: null,
		parts: parts.length,
		sha256: sha256(whole).toString('hex'),
		bytes: String(Buffer.byteLength(whole))
	});
	expect(await body()).toBe(whole);
	expect(await withBody(scope, { id }, 'train', (sent) => new File([sent], 'a').text())).toBe(whole);
	const hashes =
		await owner`select encode(prompt_hash, 'hex') as hash from examples where project_id = ${here.project.id}`;
	const asked = new Set(hashes.map(({ hash }) => hash as string));
	expect(asked.size).toBeGreaterThan(20);
	expect(await scope.tx((tx) => trainedAmong(tx, id, asked))).toHaveProperty('size', 20);
	expect((await drive(scope, id)).status).toBe('ready');
	expect((await getRun(here, { runId: id })).files).toContainEqual({
		kind: 'train',
		sha256: sha256(whole).toString('hex'),
		byteCount: Buffer.byteLength(whole),
		removedAt: null
	});
});

test('a part that comes later is none of the file', async () => {
	const { scope, here, id, whole, body, parts } = await inParts(1_000);
	const more = { projectId: here.project.id, runId: id, kind: 'train' as const, place: parts.length };
	await scope.tx((tx) => tx.insert(runFileParts).values({ ...more, body: 'more', sha256: '' }));
	expect(await body()).toBe(whole);
});

test('more lines than are read at once stand in their order, each once', async () => {
	const { whole } = await inParts(1_000_000, { train: 1_010, validation: 0 });
	const numbers = [...whole.matchAll(/"Where is the train thing number (\d+)/g)].map(([, n]) => Number(n));
	expect(numbers).toEqual(Array.from({ length: 1_010 }, (_, i) => i));
});

test('the size of a file may be more than an old integer says', async () => {
	const { here, id } = await inParts(1_000);
	await rewriteHistory('run_files', (sql) => sql`update run_files set bytes = 3000000000 where run_id = ${id}`);
	expect((await getRun(here, { runId: id })).files[0]).toMatchObject({ byteCount: 3_000_000_000 });
});
