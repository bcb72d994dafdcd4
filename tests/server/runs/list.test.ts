import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunSort } from '../../../src/lib/core/runs/sort.ts';
import { defaultRecipe } from '../../../src/lib/core/runs/recipe.ts';
import { type ProjectScope, inProject } from '../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { runs } from '../../../src/lib/server/platform/db/schema.ts';
import { listRuns } from '../../../src/lib/server/runs/queries.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

let scope: ProjectScope;
const at = (minutes: number) => new Date(minutes * 60_000);
const add = (rows: { version: number; costCents: number | null; finishedAt: Date | null }[]) =>
	scope.tx((tx) =>
		tx.insert(runs).values(
			rows.map(({ version, costCents, finishedAt }) => ({
				projectId: scope.project.id,
				version,
				connectionId: scope.project.connectionId!,
				baseModel: 'sandbox-small',
				recipe: defaultRecipe,
				seed: 1,
				status: finishedAt ? ('ready' as const) : ('training' as const),
				mark: randomUUID(),
				trainCount: 100 - version,
				validationCount: 10,
				tokens: 1,
				costCents,
				createdAt: at(version),
				finishedAt
			}))
		)
	);
const versions = async (sort?: RunSort, order?: 'up' | 'down', page = 1) =>
	(await listRuns(scope, { sort, order, page })).rows.map(({ version }) => version);

beforeAll(async () => {
	const team = await newTeam();
	await newProject(team.scope);
	scope = await inProject(team.scope, 'support');
	await add([
		{ version: 1, costCents: 30, finishedAt: at(21) },
		{ version: 2, costCents: null, finishedAt: null },
		{ version: 3, costCents: 10, finishedAt: at(8) },
		{ version: 4, costCents: 20, finishedAt: at(34) }
	]);
});

test('the newest first, unless another order is asked for', async () => {
	expect(await versions()).toEqual([4, 3, 2, 1]);
	expect(await versions('version', 'up')).toEqual([1, 2, 3, 4]);
	expect(await versions('train', 'up')).toEqual([4, 3, 2, 1]);
	expect(await versions('status', 'down')).toEqual([2, 4, 3, 1]);
});

test('what has no value yet is last in both directions', async () => {
	expect(await versions('cost', 'up')).toEqual([3, 4, 1, 2]);
	expect(await versions('cost', 'down')).toEqual([1, 4, 3, 2]);
	expect(await versions('duration', 'up')).toEqual([3, 1, 4, 2]);
	expect(await versions('duration', 'down')).toEqual([4, 1, 3, 2]);
});

test('fifty a page; beyond the last page is the last', async () => {
	await add(Array.from({ length: 60 }, (_, i) => ({ version: i + 5, costCents: i, finishedAt: at(i + 100) })));
	expect(await listRuns(scope, { page: 1 })).toMatchObject({ page: 1, pages: 2 });
	expect(await versions()).toEqual(Array.from({ length: 50 }, (_, i) => 64 - i));
	expect(await versions('version', 'down', 2)).toEqual(Array.from({ length: 14 }, (_, i) => 14 - i));
	expect(await listRuns(scope, { page: 9 })).toMatchObject({ page: 2, pages: 2 });
});
