import { type Page, expect, test } from '@playwright/test';
import { to } from '../../src/lib/paths.ts';
import { open, signInAs } from '../support/browser/browser-steps.ts';
import { type RunningApp, openApp } from '../support/app/running-app.ts';
import { type World, newWorld } from '../support/data/world.ts';

let app: RunningApp;
let world: World;
test.beforeAll(async () => {
	app = openApp();
	world = await newWorld(app.owner, app.sandboxUrl);
});
test.afterAll(() => app.close());
test.beforeEach(({ context }) => signInAs(context, app, world.sessions.owner));

const place = () => [world.team, world.project] as const;
const runRow = (page: Page) => page.getByRole('row').filter({ has: page.getByRole('link', { name: 'v1' }) });
const runAddress = () => app.origin + to.run(...place(), world.run);

test('a row opens what its link names, on every page with a table', async ({ page }) => {
	await open(page, to.train(...place()));
	await runRow(page).getByText('sandbox-small').click();
	await expect(page).toHaveURL(runAddress());

	await open(page, to.evaluations(...place()));
	await page.getByRole('row', { name: /#2/ }).getByText('0 of 12 judged').click();
	await expect(page).toHaveURL(app.origin + to.evaluation(...place(), world.voting));

	await open(page, to.examples(...place()));
	const row = page.locator('tbody tr').nth(6);
	const number = (await row.locator('td').nth(1).textContent())!;
	await row.locator('td').nth(2).click();
	await expect(page.getByRole('dialog', { name: `Example ${number}` })).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(page).not.toHaveURL(/selected=/);
	await expect(row.getByRole('link'), 'the focus comes back to where it was').toBeFocused();
	await page.keyboard.press('j');
	await page.keyboard.press('Enter');
	await expect(page.getByRole('dialog', { name: `Example ${Number(number) - 1}` })).toBeVisible();
});

test('a row opens in a new tab as a link does, by key or by the middle button', async ({ page, context }) => {
	await open(page, to.train(...place()));
	const model = runRow(page).getByText('sandbox-small');
	for (const press of [
		() => model.click({ modifiers: ['ControlOrMeta'] }),
		() => model.click({ modifiers: ['Shift'] }),
		() => model.click({ button: 'middle' })
	]) {
		const [tab] = await Promise.all([context.waitForEvent('page'), press()]);
		await expect(tab).toHaveURL(runAddress());
		await tab.close();
	}
	await expect(page).toHaveURL(app.origin + to.train(...place()));
	expect(context.pages()).toHaveLength(1);
});

test('beside a checkbox, with the right button or while text is chosen a row stays closed', async ({ page }) => {
	await open(page, to.examples(...place()));
	const row = page.locator('tbody tr').nth(2);
	await row
		.locator('td')
		.first()
		.click({ position: { x: 3, y: 3 } });
	await row.getByRole('checkbox').check();
	await expect(page.getByText('1 chosen')).toBeVisible();
	const output = row.locator('td').nth(2);
	await output.click({ button: 'right' });
	await output.click({ modifiers: ['Alt'] });
	const box = (await output.boundingBox())!;
	await page.mouse.move(box.x + 14, box.y + 20);
	await page.mouse.down();
	await page.mouse.move(box.x + 90, box.y + 20, { steps: 3 });
	await page.mouse.up();
	expect((await page.evaluate(() => getSelection()!.toString())).length).toBeGreaterThan(3);
	await page.waitForTimeout(300); // whatever is opened would be by now
	expect(new URL(page.url()).searchParams.has('selected')).toBe(false);

	// a press beside what is chosen lets go of it, and opens
	await row.locator('td').nth(1).click();
	await expect(page).toHaveURL(/selected=/);
});
