import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { formatEstimate, runCost } from '../../../src/lib/core/runs/cost.ts';
import { trainingCost } from '../../../src/lib/core/runs/training-cost.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { getBudget } from '../../../src/lib/server/budget/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import { providers } from '../../../src/lib/server/providers/registry.ts';
import { startRun } from '../../../src/lib/server/runs/commands.ts';
import { getPreflight, getRun, listRuns } from '../../../src/lib/server/runs/queries.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { drive, newRun, newWorkshop } from '../../support/data/training.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
	configureProviders({ allowLocal: true });
	sandbox = await startSandbox({ port: 0, speed: 100 });
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
	await closePools();
	await sandbox.stop();
});

const billed = 321;
/** A provider that takes a tenth of a cent for a token, estimates nothing, or this, and says at the end what it was. */
const playProvider = (estimate: number | null) => {
	const { model, report } = providers.sandbox;
	vi.spyOn(providers.sandbox, 'model').mockImplementation(async (...asked) => {
		const found = await model(...asked);
		return found && { ...found, trainingCentsPerMillion: 100_000 };
	});
	vi.spyOn(providers.sandbox, 'estimate').mockResolvedValue(
		estimate === null ? null : { cents: estimate, allowed: true, trainTokens: 1, basis: 'theirs' }
	);
	vi.spyOn(providers.sandbox, 'report').mockImplementation(async (...asked) => {
		const told = await report(...asked);
		return { ...told, costCents: told.status === 'ready' ? billed : null };
	});
};

/** What each place says of a run: its page, the list of runs, and the budget it is paid from. */
const everywhere = async (scope: Scope, slug: string, runId: string) => {
	const place = await inProject(scope, slug);
	const { run } = await getRun(place, { runId });
	const listed = (await listRuns(place, { page: 1 })).rows.find(({ id }) => id === runId)!;
	return { page: runCost(run), list: runCost(listed), budget: (await getBudget(place)).trainingCents };
};

test('the same data, model and epochs cost the same on every page, before, during and after; then what was billed', async () => {
	playProvider(null);
	const { scope, slug } = await newWorkshop(sandbox.url);
	const place = await inProject(scope, slug);
	const check = await getPreflight(place);
	const { cents, basis } = check.cost;
	expect(cents).toBeGreaterThan(100);
	const words = formatEstimate(cents);
	expect(words).toMatch(/^≈ \$\d/);
	expect(basis).toBe(
		`About ${check.tokens.toLocaleString('en')} tokens × ${check.recipe.epochs} epochs + ${check.validationTokens} validation tokens × 6 at $1,000.00 per million.`
	);
	// the page computes it anew for each choice of epochs, from what the checklist has told it
	expect(trainingCost(check, check.recipe, check)).toEqual(check.cost);
	const twice = { ...check.recipe, epochs: 2 * check.recipe.epochs };
	const dearer = trainingCost(check, twice, check).cents!;
	expect(dearer).toBeGreaterThan(cents!);

	const { id } = await startRun(place, newRun());
	const estimated = { page: words, list: words, budget: cents };
	expect(await everywhere(scope, slug, id)).toEqual(estimated);
	await drive(scope, id, ({ jobId }) => jobId !== null);
	expect(await everywhere(scope, slug, id)).toEqual(estimated);
	await drive(scope, id);
	expect(await everywhere(scope, slug, id)).toEqual({ page: '$3.21', list: '$3.21', budget: billed });
	// what it was thought to cost stays to be read beside it, and the next one is thought to cost as much
	expect((await getRun(place, { runId: id })).run).toMatchObject({ estimateCents: cents, costCents: billed });
	expect((await getPreflight(place)).cost).toEqual(check.cost);
});

test('a price beyond all reason is said, and is no bug: nothing is ordered', async () => {
	const { model } = providers.sandbox;
	vi.spyOn(providers.sandbox, 'model').mockImplementation(async (...asked) => {
		const found = await model(...asked);
		// what $100,000 per million comes to with 200 million tokens and ten passes, for these few
		return found && { ...found, trainingCentsPerMillion: 10 ** 13 };
	});
	const { scope, slug } = await newWorkshop(sandbox.url);
	const place = await inProject(scope, slug);
	expect((await getPreflight(place)).cost.cents).toBeGreaterThan(2 ** 31);
	await expect(startRun(place, newRun())).rejects.toMatchObject({
		code: 'conflict',
		message: expect.stringMatching(
			/^By the price of its model this training would come to \$[\d,.]+, and at most \$21,474,836\.47 can be counted here\./
		)
	});
	expect((await listRuns(place, { page: 1 })).rows).toEqual([]);
});

test('where the provider estimates itself, its figure takes the place of ours, and the run says so', async () => {
	playProvider(777);
	const { scope, slug } = await newWorkshop(sandbox.url);
	const place = await inProject(scope, slug);
	const { cost } = await getPreflight(place);
	const { id } = await startRun(place, newRun());
	await drive(scope, id, ({ jobId }) => jobId !== null);
	expect(await everywhere(scope, slug, id)).toEqual({ page: '≈ $7.77', list: '≈ $7.77', budget: 777 });
	const { events } = await getRun(place, { runId: id });
	expect(events.map(({ message }) => message)).toContain(
		`The provider estimates ≈ $7.77; before it had the files it was ${formatEstimate(cost.cents)}.`
	);
});
