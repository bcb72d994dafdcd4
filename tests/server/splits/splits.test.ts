import { afterAll, expect, test } from 'vitest';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { runExamples, runs } from '../../../src/lib/server/platform/db/schema.ts';
import { deleteExamples, importExamples } from '../../../src/lib/server/examples/commands.ts';
import { listExamples } from '../../../src/lib/server/examples/queries.ts';
import { applySplit, moveExamples } from '../../../src/lib/server/splits/commands.ts';
import { compareNew, getSplit, listTwins, previewSplit } from '../../../src/lib/server/splits/queries.ts';
import { type ProjectScope, inProject } from '../../../src/lib/server/access/scope.ts';
import { defaultRecipe } from '../../../src/lib/core/runs/recipe.ts';
import { owner } from '../../support/database/owner.ts';
import { type Splittable, planSplit } from '../../support/data/split-plan.ts';
import { newProject, newTeam } from '../../support/data/team.ts';
import { addRows } from '../../support/data/training.ts';

afterAll(() => closePools());

const request = { ratio: 0.8, seed: 1 };
const fill = (here: ProjectScope, from: number, to: number, rating: number) =>
	importExamples(here, {
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
const start = async () => {
	const team = await newTeam();
	const made = await newProject(team.scope);
	return { ...team, ...made, here: await inProject(team.scope, 'support') };
};
const sides = async (here: ProjectScope) => Object.fromEntries((await getSplit(here)).map((s) => [s.side, s.count]));

test('a split moves what its preview showed, and nothing the second time', async () => {
	const { here } = await start();
	await fill(here, 0, 40, 9);
	await fill(here, 40, 50, 4);
	const preview = await previewSplit(here, request);
	expect(preview).toMatchObject({ toTrain: 32, toValidation: 8, conflicts: 0 });
	expect(await sides(here)).toEqual({ unassigned: 50, train: 0, validation: 0 });
	expect(await applySplit(here, request)).toEqual({ moved: 40 });
	expect(await applySplit(here, request)).toEqual({ moved: 0 });
	expect(await sides(here)).toEqual({ unassigned: 10, train: 32, validation: 8 });
});

test('it is the split that the rule makes of what each example says, asks, got and is', async () => {
	const { here } = await start();
	await fill(here, 0, 30, 9);
	await fill(here, 30, 50, 8);
	await fill(here, 50, 60, 4);
	const ids = (await listExamples(here, { limit: 100 })).rows.map(({ id }) => id);
	await moveExamples(here, { ids: ids.slice(3, 7), side: 'validation' });
	await moveExamples(here, { ids: ids.slice(9, 12), side: 'train' });
	const read = () => owner<
		(Splittable & { number: number })[]
	>`select encode(substring(content_hash for 32), 'hex') as id, encode(coalesce(family, prompt_hash), 'hex') as "group", number, rating,
		coalesce(split, 'unassigned') as split, trained from examples where project_id = ${here.project.id} order by number`;
	const before = await read();
	const { moves } = planSplit({ examples: before, ratio: 0.7, seed: 5, threshold: 8 });
	const sides = new Map(moves.map(({ id, to }) => [id, to]));
	expect(moves.length).toBeGreaterThan(40);
	expect(await applySplit(here, { ratio: 0.7, seed: 5 })).toEqual({ moved: moves.length });
	expect((await read()).map(({ split }) => split)).toEqual(before.map(({ id, split }) => sides.get(id) ?? split));
});

test('what has the same numbers in another project stays where it is, and is nobody’s twin here', async () => {
	const { here, scope } = await start();
	await newProject(scope, { slug: 'other' });
	const other = await inProject(scope, 'other');
	for (const [at, place] of [here, other].entries()) {
		const twins = ['', ' please'].map((end) => ({ question: `Place ${at}: how do I reset the password of my shop account${end}?`, split: null })); // prettier-ignore
		await addRows(scope, place.project.id, twins);
		await owner`update projects set next_example = 3 where id = ${place.project.id}`;
		await compareNew(place);
	}
	for (const [at, place] of [here, other].entries()) {
		const { rows } = await listTwins(place);
		const said = rows.flatMap(({ example, twin }) => [example, twin]).map(({ number, input }) => `${number} ${input}`);
		expect(said).toEqual([2, 1].map((number) => expect.stringMatching(new RegExp(`^${number} Place ${at}: `))));
	}
	expect((await applySplit(here, request)).moved).toBe(2);
	expect([await sides(here), await sides(other)].map(({ unassigned }) => unassigned)).toEqual([0, 2]);
});

test('a preference that another project has ordered holds nothing here', async () => {
	const { scope, here, teamId, owner: ana } = await start();
	const { project: other } = await newProject(scope, { slug: 'other' });
	await fill(here, 0, 40, 9);
	const preview = await previewSplit(here, request);
	await owner`
		insert into playground_pairs (team_id, project_id, prompt, prompt_hash, chosen, rejected, chosen_by, rejected_by, person_id, client_id, ordered)
		select ${teamId}, ${other.id}, '[]', prompt_hash, 'a', 'b', 'v1', 'base', ${ana.id}, gen_random_uuid(), true
		from examples where project_id = ${here.project.id}`;
	expect(await previewSplit(here, request)).toEqual(preview);
});

test('two splits at once are one', async () => {
	const { here } = await start();
	await fill(here, 0, 40, 9);
	const results = await Promise.all([applySplit(here, request), applySplit(here, request)]);
	expect(results.map((result) => result.moved).sort()).toEqual([0, 40]);
});

test('what a run learnt from can never become validation, whoever asks and however', async () => {
	const { scope, here, project, connection } = await start();
	await fill(here, 0, 2, 9);
	const { rows } = await listExamples(here, {});
	const [first, second] = [rows[0]!.id, rows[1]!.id];
	await moveExamples(here, { ids: [first], side: 'train' });
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
	await expect(moveExamples(here, { ids: [first], side: 'unassigned' })).rejects.toThrow('is in the order of a run');
	await scope.tx((tx) => tx.update(runs).set({ status: 'training' }));
	await moveExamples(here, { ids: [first], side: 'unassigned' });
	await expect(moveExamples(here, { ids: [first], side: 'validation' })).rejects.toThrow('has been trained on');
	await expect(
		scope.tx((tx) => tx.$client`update examples set trained = false where id = ${first}`)
	).rejects.toMatchObject({ code: 'AI002' });
	await expect(
		scope.tx((tx) => tx.$client`update examples set split = 'validation' where id = ${first}`)
	).rejects.toMatchObject({ code: 'AI002' });
});

test('an example named twice, also in capitals, moves once', async () => {
	const { here } = await start();
	await fill(here, 0, 2, 9);
	const { id } = (await listExamples(here, {})).rows[0]!;
	expect(await moveExamples(here, { ids: [id, id, id.toUpperCase()], side: 'train' })).toEqual({ moved: 1 });
	expect(await sides(here)).toEqual({ unassigned: 1, train: 1, validation: 0 });
});

test('splitting is not for raters, and another team finds nothing', async () => {
	const { here, as } = await start();
	await fill(here, 0, 20, 9);
	const [project, id] = [here.project, (await listExamples(here, {})).rows[0]!.id];
	const [rater, stranger] = [
		{ ...(await as('rater')), project },
		{ ...(await newTeam()).scope, project }
	];
	const deeds: ((who: ProjectScope) => Promise<unknown>)[] = [
		(who) => getSplit(who),
		(who) => previewSplit(who, request),
		(who) => applySplit(who, request),
		(who) => moveExamples(who, { ids: [id], side: 'train' })
	];
	for (const deed of deeds) await expect(deed(rater)).rejects.toMatchObject({ code: 'forbidden' });
	for (const deed of deeds.slice(2)) await expect(deed(stranger)).rejects.toMatchObject({ code: 'not_found' });
	expect(await sides(stranger)).toEqual({ unassigned: 0, train: 0, validation: 0 });
	expect(await previewSplit(stranger, request)).toMatchObject({ qualified: 0, toTrain: 0, toValidation: 0 });
	await expect(inProject(stranger, 'support')).rejects.toMatchObject({ code: 'not_found' });
	expect(await sides(here)).toEqual({ unassigned: 20, train: 0, validation: 0 });
});

test('a split ends, also when what was learnt has been deleted and brought again', async () => {
	const { scope, here, project, connection } = await start();
	await fill(here, 0, 20, 9);
	await applySplit(here, request);
	const ids = (await listExamples(here, { split: 'train' })).rows.map(({ id }) => id);
	const values = {
		projectId: project.id,
		version: 1,
		connectionId: connection.id,
		baseModel: 'm',
		recipe: defaultRecipe
	};
	await scope.tx(async (tx) => {
		const [run] = await tx
			.insert(runs)
			.values({ ...values, seed: 1, status: 'training', mark: 'm-1', trainCount: 16, validationCount: 0, tokens: 1 })
			.returning();
		await tx
			.insert(runExamples)
			.values(ids.map((exampleId) => ({ projectId: project.id, runId: run!.id, exampleId, kind: 'train' as const })));
	});
	await deleteExamples(here, { ids });
	expect(await fill(here, 0, 20, 9)).toMatchObject({ added: 16, duplicates: 4 });
	expect(await applySplit(here, request)).toEqual({ moved: 16 });
	for (let again = 0; again < 5; again++) expect(await applySplit(here, request)).toEqual({ moved: 0 });
	expect(await sides(here)).toEqual({ unassigned: 0, train: 16, validation: 4 });
});
