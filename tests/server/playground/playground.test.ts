import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { addExample, deleteExamples } from '../../../src/lib/server/examples/commands.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { keepPair, withdrawPair } from '../../../src/lib/server/playground/commands.ts';
import { getPlayground, listPairs } from '../../../src/lib/server/playground/queries.ts';
import { owner } from '../../support/database/owner.ts';
import { newProject, newTeam } from '../../support/data/team.ts';
import { addRows } from '../../support/data/training.ts';

afterAll(() => closePools());

const newPlace = async () => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const here = await inProject(team.scope, 'support');
	return { ...team, project, here: { ...here, userId: team.owner.id, voterId: team.owner.id } };
};
const asked = (content: string) => [
	{ role: 'system' as const, content: 'Be kind.' },
	{ role: 'user' as const, content }
];
const aPair = (more: Partial<Parameters<typeof keepPair>[1]> = {}) => ({
	clientId: randomUUID(),
	prompt: asked('Do you ship to Norway?'),
	chosen: 'Yes.',
	rejected: 'No.',
	chosenBy: 'v1',
	rejectedBy: 'sandbox-small',
	...more
});

describe('which of two answers is better', () => {
	test('is kept with what both models were shown, once for each act, and can be taken back', async () => {
		const { here } = await newPlace();
		const pair = aPair();
		const { id } = await keepPair(here, pair);
		expect(await keepPair(here, pair)).toEqual({ id });
		const { rows } = await listPairs(here, {});
		const { clientId: _, ...kept } = pair;
		expect(rows).toEqual([{ id, ...kept, leaks: false, createdAt: expect.any(Date) }]);
		await withdrawPair(here, { pairId: id });
		await withdrawPair(here, { pairId: id });
		expect((await listPairs(here, {})).rows).toEqual([]);
	});

	test('comes in pages, the newest first', async () => {
		const { here } = await newPlace();
		for (const chosen of ['1', '2', '3']) await keepPair(here, aPair({ chosen }));
		const first = await listPairs(here, { limit: 2 });
		expect(first.rows.map(({ chosen }) => chosen)).toEqual(['3', '2']);
		const second = await listPairs(here, { limit: 2, before: first.older! });
		expect([second.rows.map(({ chosen }) => chosen), second.older]).toEqual([['1'], null]);
	});

	test('is not kept of a prompt that measures, and says so of one that measures since', async () => {
		const { here, scope, project } = await newPlace();
		await addRows(scope, project.id, [{ question: 'Do you ship to Norway?', split: 'validation' }]);
		const bare = [{ role: 'user' as const, content: 'Do you ship to Norway?' }];
		await expect(keepPair(here, aPair({ prompt: bare }))).rejects.toMatchObject({
			code: 'conflict',
			message: expect.stringContaining('locked in validation, as example 1')
		});
		await keepPair(here, aPair({ prompt: [{ role: 'user', content: 'And to Sweden?' }] }));
		await keepPair(here, aPair({ prompt: [{ role: 'user', content: 'And to Finland?' }] }));
		await addRows(scope, project.id, [{ question: 'And to Sweden?', split: 'validation' }], 2);
		expect((await listPairs(here, {})).rows.map(({ leaks }) => leaks)).toEqual([false, true]);
	});

	test('is none where nothing is left of an answer that can be kept, or both are the same then', async () => {
		const { here } = await newPlace();
		for (const chosen of ['\u0000', 'No.\u0000'])
			await expect(keepPair(here, aPair({ chosen }))).rejects.toMatchObject({ code: 'invalid' });
		for (const chosenBy of ['\u0000', ' \u0000 '])
			await expect(keepPair(here, aPair({ chosenBy }))).rejects.toMatchObject({ code: 'invalid', field: 'chosenBy' });
		expect((await listPairs(here, {})).rows).toEqual([]);
	});

	test('is of one team and project, and for who may use the playground', async () => {
		const [one, other] = [await newPlace(), await newPlace()];
		const { id } = await keepPair(one.here, aPair());
		await expect(withdrawPair(other.here, { pairId: id })).rejects.toMatchObject({ code: 'not_found' });
		await newProject(one.scope, { slug: 'second' });
		const beside = await inProject(one.scope, 'second');
		await expect(withdrawPair(beside, { pairId: id })).rejects.toMatchObject({ code: 'not_found' });
		expect((await listPairs(beside, {})).rows).toEqual([]);
		const second = { ...beside, userId: one.owner.id, voterId: one.owner.id };
		const mine = aPair();
		await keepPair(second, mine);
		await expect(keepPair(one.here, mine)).rejects.toMatchObject({ code: 'conflict' });
		// what measures in another project may be preferred here, and goes on standing here
		await addRows(one.scope, beside.project.id, [{ question: 'And to Sweden?', split: 'validation' }]);
		await keepPair(one.here, aPair({ prompt: [{ role: 'user', content: 'And to Sweden?' }] }));
		expect((await listPairs(one.here, {})).rows.map(({ leaks }) => leaks)).toEqual([false, false]);
		const rater = await inProject(await one.as('rater'), 'support');
		for (const refused of [keepPair(rater, aPair()), listPairs(rater, {}), getPlayground(rater)])
			await expect(refused).rejects.toMatchObject({ code: 'forbidden' });
	});

	test('survives what models write', async () => {
		const { here } = await newPlace();
		await keepPair(here, aPair({ chosen: 'a\u0000b', rejected: `c${'\ud800'}` }));
		expect((await listPairs(here, {})).rows[0]).toMatchObject({ chosen: 'ab', rejected: 'c\ufffd' });
	});
});

describe('an answer that is saved', () => {
	const said = (question: string) => [
		{ role: 'user' as const, content: question },
		{ role: 'assistant' as const, content: 'Yes.' }
	];
	test('is an unrated example from the playground', async () => {
		const { here } = await newPlace();
		const { id } = await addExample(here, { messages: said('Hi'), rating: null, origin: 'playground' });
		const [row] = await owner`select origin, rating, split from examples where id = ${id}`;
		expect(row).toEqual({ origin: 'playground', rating: null, split: null });
	});

	test('is refused where its prompt measures, also by an example that was deleted', async () => {
		const { here, scope, project } = await newPlace();
		const [row] = await addRows(scope, project.id, [{ question: 'Hi', split: 'validation' }]);
		const save = () => addExample(here, { messages: said('  hi '), rating: null, origin: 'playground' });
		await expect(save()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('validation') });
		await deleteExamples(here, { ids: [row!.id] });
		await expect(save()).rejects.toMatchObject({ code: 'conflict' });
	});
});

test('without a connection there is nobody to ask but what other connections have', async () => {
	const { here, scope } = await newPlace();
	expect((await getPlayground(here)).base).toEqual({ model: 'sandbox-small', connection: 'Sandbox', isFree: true });
	await scope.tx((tx) => tx.$client`update projects set connection_id = null`);
	const bare = await getPlayground(await inProject(scope, 'support'));
	expect(bare).toMatchObject({ base: null, runs: [], connections: [{ name: 'Sandbox', isFree: true }] });
});
