import { expect, test } from '@playwright/test';
import { to } from '../../src/lib/paths.ts';
import { hydrated, open, signInAs } from '../support/browser/browser-steps.ts';
import { addOwnServer, newBallot, voteAs } from '../support/data/evaluation.ts';
import { type RunningApp, openApp } from '../support/app/running-app.ts';
import { newSession } from '../support/data/session.ts';

// A model is asked to judge: its price first, then how far it is, and what it says only once the results are known.

let app: RunningApp;
test.beforeAll(() => {
	app = openApp();
});
test.afterAll(() => app.close());

test('a model is chosen, its price is said, it judges; what it says comes with the results, and is in no verdict', async ({
	page
}) => {
	const made = await newBallot(6, (letter, position) =>
		(position % 2 === 0) === (letter === 'a')
			? `${letter === 'a' ? 'Apple' : 'Beech'} ${position}: the question has 1 answer`
			: `${letter === 'a' ? 'Apple' : 'Beech'} ${position}`
	);
	const { scope, owner, slug, id } = made;
	await addOwnServer(scope, `${app.sandboxUrl}/openai/v1`);
	await signInAs(page.context(), app, await newSession(app.owner, owner.id));
	const [team] = await app.owner`select slug from teams where id = ${scope.teamId}`;
	await open(page, to.evaluation(team!.slug, slug, id));
	await page.getByRole('link', { name: 'Ask a model too' }).click();
	await expect(page.getByRole('heading', { name: 'A model as judge' })).toBeVisible();
	await hydrated(page);
	const start = page.getByRole('button', { name: 'Let it judge 6 pairs' });
	await expect(start).toHaveAccessibleDescription('Choose a model first.');
	await page.getByLabel('The judge', { exact: true }).click();
	await page.getByRole('option', { name: /^A model of On this machine/ }).click();
	const list = page.getByRole('combobox', { name: 'The judge: which model' });
	await list.fill('sandbox-large');
	await page.getByRole('option', { name: 'sandbox-large' }).first().click();
	await expect(page.getByText('12 questions: each of 6 pairs twice')).toBeVisible();
	await expect(page.getByText(/^Billed by the token\. The price is not known, so the budget/).last()).toBeVisible();
	await page.getByLabel('By what it judges').fill('The one that answers.');
	await start.click();
	await expect(page.getByText('12 of 12 questions')).toBeVisible({ timeout: 30_000 });
	await expect(page.getByText('What it says stays hidden until the results are revealed')).toBeVisible();

	await voteAs({ ...scope, userId: owner.id }, slug, id, () => 'a');
	await open(page, to.results(team!.slug, slug, id));
	await expect(page.getByText('sandbox-large (On this machine)')).toHaveCount(0);
	await page.getByRole('button', { name: /^Reveal/ }).click();
	const card = page.locator('#judge');
	await expect(
		card.getByText('Prefers neither: v1 better in 3, base in 3, no difference in 0 of 6 pairs, 0 points.')
	).toBeVisible();
	await expect(
		card.getByText('Not shown yet: people and the model have both judged 6 pairs, and it takes 20.')
	).toBeVisible();
	await card.getByRole('link', { name: 'The 3 pairs where it differs from people' }).click();
	const pairs = page.locator('#pairs details');
	await expect(pairs).toHaveCount(3);
	await pairs.first().locator('summary').first().click();
	await expect(page.getByText('It says “base better”, unlike people.')).toBeVisible();
	await expect(page.getByText('“It takes up more of what was asked.”')).toHaveCount(1);
});
