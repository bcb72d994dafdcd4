import { type Page, devices, expect, test } from '@playwright/test';
import { to } from '../../src/lib/paths.ts';
import { open, settled, signInAs } from '../support/browser/browser-steps.ts';
import { type RunningApp, openApp } from '../support/app/running-app.ts';
import { type World, newWorld } from '../support/data/world.ts';

// What the app says can be seen, reached and heard, and the focus is never nowhere.

let app: RunningApp;
let world: World;
test.beforeAll(async () => {
	app = openApp();
	world = await newWorld(app.owner, app.sandboxUrl);
});
test.afterAll(() => app.close());
test.beforeEach(({ context }) => signInAs(context, app, world.sessions.owner));

/** Nothing lies over it: the point in its middle is its own. */
const isOnTop = (page: Page, text: string) =>
	page.getByText(text, { exact: true }).evaluate((element) => {
		const { x, y, width, height } = element.getBoundingClientRect();
		return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
	});

test('a message while a sheet is open lies over it and can be pressed', async ({ page }) => {
	await open(page, to.examples(world.team, world.project));
	await page.locator('a[data-example]:visible').first().click();
	const sheet = page.getByRole('dialog', { name: /^Example/ });
	await page.route('**/examples?/move', (route) => route.abort());
	await sheet.getByRole('button', { name: 'Move' }).click();
	await page.getByRole('menuitem').first().click();
	await expect(page.getByText('Nothing was changed.', { exact: true })).toBeVisible();
	expect(await isOnTop(page, 'Nothing was changed.')).toBe(true);
	expect(await isOnTop(page, 'Rate or rewrite'), 'it covers no button of the sheet').toBe(true);
	await expect(
		sheet.getByText('Nothing was changed.', { exact: true }),
		'what is outside an open sheet is dead'
	).toBeVisible();
	await sheet.getByRole('button', { name: 'Close' }).click();
	await expect(page.getByText('Nothing was changed.', { exact: true }), 'it outlives the sheet').toBeVisible();
});

test('a refused form leads to the field and says why', async ({ page }) => {
	await open(page, to.members(world.team));
	await page.getByRole('button', { name: 'Invite' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel('Email').fill('owner@nowhere');
	const send = dialog.getByRole('button', { name: 'Send invitation' });
	await send.click();
	await expect(dialog.getByLabel('Email')).toBeFocused();
	await expect(dialog.getByRole('alert')).toContainText(/email/i);
	// again, and the same sentence
	await send.click();
	await expect(dialog.getByLabel('Email')).toBeFocused();
});

test('deleting a row leaves the focus on the one that took its place', async ({ page }) => {
	await open(page, to.examples(world.team, world.project));
	const rows = page.locator('a[data-example]:visible');
	const third = await rows.nth(2).textContent();
	await rows.nth(1).focus();
	await page.keyboard.press('Delete');
	await expect(page.getByText('One example deleted.')).toBeVisible();
	await expect(rows.nth(1)).toHaveText(third!);
	await expect(rows.nth(1)).toBeFocused();
});

test('a list that goes away with the focus in it leaves the focus on the page', async ({ page }) => {
	// what looks after the focus comes behind the page, and says nothing of itself
	await expect(async () => {
		await open(page, to.members(world.team));
		await settled(page);
		await page.evaluate(() => {
			const list = document.querySelector('main ul, main tbody')!;
			list.querySelector<HTMLElement>('button, a')!.focus();
			list.remove();
		});
		await expect(page.locator('#main')).toBeFocused({ timeout: 2_000 });
	}).toPass();
});

test('a blocked button gives a thumb its reason', async ({ browser }) => {
	const { viewport: _, defaultBrowserType: __, ...phone } = devices['Pixel 7'];
	const context = await browser.newContext({ ...phone, viewport: { width: 390, height: 844 }, baseURL: app.origin });
	await signInAs(context, app, world.sessions.rater);
	const page = await context.newPage();
	await open(page, to.vote(world.team, world.project, world.voting));
	await page.getByRole('button', { name: 'A better' }).tap({ force: true });
	const said = page.locator('[data-sonner-toast]');
	await expect(said).toContainText('Read both answers first.');
	// and covers none of the buttons
	const top = (await page.locator('footer').boundingBox())!.y;
	await expect(async () => {
		const { y, height } = (await said.boundingBox())!;
		expect(y + height).toBeLessThanOrEqual(top);
	}).toPass();
	await context.close();
});

test('a budget that cannot be read is said, and is not taken for none', async ({ page }) => {
	await open(page, to.projectSettings(world.team, world.project));
	const most = page.getByLabel('Most in a month');
	const save = page.getByRole('button', { name: 'Save the budget' });
	await most.fill('50');
	await save.click();
	await expect(page.getByText('Budget saved.', { exact: true })).toBeVisible();
	await most.fill('');
	await most.pressSequentially('1e');
	const sent: string[] = [];
	page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()));
	await save.click();
	await expect(most).toBeFocused();
	expect(await most.evaluate((input: HTMLInputElement) => input.validity.badInput)).toBe(true);
	await most.fill('60');
	await save.click();
	await expect.poll(() => sent.length, 'the first press sent nothing').toBe(1);
});
