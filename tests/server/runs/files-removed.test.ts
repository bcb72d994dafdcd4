// Where the server is set so, the bytes of a training file go some time after its run has ended. What is known of them stays.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { promptText } from '../../../src/lib/core/examples/fingerprint.ts';
import { sha256 } from '../../../src/lib/server/platform/crypto.ts';
import { trainedAmong } from '../../../src/lib/server/evaluations/leaks.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { purge } from '../../../src/lib/server/platform/purge.ts';
import { startRun } from '../../../src/lib/server/runs/commands.ts';
import { writingFile } from '../../../src/lib/server/runs/files.ts';
import { downloadRunFile, getRun } from '../../../src/lib/server/runs/queries.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { owner } from '../../support/database/owner.ts';
import { rewriteHistory } from '../../support/database/raw.ts';
import { newRun, newWorkshop } from '../../support/data/training.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
	sandbox = await startSandbox({ port: 0, speed: 40 });
});
afterAll(async () => {
	await closePools();
	await sandbox.stop();
});

const removeFiles = async (days: number, most = 100): Promise<number> =>
	(await plainPool().begin((sql) => sql`select purge('run_files', ${days}::int, ${most}::int) as removed`))[0]!.removed;

/** A run that ended so many days ago, with a training file in three parts and a validation file in one row. */
const endedRun = async (daysAgo: number, status = 'ready') => {
	const { scope, slug, project } = await newWorkshop(sandbox.url);
	const here = await inProject(scope, slug);
	const { id } = await startRun(here, newRun());
	await rewriteHistory('run_files', (sql) => sql`delete from run_files where run_id = ${id} and kind = 'train'`);
	await scope.tx(async (tx) => {
		const file = writingFile(tx, { projectId: project.id, runId: id, kind: 'train' }, 10);
		for (const line of ['{"messages":[]}', '{"messages":[ ]}', '{"messages":[  ]}']) await file.add(line);
		return file.end();
	});
	await owner`update runs set status = ${status}, finished_at = now() - make_interval(days => ${daysAgo}) where id = ${id}`;
	return { scope, here, id };
};
const left = async (runId: string) =>
	(
		await owner`select (select count(*)::int from run_file_parts where run_id = ${runId}) as parts,
			(select count(*)::int from run_files where run_id = ${runId} and body is not null) as bodies`
	)[0];

/** Whoever has begun to read a file has come to its end. */
const anHourLater = () =>
	rewriteHistory('run_files', (sql) => sql`update run_files set removed_at = removed_at - interval '61 minutes'`);

test('its bytes go part by part; its size and hash, and what was learnt, stay', async () => {
	const { scope, here, id } = await endedRun(40);
	const before = await getRun(here, { runId: id });
	const known = await owner`
		select encode(e.prompt_hash, 'hex') as hash from run_examples m join examples e on e.id = m.example_id where m.run_id = ${id} and m.kind = 'train'`;
	const ofFile = sha256(promptText([])).toString('hex');
	const asked = new Set([...known.map(({ hash }) => hash as string), ofFile]);
	expect(await scope.tx((tx) => trainedAmong(tx, id, asked))).toEqual(asked);
	expect(asked.size).toBe(21); // twenty examples, and what the file above says
	const { pieces } = await downloadRunFile(here, { runId: id, kind: 'train' });
	const reading = pieces[Symbol.asyncIterator]();
	const begun = await reading.next();
	// said first, and gone an hour later: whoever reads a file of which some parts are gone would miss one
	expect([await removeFiles(35, 2), await left(id)]).toEqual([2, { parts: 3, bodies: 0 }]);
	expect(await removeFiles(35, 2)).toBe(0);
	const rest = await Array.fromAsync({ [Symbol.asyncIterator]: () => reading });
	expect([begun.value, ...rest].join('').trimEnd().split('\n')).toHaveLength(3);
	await anHourLater();
	await expect(downloadRunFile(here, { runId: id, kind: 'train' })).rejects.toThrow('were removed on');
	expect([await removeFiles(35, 2), await left(id)]).toEqual([2, { parts: 1, bodies: 0 }]);
	await scope.tx((tx) => trainedAmong(tx, id, asked));
	while ((await removeFiles(35, 2)) > 0);
	expect(await left(id)).toEqual({ parts: 0, bodies: 0 });
	const after = await getRun(here, { runId: id });
	expect(after.files).toEqual(before.files.map((file) => ({ ...file, removedAt: expect.any(Date) })));
	for (const kind of ['train', 'validation'] as const)
		await expect(downloadRunFile(here, { runId: id, kind })).rejects.toThrow(
			/^The bytes of this file were removed on \d{4}-\d\d-\d\d, as this server is set\. Which examples/
		);
	const still = await scope.tx((tx) => trainedAmong(tx, id, asked));
	expect(known.every(({ hash }) => still.has(hash))).toBe(true);
	expect(await removeFiles(35)).toBe(0);
});

test('not of a run that goes on, nor of one that has just ended, and never before thirty days', async () => {
	const runs = [await endedRun(400, 'training'), await endedRun(34), await endedRun(29, 'failed')];
	await removeFiles(35);
	for (const { id } of runs) expect(await left(id)).toEqual({ parts: 3, bodies: 1 });
	await removeFiles(1);
	expect(await left(runs[0]!.id)).toEqual({ parts: 3, bodies: 1 });
	expect(await left(runs[1]!.id)).toEqual({ parts: 3, bodies: 0 });
	await anHourLater();
	await removeFiles(1);
	expect(await left(runs[1]!.id)).toEqual({ parts: 0, bodies: 0 });
	expect(await left(runs[2]!.id)).toEqual({ parts: 3, bodies: 1 });
});

test('unless the server is set so they stay for ever', async () => {
	const { id } = await endedRun(4_000);
	expect(await purge('run_files')).toBe(0);
	expect(await left(id)).toEqual({ parts: 3, bodies: 1 });
});
