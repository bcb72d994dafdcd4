import { randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultRecipe } from '../../src/lib/core/runs/recipe.ts';
import { migrateUpTo, openEarlier } from '../support/database/earlier-state.ts';
import { migrate } from './app.ts';

// A project that held the old default trains with the new one, and its activity says so; one with a recipe of its own keeps it.

let database: Awaited<ReturnType<typeof openEarlier>>;
let sql: postgres.Sql;
beforeAll(async () => {
	database = await openEarlier('recipe', '0019');
	({ sql } = database);
});
afterAll(() => database.drop());

test('the activity says which projects got the new default', async () => {
	const team = randomUUID();
	const { rateMultiplier: _, beta: __, ...earlier } = defaultRecipe;
	const add = async (slug: string, recipe: object) =>
		sql`insert into projects (team_id, slug, name, base_model, recipe) values (${team}, ${slug}, ${slug}, 'm', ${JSON.stringify(recipe)}::text::json)`;
	await sql`insert into teams (id, slug, name) values (${team}, 'shop', 'Shop')`;
	await add('untouched', { ...earlier, learningRate: 1e-5 });
	await add('chosen', { ...earlier, learningRate: 3e-5 });
	await migrateUpTo(sql, '0020');
	await add('made since', defaultRecipe);
	await migrate(database.urls);

	const said = await sql`
		select p.slug, a.event, a.person_id, a.details from activities a join projects p on p.id = a.project_id where a.subject = p.id::text`;
	expect(said).toEqual([
		{ slug: 'untouched', event: 'project.recipe_renewed', person_id: null, details: { from: 1e-5, to: 2e-4 } }
	]);
	const recipes = await sql`select slug, recipe from projects order by slug`;
	expect(recipes.map(({ slug, recipe }) => [slug, recipe.learningRate])).toEqual([
		['chosen', 3e-5],
		['made since', 2e-4],
		['untouched', 2e-4]
	]);
});
