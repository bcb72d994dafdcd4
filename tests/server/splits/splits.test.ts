import { afterAll, expect, test } from 'vitest';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { runExamples, runs } from '../../../src/lib/server/platform/db/schema.ts';
import { importExamples } from '../../../src/lib/server/examples/import.ts';
import { listExamples } from '../../../src/lib/server/examples/browse.ts';
import { applySplit, getSplit, moveExamples, previewSplit } from '../../../src/lib/server/splits/splits.ts';
import type { Scope } from '../../../src/lib/server/access/scope.ts';
import { defaultRecipe } from '../../../src/lib/core/runs/recipe.ts';
import { newProject, newTeam } from '../../support/team.ts';

afterAll(() => closePools());

const request = { ratio: 0.8, seed: 1 };
const fill = (scope: Scope, from: number, to: number, rating: number) =>
	importExamples(scope, 'support', {
		fileName: 'a.jsonl',
		lines: Array.from({ length: to - from }, (_, i) => ({
			number: i + 1,
			text: JSON.stringify({
				messages: [
					{ role: 'user', content: `Question ${from + i}` },
					{ role: 'assistant', content: `Answer ${from + i}` }
				],
				rating
			})
		}))
	});
const sides = async (scope: Scope) =>
	Object.fromEntries((await getSplit(scope, 'support')).map((s) => [s.side, s.count]));

test('a split moves what its preview showed, and nothing the second time', async () => {
	const { scope } = await newTeam();
	await newProject(scope);
	await fill(scope, 0, 40, 9);
	await fill(scope, 40, 50, 4);
	const preview = await previewSplit(scope, 'support', request);
	expect(preview).toMatchObject({ toTrain: 32, toValidation: 8, conflicts: 0 });
	expect(await sides(scope)).toEqual({ unassigned: 50, train: 0, validation: 0 });
	expect(await applySplit(scope, 'support', request)).toEqual({ moved: 40 });
	expect(await applySplit(scope, 'support', request)).toEqual({ moved: 0 });
	expect(await sides(scope)).toEqual({ unassigned: 10, train: 32, validation: 8 });
});

test('two splits at once are one', async () => {
	const { scope } = await newTeam();
	await newProject(scope);
	await fill(scope, 0, 40, 9);
	const results = await Promise.all([applySplit(scope, 'support', request), applySplit(scope, 'support', request)]);
	expect(results.map((result) => result.moved).sort()).toEqual([0, 40]);
});

test('what a run learnt from can never become validation, whoever asks and however', async () => {
	const { scope } = await newTeam();
	const { project, connection } = await newProject(scope);
	await fill(scope, 0, 2, 9);
	const { rows } = await listExamples(scope, 'support', {});
	const [first, second] = [rows[0]!.id, rows[1]!.id];
	await moveExamples(scope, 'support', { ids: [first], side: 'train' });
	await scope.tx(async (tx) => {
		const [run] = await tx
			.insert(runs)
			.values({
				projectId: project.id,
				version: 1,
				connectionId: connection.id,
				baseModel: 'm',
				recipe: defaultRecipe,
				seed: 1,
				status: 'uploading',
				mark: 'm-1',
				trainCount: 1,
				validationCount: 0,
				tokens: 1
			})
			.returning();
		await tx.insert(runExamples).values({ projectId: project.id, runId: run!.id, exampleId: first, kind: 'train' });
		// an unassigned example is in no set, so no run may learn from it
		await expect(
			scope.tx((other) =>
				other.insert(runExamples).values({ projectId: project.id, runId: run!.id, exampleId: second, kind: 'train' })
			)
		).rejects.toThrow();
	});
	await moveExamples(scope, 'support', { ids: [first], side: 'unassigned' });
	await expect(moveExamples(scope, 'support', { ids: [first], side: 'validation' })).rejects.toThrow(
		'has been trained on'
	);
	await expect(
		scope.tx((tx) => tx.$client`update examples set trained = false where id = ${first}`)
	).rejects.toMatchObject({ code: 'AI002' });
	await expect(
		scope.tx((tx) => tx.$client`update examples set split = 'validation' where id = ${first}`)
	).rejects.toMatchObject({ code: 'AI002' });
});

test('splitting is not for raters, and another team finds nothing', async () => {
	const { scope, as } = await newTeam();
	await newProject(scope);
	await fill(scope, 0, 20, 9);
	const [rater, stranger] = [await as('rater'), (await newTeam()).scope];
	const deeds: ((who: Scope) => Promise<unknown>)[] = [
		async (who) => getSplit(who, 'support'),
		async (who) => previewSplit(who, 'support', request),
		async (who) => applySplit(who, 'support', request)
	];
	for (const deed of deeds) {
		await expect(deed(rater)).rejects.toMatchObject({ code: 'forbidden' });
		await expect(deed(stranger)).rejects.toMatchObject({ code: 'not_found' });
	}
	expect(await sides(scope)).toEqual({ unassigned: 20, train: 0, validation: 0 });
});
