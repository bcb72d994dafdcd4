import fs from 'node:fs';
import { type Page, expect, test } from '@playwright/test';
import { to } from '../../src/lib/paths.ts';
import { inProject } from '../../src/lib/server/access/scope.ts';
import { addExample } from '../../src/lib/server/examples/commands.ts';
import { rateExample } from '../../src/lib/server/ratings/commands.ts';
import { open, settled, signInAs } from '../support/browser/browser-steps.ts';
import { addExamples, newBallot } from '../support/data/evaluation.ts';
import { type RunningApp, openApp } from '../support/app/running-app.ts';
import { newSession } from '../support/data/session.ts';
import { newProject, newTeam } from '../support/data/team.ts';

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

test('a window that rates asks for nothing and counts down, and another of the same person follows', async ({
	page,
	context
}) => {
	const shop = await newTeam();
	const scope = await inProject(shop.scope, (await newProject(shop.scope)).project.slug);
	const [team, project] = [shop.slug, scope.project.slug];
	await signInAs(context, app, await newSession(app.owner, shop.owner.id));
	for (const content of ['One?', 'Two?', 'Three?']) {
		const messages = [
			{ role: 'user' as const, content },
			{ role: 'assistant' as const, content: 'Yes.' }
		];
		await addExample(scope, { messages, rating: null });
	}
	const other = await context.newPage();
	await open(other, to.project(team, project));
	await expect(other.getByRole('main')).toContainText('3 unrated');
	await open(page, to.rate(team, project));
	const link = page.getByRole('navigation').first().getByRole('link', { name: /^Rate/ });
	await expect(link).toContainText('3');
	const asked: string[] = [];
	page.on('request', (request) => request.url().includes('__data.json') && asked.push(request.url()));
	await page.waitForTimeout(200); // a key in the moment in which a card comes is meant for no card
	await page.keyboard.press('7');
	await expect(link).toContainText('2');
	await page.waitForTimeout(200);
	await page.keyboard.press('8');
	await expect(link).toContainText('1');
	await expect(other.getByRole('main')).toContainText('1 unrated');
	expect(asked).toEqual([]);
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

test('what was being written is back after a reload, with a word, until it is thrown away', async ({ page }) => {
	const { team, project } = await newShop(page);
	await open(page, to.add(team, project));
	await page.getByLabel('What the user says').fill('Half a question');
	await page.reload();
	await expect(page.getByText('What you had written here is back.')).toBeVisible();
	await expect(page.getByLabel('What the user says')).toHaveValue('Half a question');
	await page.getByRole('button', { name: 'Start over' }).click();
	await page.reload();
	await expect(page.getByRole('button', { name: 'Add & next' })).toBeVisible();
	await expect(page.getByLabel('What the user says')).toHaveValue('');

	await open(page, `${to.rate(team, project)}?filter=all`);
	await page.keyboard.press('r');
	await page.getByLabel('The better answer').fill('A better ans');
	await open(page, `${to.rate(team, project)}?filter=all`);
	await page.keyboard.press('r');
	await expect(page.getByLabel('The better answer')).toHaveValue('A better ans');

	await open(page, to.projectSettings(team, project));
	await page.getByLabel('Description').fill('Kind and sh');
	await page.getByRole('navigation').getByRole('link', { name: 'Examples' }).first().click();
	await expect(page.getByRole('heading', { level: 1, name: 'Examples' })).toBeVisible();
	await page.goBack();
	await expect(page.getByLabel('Description')).toHaveValue('Kind and sh');
});

test('without a line another page says so, the navigation stays, and it opens when the line is back', async ({
	page,
	context
}) => {
	const { team, project } = await newShop(page);
	await open(page, to.split(team, project));
	await settled(page);
	await context.setOffline(true);
	const nav = page.getByRole('navigation').first();
	await nav.getByRole('link', { name: 'Train' }).click();
	await expect(page.getByRole('heading', { name: 'Not reachable' })).toBeVisible();
	await expect(nav.getByRole('link', { name: 'Split' })).toBeVisible();
	await page.getByRole('button', { name: 'Stay on the page' }).click();
	await expect(page.getByRole('heading', { level: 1, name: 'Split' })).toBeVisible();
	await nav.getByRole('link', { name: 'Train' }).click();
	await expect(page.getByRole('heading', { name: 'Not reachable' })).toBeVisible();
	await context.setOffline(false);
	await expect(page.getByRole('heading', { level: 1, name: 'Train' })).toBeVisible();
});

test('where the server does not answer the navigation stays around what is said, and the page opens when it answers', async ({
	page,
	context
}) => {
	const { team, project } = await newShop(page);
	await open(page, to.split(team, project));
	// the browser has a line, and knows of nothing
	await context.route('**/__data.json*', (route) => route.abort('connectionrefused'));
	const nav = page.getByRole('navigation').first();
	await nav.getByRole('link', { name: 'Train' }).click();
	await expect(page.getByRole('heading', { name: 'Not reachable' })).toBeVisible();
	await nav.getByRole('link', { name: 'Examples' }).click();
	await expect(page).toHaveURL(new RegExp(`${to.examples(team, project)}$`));
	await expect(page.getByRole('heading', { name: 'Not reachable' })).toBeVisible();
	await expect(nav.getByRole('link', { name: 'Split' })).toBeVisible();
	await page.getByRole('button', { name: 'Try again' }).click();
	await expect(page.getByRole('heading', { name: 'Not reachable' })).toBeVisible();

	await context.unroute('**/__data.json*');
	await page.getByRole('button', { name: 'Try again' }).click();
	await expect(page.getByRole('heading', { level: 1, name: 'Examples' })).toBeVisible();
	await nav.getByRole('link', { name: 'Split' }).click();
	await expect(page.getByRole('heading', { level: 1, name: 'Split' })).toBeVisible();
});

test('on a line that carries hardly anything an error says its words all the same', async ({ page, context }) => {
	const built = JSON.parse(fs.readFileSync('.svelte-kit/output/client/.vite/manifest.json', 'utf8')) as Record<
		string,
		{ file: string }
	>;
	const { file } = built['src/lib/components/shell/errors.ts']!;
	await open(page, to.login());
	await context.route(`**/${file}`, () => {}); // never answered
	await context.route('**/_app/immutable/nodes/**', (route) => route.abort('connectionrefused'));
	// nothing that counts as a touch
	await page.evaluate(() => document.querySelector<HTMLElement>('header a')!.click());
	await expect(page.getByRole('main').getByRole('heading', { name: 'Not reachable' })).toBeVisible();
	await expect(page.getByText('There is no connection')).toBeVisible();
	await expect(page.locator('[data-error]')).toHaveCount(0);
});

test('an error that the server has written stays as it stands', async ({ page }) => {
	await page.addInitScript(() =>
		addEventListener('DOMContentLoaded', () => document.querySelector('h1')!.setAttribute('data-seen', ''))
	);
	await open(page, '/login/confirm/nothing');
	await expect(page.getByRole('heading', { level: 1, name: 'Not found' })).toHaveAttribute('data-seen', '');
});

test('whoever loses the line before they have done anything reads why a page does not come', async ({
	page,
	context
}) => {
	await open(page, to.login());
	await context.setOffline(true);
	// nothing that counts as a touch
	await page.evaluate(() => document.querySelector<HTMLElement>('header a')!.click());
	await expect(page.getByRole('heading', { name: 'Not reachable' })).toBeVisible();
	await expect(page.getByText('There is no connection')).toBeVisible();
	await context.setOffline(false);
	await page.getByRole('button', { name: 'Try again' }).click();
	await expect(page.getByRole('heading', { name: 'Not reachable' })).toBeHidden();
});

test('a form that nobody answers stays, with what was typed, says so, and can be sent again', async ({
	page,
	context
}) => {
	const { team, project } = await newShop(page);
	await open(page, to.projectSettings(team, project));
	await page.getByLabel('Description').fill('Kind and short.');
	const isSent = (address: URL) => address.search.includes('/save');
	await context.route(isSent, (route) => route.abort('connectionrefused'));
	await page.getByRole('button', { name: 'Save', exact: true }).click();
	await expect(page.getByRole('alert')).toContainText('The server did not answer. What you typed is still here');
	await expect(page.getByLabel('Description')).toHaveValue('Kind and short.');
	await context.unroute(isSent);
	await page.getByRole('button', { name: 'Save', exact: true }).click();
	await expect(page.getByText('Settings saved.')).toBeVisible();
	await page.reload();
	await expect(page.getByLabel('Description')).toHaveValue('Kind and short.');
});

const isBack = (page: Page) => expect(page.getByText('What you had written here is back.')).toBeVisible();

test('pasted text is back after a reload, and gone once it is in', async ({ page, context }) => {
	const shop = await newTeam();
	const { slug: team } = shop;
	const { slug: project } = (await newProject(shop.scope)).project;
	await signInAs(context, app, await newSession(app.owner, shop.owner.id));
	await open(page, `${to.add(team, project)}?tab=paste`);
	const box = page.getByLabel('Examples, one on each line');
	await box.fill('{"input": "Where is my parcel?", "output": "It left us this morning."}');
	await page.reload();
	await isBack(page);
	await expect(box).toHaveValue(/my parcel/);
	await page.getByRole('button', { name: /^Import/ }).click();
	await expect(page.getByRole('heading', { name: '1 example is in' })).toBeVisible();
	await open(page, `${to.add(team, project)}?tab=paste`);
	await expect(box).toHaveValue('');
});

test('a recipe and a comparison that were being set up are back after a reload, until they are thrown away', async ({
	page,
	context
}) => {
	const { slug, owner, scope } = await newBallot(6);
	await signInAs(context, app, await newSession(app.owner, owner.id));
	const [place] = await app.owner`select slug from teams where id = ${scope.teamId}`;
	const team = place!.slug as string;
	for (const [address, name, value] of [
		[to.newRun(team, slug), 'epochs', '7'],
		[to.newEvaluation(team, slug), 'name', 'Before the sale']
	] as const) {
		await open(page, address);
		const field = page.locator(`input[name=${name}]`);
		if (name === 'name') await page.getByText('Name and sampling').click();
		const before = await field.inputValue();
		await field.fill(value);
		await page.reload();
		await isBack(page);
		await expect(field).toHaveValue(value);
		await page.getByRole('button', { name: 'Start over' }).click();
		await expect(field).toHaveValue(before);
	}
});
