import { afterAll, expect, test } from 'vitest';
import { closePools } from '../../../../src/lib/server/platform/db/pools.ts';
import { owner } from '../../../support/database/owner.ts';
import { raw } from '../../../support/database/raw.ts';
import { newProject, newTeam } from '../../../support/data/team.ts';

// What was deleted does not exist for whoever serves. The statements name no column where they can: what names one is held by the
// policy that reads as well, and each has to hold by itself.

afterAll(() => closePools());

const twoProjects = async () => {
	const { scope, teamId } = await newTeam();
	const { project: gone } = await newProject(scope, { slug: 'gone' });
	const { project: there } = await newProject(scope, { slug: 'there' });
	await owner`update projects set deleted_at = now() where id = ${gone.id}`;
	return { scope, teamId, gone, there };
};

test('projects that were deleted are not read', async () => {
	const { scope, there } = await twoProjects();
	expect(await raw(scope, (sql) => sql`select id from projects`)).toEqual([{ id: there.id }]);
});

test('projects that were deleted are not changed with the others', async () => {
	const { scope, gone, there } = await twoProjects();
	const { count } = await raw(scope, (sql) => sql`update projects set description = 'New'`);
	expect(count).toBe(1);
	const described = await owner`select id from projects where description = 'New' and id in (${gone.id}, ${there.id})`;
	expect(described).toEqual([{ id: there.id }]);
});

test('projects are not deleted by a date, and not made as deleted ones', async () => {
	const { scope, teamId } = await twoProjects();
	const refused = { code: '42501' };
	await expect(raw(scope, (sql) => sql`update projects set deleted_at = now()`)).rejects.toMatchObject(refused);
	const add = (deletedAt: string | null) =>
		raw(
			scope,
			(sql) => sql`insert into projects (slug, name, base_model, recipe, deleted_at)
				values ('new', 'New', 'm', '{}', ${deletedAt})`
		);
	await expect(add('2026-01-01')).rejects.toMatchObject(refused);
	await add(null);
	expect(await owner`select deleted_at from projects where team_id = ${teamId} and slug = 'new'`).toEqual([
		{ deleted_at: null }
	]);
});
