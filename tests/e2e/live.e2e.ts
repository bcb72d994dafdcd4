import { type Page, expect, test } from '@playwright/test';
import { to } from '../../src/lib/paths.ts';
import { inProject } from '../../src/lib/server/access/scope.ts';
import { rateExample } from '../../src/lib/server/ratings/commands.ts';
import { open, signInAs } from '../support/browser-steps.ts';
import { addExamples } from '../support/evaluation.ts';
import { type RunningApp, openApp } from '../support/running-app.ts';
import { newSession } from '../support/session.ts';
import { newProject, newTeam } from '../support/team.ts';

// What others do reaches an open page, and takes nothing out of a person's hands.

let app: RunningApp;
test.beforeAll(() => {
	app = openApp();
});
test.afterAll(() => app.close());

const newShop = async (page: Page) => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const questions = Array.from({ length: 12 }, (_, i) => `Question ${i + 1} about the warranty?`);
	const ids = await addExamples(team.scope, project.id, questions, { split: null });
	await signInAs(page.context(), app, await newSession(app.owner, team.owner.id));
	const scope = await inProject(team.scope, project.slug);
	/** Somebody rates in another window. */
	const rate = (score: number) => rateExample(scope, { exampleId: ids[0]!, score, clientId: crypto.randomUUID() });
	return { team: team.slug, project: project.slug, rate };
};

test('a rating in another window leaves the settings of the split as they were chosen', async ({ page }) => {
	const { team, project, rate } = await newShop(page);
	await open(page, to.split(team, project));
	const [share, seed] = [page.getByLabel('Share of train'), page.getByLabel('Seed')];
	await share.fill('70');
	await seed.fill('42');
	await seed.blur();
	await rate(2);
	await expect(page.getByRole('main')).toContainText('11 rated 8 or better');
	await expect(share).toHaveValue('70');
	await expect(seed).toHaveValue('42');
});

test('the search keeps every letter on a slow line', async ({ page }) => {
	const { team, project } = await newShop(page);
	await open(page, to.examples(team, project));
	await page.route('**/__data.json*', async (route) => {
		await new Promise((done) => setTimeout(done, 700));
		await route.continue();
	});
	const box = page.getByRole('searchbox');
	await box.pressSequentially('warr', { delay: 20 });
	await page.waitForTimeout(500); // the first question is on its way
	await box.pressSequentially('anty', { delay: 150 });
	await expect(page).toHaveURL(/search=warranty/);
	await expect(box).toHaveValue('warranty');
});
