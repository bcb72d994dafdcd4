import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { presets } from '../../../src/lib/core/runs/recipe.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { evaluations, runExamples, runPoints, runs } from '../../../src/lib/server/platform/db/schema.ts';
import { compareRuns } from '../../../src/lib/server/runs/compare.ts';
import { owner } from '../../support/database/owner.ts';
import { newWorkshop } from '../../support/data/training.ts';

afterAll(() => closePools());

const addRun = async (
	scope: Scope,
	{ projectId, connectionId }: { projectId: string; connectionId: string },
	version: number,
	examples: { id: string }[],
	losses: number[]
) =>
	scope.tx(async (tx) => {
		const recipe = { ...presets.sft.balanced, epochs: version };
		const order = { projectId, connectionId, version, recipe, baseModel: 'sandbox-small', seed: 1, mark: randomUUID() };
		const counts = { trainCount: examples.length, validationCount: 0, tokens: 1 };
		const [run] = await tx
			.insert(runs)
			.values({ ...order, ...counts, status: 'ready' })
			.returning();
		const { id: runId } = run!;
		if (examples.length === 0) return run!;
		await tx
			.insert(runExamples)
			.values(examples.map(({ id }) => ({ projectId, runId, exampleId: id, kind: 'train' as const })));
		await tx
			.insert(runPoints)
			.values(
				losses.map((loss, at) => ({ projectId, runId, series: 'train' as const, step: at + 1, loss, at: new Date() }))
			);
		return run!;
	});

test('two runs: what differs, what each learnt from alone, their losses and their verdicts', async () => {
	const { scope, slug, project, connection, rows } = await newWorkshop('http://127.0.0.1:9', {
		train: 5,
		validation: 1
	});
	const at = { projectId: project.id, connectionId: connection.id };
	const train = rows.filter(({ split }) => split === 'train');
	const a = await addRun(scope, at, 1, train.slice(0, 4), [3, 2]);
	const b = await addRun(scope, at, 2, train.slice(2), [3, 1]);
	const result = { kind: 'promising', title: 'PROMISING', version: 'v2', against: 'v1', netPreference: 0.2 };
	const made = {
		...at,
		planned: 1,
		temperature: 0,
		maxTokens: 9,
		seed: 1,
		status: 'voting' as const,
		systemPrompt: ''
	};
	const [judged] = await scope.tx((tx) =>
		tx
			.insert(evaluations)
			.values([
				{
					...made,
					number: 1,
					name: 'One',
					runId: b.id,
					againstRunId: a.id,
					baseModel: 'x',
					revealedAt: new Date(),
					result: result as never
				},
				{ ...made, number: 2, name: 'Hidden', runId: b.id, baseModel: 'x' }
			])
			.returning()
	);

	const here = await inProject(scope, slug);
	const { settings, data, points, verdicts } = await compareRuns(here, { a: a.id, b: b.id });
	expect(settings.filter(({ differs }) => differs)).toEqual([{ label: 'Epochs', a: '1', b: '2', differs: true }]);
	expect(data.train).toEqual({
		...{ both: 2, onlyA: 2, onlyB: 1 },
		examplesOfA: train.slice(0, 2).map(({ id, number }) => ({ id, number })),
		examplesOfB: train.slice(4).map(({ id, number }) => ({ id, number }))
	});
	expect(data.validation).toMatchObject({ both: 0, onlyA: 0, onlyB: 0 });
	expect(points.b.map(({ loss }) => loss)).toEqual([3, 1]);
	expect(verdicts).toEqual([
		{
			evaluationId: judged!.id,
			...{
				number: 1,
				name: 'One',
				version: 'v2',
				against: 'v1',
				title: 'PROMISING',
				netPreference: 0.2,
				isOfBoth: true
			}
		}
	]);
	await expect(compareRuns(here, { a: a.id, b: randomUUID() })).rejects.toMatchObject({ code: 'not_found' });
});

test('of examples that only one has, few are looked at, however many there are', async () => {
	const { scope, slug, project, connection } = await newWorkshop('http://127.0.0.1:9', { train: 1, validation: 1 });
	const at = { projectId: project.id, connectionId: connection.id };
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		await sql`insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, split, origin, deleted_at)
			select ${scope.teamId}, ${project.id}, n, '[]', convert_to('c' || n, 'UTF8'), convert_to('p' || n, 'UTF8'), 1, 'train', 'import',
				case when n between 101 and 900 then now() end
			from generate_series(100, 6099) n order by n`;
	});
	const [a, b] = [await addRun(scope, at, 1, [], []), await addRun(scope, at, 2, [], [])];
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		await sql`insert into run_examples (team_id, project_id, run_id, example_id, kind)
			select team_id, project_id, case when number < 3100 then ${a.id}::uuid else ${b.id} end, id, 'train'
			from examples where project_id = ${project.id} and number >= 100`;
	});
	const here = await inProject(scope, slug);
	const asked = await here.tx(async (tx) => {
		const reads = async () => {
			const [row] = await tx.$client`
				select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as rows from pg_stat_xact_user_tables where relname = 'examples'`;
			return Number(row!.rows);
		};
		const before = await reads();
		const { data } = await compareRuns({ ...here, tx: (work) => work(tx), look: (work) => work(tx) }, { a: a.id, b: b.id }); // prettier-ignore
		return { data, read: (await reads()) - before };
	});
	expect(asked.data.train).toMatchObject({ both: 0, onlyA: 3_000, onlyB: 3_000 });
	expect(asked.data.train.examplesOfA.map(({ number }) => number)).toEqual([100, 901, 902, 903, 904]);
	expect(asked.data.train.examplesOfB.map(({ number }) => number)).toEqual([3100, 3101, 3102, 3103, 3104]);
	expect(asked.read).toBeLessThanOrEqual(1_000);
});
