import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultRecipe } from '../../src/lib/core/runs/recipe.ts';
import { migrateUpTo } from '../support/earlier-state.ts';
import { migrate } from './app.ts';

// A project that held the old default trains with the new one, and its activity says so; one with a recipe of its own keeps it.

const {
	DATABASE_URL: ownerUrl,
	APP_DATABASE_URL: appUrl,
	QUEUE_DATABASE_URL: queueUrl
} = process.env as Record<string, string>;
const at = (database: string, url = ownerUrl!) => Object.assign(new URL(url), { pathname: `/${database}` }).href;
const name = `${new URL(ownerUrl!).pathname.slice(1)}_recipe`;
const admin = postgres(at('postgres'), { max: 1, onnotice: () => {} });
let sql: postgres.Sql;
beforeAll(async () => {
	await admin`create database ${admin(name)}`;
	sql = postgres(at(name), { max: 1, onnotice: () => {} });
	await migrateUpTo(sql, '0019');
});
afterAll(async () => {
	await sql.end();
	await admin`drop database ${admin(name)} with (force)`;
	await admin.end();
});

test('the activity says which projects got the new default', async () => {
	const team = randomUUID();
	const { rateMultiplier: _, ...earlier } = defaultRecipe;
	const add = async (slug: string, recipe: object) =>
		sql`insert into projects (team_id, slug, name, base_model, recipe) values (${team}, ${slug}, ${slug}, 'm', ${JSON.stringify(recipe)}::text::json)`;
	await sql`insert into teams (id, slug, name) values (${team}, 'shop', 'Shop')`;
	await add('untouched', { ...earlier, learningRate: 1e-5 });
	await add('chosen', { ...earlier, learningRate: 3e-5 });
	await migrateUpTo(sql, '0020');
	await add('made since', defaultRecipe);
	await migrate({ ownerUrl: at(name), appUrl: at(name, appUrl!), queueUrl: at(name, queueUrl!) });

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
