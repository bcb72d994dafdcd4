import { randomUUID } from 'node:crypto';
import { desc, eq } from 'drizzle-orm';
import type postgres from 'postgres';
import { afterAll, describe, expect, test } from 'vitest';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { getDashboard, listActivity } from '../../../src/lib/server/activity/queries.ts';
import { record, theProduct } from '../../../src/lib/server/events/record.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { activities, members } from '../../../src/lib/server/platform/db/schema.ts';
import { rateExample } from '../../../src/lib/server/ratings/commands.ts';
import { addReadyRun } from '../../support/data/evaluation.ts';
import { newScript } from '../../support/app/script.ts';
import { newProject, newTeam } from '../../support/data/team.ts';
import { addRows } from '../../support/data/training.ts';

afterAll(() => closePools());

const start = async (count = 3) => {
	const team = await newTeam();
	const { project, connection } = await newProject(team.scope);
	const rows = Array.from({ length: count }, (_, i) => ({ question: `Question ${i}`, split: null }));
	const examples = await addRows(team.scope, project.id, rows, 1);
	return { ...team, project, connection, ids: examples.map(({ id }) => id) };
};

const rate = async (scope: Scope, exampleId: string, score = 7) =>
	rateExample(await inProject(scope, 'support'), { exampleId, score, clientId: randomUUID() });
const feedOf = async (scope: Scope, input = {}) => listActivity(await inProject(scope, 'support'), input);
const linesOf = async (scope: Scope) =>
	(await getDashboard(await inProject(scope, 'support'))).activity.map(
		({ person, script, sentence }) => `${person ?? script ?? 'aitelier'} ${sentence}`
	);

describe('what was done', () => {
	test('is told with who did it, the newest first: persons, scripts by their keys, and the product itself', async () => {
		const { scope, project, ids } = await start();
		const script = await newScript(scope, 'trainer', { name: 'Nightly' });
		await rate(scope, ids[0]!);
		await rate(script, ids[1]!);
		const done = {
			event: 'run.finished',
			subject: randomUUID(),
			projectId: project.id,
			details: { version: 3 }
		} as const;
		await scope.tx((tx) => record(tx, theProduct, done));
		const { rows, older } = await feedOf(scope);
		expect(rows).toMatchObject([
			{ person: null, script: null, event: 'run.finished', sentence: 'finished the training of v3' },
			{ person: null, script: 'Nightly', event: 'example.rated', sentence: 'rated example 2', subject: ids[1] },
			{ person: 'Ana', script: null, event: 'example.rated', sentence: 'rated example 1', subject: ids[0] }
		]);
		expect(older).toBeNull();
	});

	test('by one person in a row is one line of the dashboard, and each thing of the list', async () => {
		const { scope, as, ids } = await start();
		const theo = await as('trainer');
		for (const id of ids) await rate(scope, id);
		await rate(theo, ids[0]!);
		await rate(scope, ids[0]!);
		await rate(scope, ids[0]!, 8);
		expect(await linesOf(scope)).toEqual(['Ana rated one example', 'Theo rated example 1', 'Ana rated 3 examples']);
		expect((await feedOf(scope)).rows).toHaveLength(6);
	});

	test('in a row that is longer than what is read says that there is more', async () => {
		const { scope, project, ids } = await start(1);
		const deed = { projectId: project.id, personId: scope.userId, event: 'example.rated', details: { number: 1 } };
		const add = (count: number) =>
			scope.tx((tx) =>
				tx.insert(activities).values(Array.from({ length: count }, () => ({ ...deed, subject: randomUUID() })))
			);
		await add(499);
		expect(await linesOf(scope)).toEqual(['Ana rated 499 examples']);
		await add(2);
		await rate(scope, ids[0]!);
		expect(await linesOf(scope)).toEqual(['Ana rated 500 examples and more']);
	});

	test('keeps the name of somebody who has left', async () => {
		const { scope, as, ids } = await start();
		const theo = await as('trainer');
		await rate(theo, ids[0]!);
		await scope.tx((tx) => tx.delete(members).where(eq(members.personId, theo.userId)));
		expect(await linesOf(scope)).toEqual(['Theo rated example 1']);
	});

	test('goes on page by page, each thing once while others are done', async () => {
		const { scope, ids } = await start();
		for (let i = 0; i < 7; i++) await rate(scope, ids[i % 3]!);
		const seen: string[] = [];
		for (let before: number | undefined; ;) {
			const { rows, older } = await feedOf(scope, { limit: 3, before });
			seen.push(...rows.map(({ id }) => id));
			await rate(scope, ids[0]!);
			if (older === null) break;
			before = older;
		}
		expect(new Set(seen).size).toBe(7);
		expect(seen).toHaveLength(7);
	});

	test('is not told of another project, nor to a member limited to others', async () => {
		const { scope, as, project, ids } = await start();
		const { project: other } = await newProject(scope, { slug: 'beside' });
		await rate(scope, ids[0]!);
		expect((await listActivity(await inProject(scope, 'beside'), {})).rows).toEqual([]);
		const limited = await as('owner', [other.id]);
		expect(await limited.tx((tx) => tx.select().from(activities))).toEqual([]);
		const done = await scope.tx((tx) => tx.select().from(activities));
		const [doneIds, places] = [done.map(({ id }) => id), done.map(({ seq }) => seq)];
		const named = (who: Scope) =>
			who.tx((tx) => tx.$client`select name from names_of_doers_in(${project.id}, ${places}::bigint[])`);
		const namedBefore = (who: Scope) => who.tx((tx) => tx.$client`select name from names_of_doers(${doneIds}::uuid[])`);
		const ana = [{ name: 'Ana' }];
		for (const ask of [named, namedBefore]) {
			expect([await ask(scope), await ask(await as('owner', [project.id]))]).toEqual([ana, ana]);
			expect(await ask(limited)).toEqual([]);
		}
		expect(
			await scope.tx((tx) => tx.$client`select name from names_of_doers_in(${other.id}, ${places}::bigint[])`)
		).toEqual([]);
	});

	test('says to a rater nothing of trainings and sides', async () => {
		const { scope, as, project, connection, ids } = await start();
		const run = await addReadyRun(scope, { projectId: project.id, connectionId: connection.id, version: 1 });
		const at = { subject: run.id, projectId: project.id };
		await scope.tx(async (tx) => {
			await record(tx, scope, { ...at, event: 'run.cancelled', details: { version: 1, status: 'cancelled' } });
			await record(tx, scope, { ...at, event: 'split.moved', details: { count: 2, side: 'validation' } });
		});
		await rate(scope, ids[0]!);
		expect(await linesOf(scope)).toHaveLength(3);
		expect(await linesOf(await as('rater'))).toEqual(['Ana rated example 1']);
	});

	test('names are of those who did the things asked about', async () => {
		const { scope, as, owner, ids } = await start();
		await rate(await as('trainer'), ids[0]!);
		await newScript(scope, 'trainer'); // has done nothing
		await rate(scope, ids[1]!);
		const [last] = await scope.tx((tx) => tx.select().from(activities).orderBy(desc(activities.seq)));
		const { projectId, seq, id } = last!;
		const named = scope.tx((tx) => tx.$client`select id from names_of_doers_in(${projectId}, ${[seq]}::bigint[])`);
		expect(await named).toEqual([{ id: owner.id }]);
		expect(await scope.tx((tx) => tx.$client`select id from names_of_doers(${[id]}::uuid[])`)).toEqual([
			{ id: owner.id }
		]);
	});

	test('names of things done elsewhere are not to be had by their ids', async () => {
		const here = await start();
		const there = await start();
		await rate(here.scope, here.ids[0]!);
		const [row] = await here.scope.tx((tx) => tx.select().from(activities));
		const { id, seq, projectId } = row!;
		for (const sql of [
			(client: postgres.ISql) => client`select * from names_of_doers_in(${projectId}, ${[seq]}::bigint[])`,
			(client: postgres.ISql) => client`select * from names_of_doers(${[id]}::uuid[])`
		]) {
			expect(await there.scope.tx((tx) => sql(tx.$client))).toEqual([]);
			expect(await sql(plainPool() as never)).toEqual([]);
		}
	});
});
