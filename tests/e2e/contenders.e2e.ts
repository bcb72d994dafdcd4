import { type Page, expect, test } from '@playwright/test';
import { to } from '../../src/lib/paths.ts';
import { hydrated, open, signInAs } from '../support/browser/browser-steps.ts';
import { addOwnServer, newContest } from '../support/data/evaluation.ts';
import { type RunningApp, openApp } from '../support/app/running-app.ts';
import { newSession } from '../support/data/session.ts';

// Who competes is chosen on the page that sets a comparison up: a run, its base, or any model of a connection.

let app: RunningApp;
test.beforeAll(() => {
	app = openApp();
});
test.afterAll(() => app.close());

const begin = async (page: Page, runs: 'with a run' | 'without') => {
	const { scope, owner, slug, project, ...made } = await newContest(6);
	if (runs === 'without') await app.owner`delete from runs where project_id = ${project.id}`;
	const own = await addOwnServer(scope, `${app.sandboxUrl}/openai/v1`);
	const away = await addOwnServer(scope, 'http://127.0.0.1:9/v1', { name: 'Away' });
	await signInAs(page.context(), app, await newSession(app.owner, owner.id));
	const [team] = await app.owner`select slug from teams where id = ${scope.teamId}`;
	await open(page, to.newEvaluation(team!.slug, slug));
	return { ...made, own, away };
};
const choose = async (page: Page, side: string, option: RegExp) => {
	await page.getByLabel(side, { exact: true }).click();
	await page.getByRole('option', { name: option }).first().click();
};
const chooseModel = async (page: Page, side: string, model: string) => {
	const list = page.getByRole('combobox', { name: `${side}: which model` });
	await list.fill(model);
	await page.getByRole('option', { name: model }).first().click();
};
const start = (page: Page) => page.getByRole('button', { name: /^Start with/ });

test('a run against a model of a connection: chosen, kept over a reload, started', async ({ page }) => {
	const { own, run } = await begin(page, 'with a run');
	await expect(page.getByLabel('Compared with', { exact: true })).toContainText('sandbox-small');
	await choose(page, 'Compared with', /^A model of On this machine/);
	await expect(start(page)).toHaveAccessibleDescription('Choose both models first.');
	await chooseModel(page, 'Compared with', 'sandbox-large');
	await expect(page.getByText('is asked one short question')).toBeVisible();

	await page.reload();
	await hydrated(page);
	await expect(page.getByText('What you had written here is back.')).toBeVisible();
	await expect(page.getByLabel('Compared with', { exact: true })).toContainText('A model of On this machine');
	await start(page).click();
	await expect(page.getByRole('heading', { name: 'v1 against sandbox-large' })).toBeVisible();
	const [made] =
		await app.owner`select run_id, against_connection_id, against_model from evaluations where run_id = ${run.id}`;
	expect(made).toEqual({ run_id: run.id, against_connection_id: own.id, against_model: 'sandbox-large' });
});

test('a server that is away lists nothing: its model can be typed, and is refused in words before anything begins', async ({
	page
}) => {
	const { run } = await begin(page, 'with a run');
	await choose(page, 'Compared with', /^A model of Away/);
	await expect(page.getByText('No list of models')).toBeVisible();
	await page.getByLabel('Compared with: which model').fill('zebra-7b');
	await start(page).click();
	await expect(page.getByText('“zebra-7b” of Away does not answer now.')).toBeVisible();
	await expect(page.getByLabel('Compared with: which model')).toHaveValue('zebra-7b');
	expect(await app.owner`select 1 from evaluations where run_id = ${run.id}`).toHaveLength(0);
});

test('without any run two models compete; one with itself does not', async ({ page }) => {
	await begin(page, 'without');
	await choose(page, 'The model to judge', /^A model of On this machine/);
	await choose(page, 'Compared with', /^A model of On this machine/);
	await chooseModel(page, 'The model to judge', 'sandbox-large');
	await chooseModel(page, 'Compared with', 'sandbox-large');
	await expect(start(page)).toHaveAccessibleDescription(/^Choose two different models/);
	await chooseModel(page, 'Compared with', 'sandbox-slow');
	await start(page).click();
	await expect(page.getByRole('heading', { name: 'sandbox-large against sandbox-slow' })).toBeVisible();
});
