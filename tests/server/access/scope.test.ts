import { afterAll, expect, test } from 'vitest';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

test('a project is entered by its address, by whoever may see it', async () => {
	const { scope, as } = await newTeam();
	const [one, two] = [await newProject(scope, { slug: 'one' }), await newProject(scope, { slug: 'two' })];
	const rater = await as('rater', [two.project.id]);
	expect((await inProject(scope, 'one')).project.id).toBe(one.project.id);
	expect((await inProject(scope, 'two')).project.id).toBe(two.project.id);
	expect((await inProject(rater, 'two')).project.id).toBe(two.project.id);
	await expect(inProject(rater, 'one')).rejects.toMatchObject({ code: 'not_found' });
	await expect(inProject(scope, 'three')).rejects.toMatchObject({ code: 'not_found' });
});
