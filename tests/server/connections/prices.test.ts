import { eq } from 'drizzle-orm';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SetPrice } from '../../../src/lib/contract/connections.ts';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { setBudget } from '../../../src/lib/server/budget/commands.ts';
import { answerPriceOf, createConnection, setPrice } from '../../../src/lib/server/connections/commands.ts';
import { listModels } from '../../../src/lib/server/connections/models.ts';
import { listConnections } from '../../../src/lib/server/connections/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { auditEntries, connections, projects } from '../../../src/lib/server/platform/db/schema.ts';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import { startRun } from '../../../src/lib/server/runs/commands.ts';
import { getPreflight } from '../../../src/lib/server/runs/queries.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { newTeam } from '../../support/data/team.ts';
import { addRows, jobsAt, newRun, newWorkshop, runRow, submit } from '../../support/data/training.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
	configureProviders({ allowLocal: true });
	sandbox = await startSandbox({ port: 0, speed: 40 });
});
afterAll(async () => {
	await closePools();
	await sandbox.stop();
});

const model = 'sandbox-small';

/** A project that trains at a server whose prices nobody knows. */
const unpriced = async () => {
	const workshop = await newWorkshop(sandbox.url);
	const { id } = await createConnection(workshop.scope, {
		provider: 'own-server',
		name: 'Ours',
		baseUrl: `${sandbox.url}/openai/v1`,
		key: `priced-${workshop.project.id}`
	});
	await workshop.scope.tx((tx) =>
		tx.update(projects).set({ connectionId: id }).where(eq(projects.id, workshop.project.id))
	);
	const inside = await inProject(workshop.scope, workshop.slug);
	const price = (given: Partial<Parameters<typeof setPrice>[1]> = {}) =>
		setPrice(workshop.scope, {
			...{ connectionId: id, model },
			...{ trainingCentsPerMillion: null, promptCentsPerMillion: null, completionCentsPerMillion: null },
			...given
		});
	return { ...workshop, there: { connectionId: id }, inside, price };
};
const budgetLine = ({ findings }: Awaited<ReturnType<typeof getPreflight>>) =>
	findings.find(({ id }) => id === 'budget')!;

test('an unknown price is said to be unknown, with what the budget makes of it and what to do', async () => {
	const { inside } = await unpriced();
	await setBudget(inside, { budgetCents: 500 });
	const check = await getPreflight(inside);
	expect(check).toMatchObject({ isClear: true, centsPerMillion: null, priceNote: null, cost: { cents: null } });
	expect(check.cost.basis).toMatch(/price of this model is not known/);
	expect(budgetLine(check)).toMatchObject({
		level: 'ok',
		sentence: expect.stringMatching(/counts nothing beforehand/)
	});
	expect((await startRun(inside, newRun())).estimateCents).toBeNull();
});

test('a price that an owner enters is shown with its day before an order, and the budget goes by it', async () => {
	const { scope, inside, there, price, owner } = await unpriced();
	await setBudget(inside, { budgetCents: 500 });
	await listModels(scope, there); // kept for a while, with the prices of that moment
	await price({ trainingCentsPerMillion: 10_000 });
	const check = await getPreflight(inside);
	expect(check.centsPerMillion).toBe(10_000);
	expect(check.cost.basis).toMatch(/at \$100\.00 per million \(price as it was entered on \d{4}-\d\d-\d\d\)/);
	expect(budgetLine(check).sentence).toMatch(/the estimate of .* fits/);
	expect((await listModels(scope, there)).find(({ id }) => id === model)).toMatchObject({
		trainingCentsPerMillion: 10_000,
		priceNote: expect.stringMatching(/entered on/)
	});
	expect((await startRun(inside, newRun())).estimateCents).toBe(check.cost.cents);

	await price({ trainingCentsPerMillion: 5_000_000 });
	expect(budgetLine(await getPreflight(inside))).toMatchObject({
		level: 'block',
		sentence: expect.stringMatching(/not fit/)
	});
	// taken back, and taken back again: the second time there is nothing
	await price();
	await price();
	expect((await getPreflight(inside)).centsPerMillion).toBeNull();
	const entries = await scope.tx((tx) => tx.select().from(auditEntries).orderBy(auditEntries.seq));
	const about = { name: 'Ours', model };
	expect(
		entries
			.filter(({ action }) => action === 'connection.priced')
			.map(({ personId, details }) => ({ personId, details }))
	).toEqual([true, true, false].map((isKnown) => ({ personId: owner.id, details: { ...about, isKnown } })));
});

test('what an answer costs is entered too, also of a model that is in no list', async () => {
	const { scope, there, price } = await unpriced();
	const priceOf = (name: string) => answerPriceOf(scope, { ...there, provider: 'own-server' }, name);
	expect(await priceOf(model)).toBeNull();
	for (const name of [model, 'ft:ours:v1'])
		await price({ model: name, promptCentsPerMillion: 1.25, completionCentsPerMillion: 30 });
	for (const name of [model, 'ft:ours:v1']) expect(await priceOf(name)).toEqual({ prompt: 1.25, completion: 30 });
	expect((await listConnections(scope)).find(({ id }) => id === there.connectionId)?.prices).toEqual(
		['ft:ours:v1', model].map((name) => ({
			model: name,
			trainingCentsPerMillion: null,
			promptCentsPerMillion: 1.25,
			completionCentsPerMillion: 30,
			enteredOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/)
		}))
	);
});

test.each<[string, object, string]>([
	['one half of a price of answers', { promptCentsPerMillion: 1 }, 'completionCentsPerMillion'],
	['less than nothing', { trainingCentsPerMillion: -1 }, 'trainingCentsPerMillion'],
	['no model', { model: ' ', trainingCentsPerMillion: 1 }, 'model']
])('%s is refused under its field', (_, given, field) => {
	const read = v.safeParse(SetPrice.input, { connectionId: crypto.randomUUID(), model, ...given });
	expect(read.issues?.map(({ path }) => path?.at(-1)?.key)).toEqual([field]);
});

test('the sandbox has no prices, nobody but an owner enters one, and another team reaches none', async () => {
	const { connection, as, there, price } = await unpriced();
	await expect(price({ connectionId: connection.id, trainingCentsPerMillion: 1 })).rejects.toMatchObject({
		code: 'conflict'
	});
	const given = {
		...there,
		model,
		trainingCentsPerMillion: 1,
		promptCentsPerMillion: null,
		completionCentsPerMillion: null
	};
	for (const role of ['trainer', 'rater'] as const)
		await expect(setPrice(await as(role), given)).rejects.toMatchObject({ code: 'forbidden' });
	const { scope: stranger } = await newTeam();
	await expect(setPrice(stranger, given)).rejects.toMatchObject({ code: 'not_found' });
});

test('where the provider names more than was thought, and the budget does not have it, nothing is ordered', async () => {
	const { scope, project, connection, slug, key } = await newWorkshop(sandbox.url, {
		baseModel: 'sandbox-large',
		key: 'dear'
	});
	const place = { provider: 'together' as const, baseUrl: `${sandbox.url}/together/v1` };
	await scope.tx((tx) => tx.update(connections).set(place).where(eq(connections.id, connection.id)));
	await addRows(scope, project.id, [{ question: 'A long one?', answer: 'word '.repeat(20_000) }], 500);
	const inside = await inProject(scope, slug);
	await setBudget(inside, { budgetCents: 5 });
	const run = await startRun(inside, newRun());
	expect(run.estimateCents).toBeNull();
	await submit(scope, run.id);
	const now = await runRow(scope, run.id);
	expect(now).toMatchObject({
		status: 'failed',
		problem: expect.stringMatching(
			/^This may cost \$0\.\d\d, and of this month’s budget of \$0\.05 only .* Nothing was ordered\.$/
		)
	});
	expect(now.estimateCents).toBeGreaterThan(5);
	expect(await jobsAt(sandbox.url, key)).toEqual([]);
	// with a higher budget the same training goes out
	await setBudget(inside, { budgetCents: 500 });
	const again = await startRun(inside, newRun());
	await submit(scope, again.id);
	expect((await runRow(scope, again.id)).jobId).not.toBeNull();
});

test('a model may be called anything that can be kept, and what every object has is nobody’s price', async () => {
	const { scope, there, price } = await unpriced();
	for (const name of ['__proto__', 'constructor', 'toString', 'half \ud83d', 'zero \u0000'])
		await price({ model: name, trainingCentsPerMillion: 7 });
	const prices = async () => (await listConnections(scope)).find(({ id }) => id === there.connectionId)!.prices;
	expect((await prices()).map((each) => each.model).sort()).toEqual(
		['__proto__', 'constructor', 'half \ud83d', 'toString', 'zero \u0000'].sort()
	);
	await price({ model: '__proto__' });
	expect((await prices()).map((each) => each.model)).not.toContain('__proto__');
	expect(await answerPriceOf(scope, { ...there, provider: 'own-server' }, 'hasOwnProperty')).toBe(null);
});
