import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { defaultRecipe } from '../../../src/lib/core/runs/recipe.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { addExample, importExamples } from '../../../src/lib/server/examples/commands.ts';
import { countExamples, getExample, listExamples } from '../../../src/lib/server/examples/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { rateExample, rewriteExample, undoRewrite } from '../../../src/lib/server/ratings/commands.ts';
import { recentRatings } from '../../../src/lib/server/ratings/queries.ts';
import { readFacts } from '../../../src/lib/server/runs/facts.ts';
import { raw } from '../../support/database/raw.ts';
import { newScript } from '../../support/app/script.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const messages = [
	{ role: 'user' as const, content: 'Do you ship to Norway?' },
	{ role: 'assistant' as const, content: 'Yes.' }
];
const start = async () => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const { id } = await addExample(await inProject(team.scope, 'support'), { messages, rating: null });
	return { ...team, project, id };
};
const at = (scope: Scope) => inProject(scope, 'support');
const rate = async (scope: Scope, exampleId: string, score: number | null) =>
	rateExample(await at(scope), { exampleId, score, clientId: randomUUID() });
const rewrite = async (scope: Scope, exampleId: string, output: string, clientId = randomUUID()) =>
	rewriteExample(await at(scope), { exampleId, output, score: 9, clientId });
const detail = async (scope: Scope, exampleId: string) => getExample(await at(scope), { exampleId });

describe('what a script gives', () => {
	test('stands beside what people gave, and is in no rating', async () => {
		const { scope, id } = await start();
		const script = await newScript(scope);
		expect(await rate(script, id, 2)).toEqual({ id, score: 2 });
		expect(await detail(scope, id)).toMatchObject({
			rating: null,
			ratingsCount: 0,
			ratings: [],
			scriptRatings: [{ script: 'Nightly check', score: 2, earlier: false }]
		});
		expect(await countExamples(await at(scope))).toMatchObject({ unrated: 1, bad: 0 });
		await rate(scope, id, 8);
		await rate(script, id, 1);
		expect(await detail(scope, id)).toMatchObject({
			rating: 8,
			ratingsCount: 1,
			ratings: [{ score: 8 }],
			scriptRatings: [{ score: 1 }, { score: 2 }]
		});
		expect((await listExamples(await at(scope), {})).rows[0]).toMatchObject({ rating: 8, ratingsCount: 1 });
	});

	test('is its own: two keys are two voters, and each finds what it said', async () => {
		const { scope, id } = await start();
		const [one, other] = [await newScript(scope, 'rater'), await newScript(scope, 'rater', { name: 'Other' })];
		await rate(one, id, 3);
		expect(await rate(other, id, 7)).toEqual({ id, score: 7 });
		expect(await recentRatings(await at(one))).toMatchObject([{ score: 3 }]);
		expect(await rate(one, id, null)).toEqual({ id, score: null });
		expect(await recentRatings(await at(other))).toMatchObject([{ score: 7 }]);
		expect((await detail(scope, id)).scriptRatings.map(({ script }) => script)).toEqual([
			'Nightly check',
			'Other',
			'Nightly check'
		]);
	});

	test('trains as a rewrite, but its 9 is no person’s', async () => {
		const { scope, id } = await start();
		const [script, other] = [await newScript(scope), await newScript(scope)];
		const clientId = randomUUID();
		expect(await rewrite(script, id, 'Yes, within three days.', clientId)).toMatchObject({ ownScore: 9 });
		expect(await detail(scope, id)).toMatchObject({
			rewrite: 'Yes, within three days.',
			rating: null,
			rewrites: [{ person: 'Nightly check', script: true }],
			scriptRatings: [{ score: 9 }]
		});
		const undo = async (who: Scope) =>
			undoRewrite(await at(who), { exampleId: id, rewrite: clientId, clientId: randomUUID() });
		await expect(undo(scope)).rejects.toMatchObject({ code: 'not_found' });
		await expect(undo(other)).rejects.toMatchObject({ code: 'not_found' });
		expect(await undo(script)).toMatchObject({ rewritten: false, output: 'Yes.' });
	});

	test('comes with a file it brings, and with an example it writes', async () => {
		const { scope } = await start();
		const script = await newScript(scope);
		const line = JSON.stringify({ messages, rating: 9 }).replace('Norway', 'Sweden');
		await importExamples(await at(script), { fileName: 'night.jsonl', lines: [{ number: 1, text: line }] });
		const asked = [{ ...messages[0]!, content: 'Do you ship to Iceland?' }, messages[1]!];
		await addExample(await at(script), { messages: asked, rating: 8 });
		const rows = (await listExamples(await at(scope), {})).rows;
		expect(rows.map(({ rating }) => rating)).toEqual([null, null, null]);
		const given = await Promise.all(rows.map(async ({ id }) => (await detail(scope, id)).scriptRatings[0]?.score));
		expect(given).toEqual([8, 9, undefined]);
	});
});

describe('blind', () => {
	test('a script that rates sees what others gave when it has given its own, and that is settled', async () => {
		const { scope, as, id } = await start();
		await rate(scope, id, 4);
		await rate(await newScript(scope, 'trainer', { name: 'Strict' }), id, 1);
		const script = await newScript(scope, 'rater');
		expect(await detail(script, id)).toMatchObject({ rating: null, ratingsCount: 0, ratings: [], scriptRatings: [] });
		await rate(script, id, 7);
		expect(await detail(script, id)).toMatchObject({
			rating: 4,
			ratings: [{ score: 4 }],
			scriptRatings: [{ score: 7 }, { score: 1 }]
		});
		expect(await rate(script, id, 4)).toEqual({ id, score: 7 });
		const rater = await as('rater');
		expect(await detail(rater, id)).toMatchObject({ rating: null, ratings: [], scriptRatings: [] });
	});

	test('a person to whom only a script’s score was shown has said their word too', async () => {
		const { scope, as, id } = await start();
		await rate(await newScript(scope), id, 1);
		const rater = await as('rater');
		await rate(rater, id, 6);
		expect((await detail(rater, id)).scriptRatings).toMatchObject([{ score: 1 }]);
		expect(await rate(rater, id, 1)).toEqual({ id, score: 6 });
	});
});

test('people disagree, not scripts', async () => {
	const { scope, as, project, id } = await start();
	const contested = async () => (await scope.tx((tx) => readFacts(tx, project, defaultRecipe))).contested;
	const [one, other] = [await as('rater'), await as('rater')];
	for (const person of [one, other]) await rate(person, id, 10);
	await raw(scope, (sql) => sql`update examples set split = 'train' where id = ${id}`);
	await rate(await newScript(scope), id, 1);
	expect(await contested()).toBe(0);
	await rate(scope, id, 6);
	expect(await contested()).toBe(1);
});
