import { type Page, expect, test } from '@playwright/test';
import { maxCharacters } from '../../src/lib/core/examples/conversation.ts';
import { to } from '../../src/lib/paths.ts';
import { open, signInAs } from '../support/browser/browser-steps.ts';
import { type RunningApp, openApp } from '../support/app/running-app.ts';
import { rewriteHistory } from '../support/database/raw.ts';
import { type World, newWorld } from '../support/data/world.ts';

// What people write is shown as it is meant, and a page takes their words without being asked to.

let app: RunningApp;
let world: World;
test.beforeAll(async () => {
	app = openApp();
	world = await newWorld(app.owner, app.sandboxUrl);
});
test.afterAll(() => app.close());
test.beforeEach(({ context }) => signInAs(context, app, world.sessions.owner));

const sayEverywhere = (answer: string) =>
	rewriteHistory(
		'examples',
		(sql) =>
			sql`update examples set rewrite = null, messages = ${sql.json([
				{ role: 'user', content: 'أين طلبي؟' },
				{ role: 'assistant', content: answer }
			])} where team_id = ${world.teamId}`
	);
const directionOf = (page: Page, text: string) =>
	page
		.getByText(text)
		.first()
		.evaluate((element) => getComputedStyle(element).direction);

test('what is written from the right to the left is read so, and a table is a table', async ({ page }) => {
	await sayEverywhere('طلبك في الطريق إليك.\n\n| الطرد | الحالة |\n|---|---|\n| 17 | غدا |');
	await open(page, `${to.rate(world.team, world.project)}?filter=all`);
	expect(await directionOf(page, 'أين طلبي؟')).toBe('rtl');
	expect(await directionOf(page, 'طلبك في الطريق إليك.')).toBe('rtl');
	expect(await directionOf(page, 'What the AI said'), 'the page around it stays').toBe('ltr');
	await page.getByRole('button', { name: 'Show formatting' }).click();
	await expect(page.getByRole('cell', { name: 'غدا' })).toBeVisible();
});

test('a rewrite says how much room is left, and refuses what is too long before it is sent', async ({ page }) => {
	await sayEverywhere('A short answer.');
	await open(page, `${to.rate(world.team, world.project)}?filter=all`);
	await page.getByRole('button', { name: 'Rewrite', exact: true }).click();
	const sheet = page.getByRole('dialog', { name: 'Rewrite the answer' });
	const field = sheet.getByLabel('The better answer');
	await expect(field).toBeFocused();
	await expect(sheet.getByText('characters are left')).toHaveCount(0);
	// by hand: Chromium types a hundred thousand characters for a minute
	const write = (length: number) =>
		field.evaluate(
			(area: HTMLTextAreaElement, text) => {
				area.value = text;
				area.dispatchEvent(new Event('input', { bubbles: true }));
			},
			'Some words. '.repeat(length / 12 + 1).slice(0, length)
		);
	await write(maxCharacters - 5);
	await expect(sheet.getByText('5 characters are left.')).toBeVisible();
	await write(maxCharacters + 7);
	await expect(sheet.getByRole('alert')).toContainText('7 characters too many');
	await sheet.getByRole('button', { name: /^Save and rate/ }).click();
	expect(await field.evaluate(({ value }: HTMLTextAreaElement) => value.length), 'it stays with the person').toBe(
		maxCharacters + 7
	);
});

test('a page that begins with one field has the cursor in it', async ({ page, context }) => {
	await open(page, to.newTeam());
	await expect(page.getByLabel('Name of the team')).toBeFocused();
	await open(page, to.newProject(world.team));
	await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
	await context.clearCookies();
	await open(page, to.login());
	await expect(page.getByLabel('Email')).toBeFocused();
});

test('a page that takes its time says so', async ({ page }) => {
	await open(page, to.project(world.team, world.project));
	await page.waitForLoadState('networkidle');
	let answer = () => {};
	const held = new Promise<void>((done) => (answer = done));
	await page.route('**/train/__data.json*', async (route) => {
		await held;
		await route.continue();
	});
	await page.getByRole('link', { name: 'Train', exact: true }).first().click();
	await expect(page.getByText('Loading…')).toBeAttached();
	answer();
	await expect(page.getByRole('heading', { level: 1, name: 'Train' })).toBeVisible();
	await expect(page.getByText('Loading…')).toHaveCount(0);
});

test('to stop a training and to leave it alone cannot be mixed up', async ({ page }) => {
	const trains = { status: 'training', problem: null, finished_at: null };
	await rewriteHistory('runs', (sql) => sql`update runs set ${sql(trains)} where id = ${world.failed}`);
	await open(page, to.run(world.team, world.project, world.failed));
	const stop = page.getByRole('main').getByRole('button', { name: 'Stop the run' });
	await stop.click();
	const sure = page.getByRole('alertdialog').or(page.getByRole('dialog'));
	await expect(sure.getByRole('heading', { name: 'Stop v2?' })).toBeVisible();
	await expect(sure.getByRole('button', { name: /cancel/i })).toHaveCount(0);
	await sure.getByRole('button', { name: 'Keep training' }).click();
	await expect(sure).toHaveCount(0);
	await stop.click();
	await sure.getByRole('button', { name: 'Stop the run' }).click();
	// it is being stopped, or is over already: the worker is quick; its log says the same of both
	await expect(page.getByRole('main')).toContainText('cancelled the run');
	await expect(page.getByRole('main')).toContainText(/billed/i);
});
