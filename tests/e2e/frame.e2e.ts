import { type Page, expect, test } from '@playwright/test';
import { to } from '../../src/lib/paths.ts';
import { hydrated, signInAs } from '../support/browser/browser-steps.ts';
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

const wide = { width: 1440, height: 900 };
const rate = () => to.rate(world.team, world.project);
/** As the server has written it, and run by nothing yet. */
const visit = async (page: Page, address: string) => {
	await page.goto(address);
	await hydrated(page);
};
/** A press that no pointer has come before. */
const pressAtOnce = (page: Page, name: string) =>
	page.getByRole('button', { name, exact: true }).evaluate((button: HTMLElement) => button.click());

test('what runs the frame comes with the first touch, and a press before it is done', async ({ page }) => {
	await page.setViewportSize(wide);
	const asked: string[] = [];
	page.on('request', (request) => asked.push(request.url()));
	await visit(page, rate());
	await page.waitForLoadState('load');
	await expect(
		page.getByRole('complementary', { name: 'Sidebar' }).getByRole('link', { name: 'Examples' })
	).toBeVisible();
	await page.waitForTimeout(1_000);
	const before = asked.length;
	await page.waitForTimeout(500);
	expect(asked.slice(before)).toEqual([]);
	await pressAtOnce(page, 'Collapse the sidebar');
	await expect(page.getByRole('button', { name: 'Show the sidebar' })).toBeVisible();
	expect(asked.slice(before).filter((url) => url.endsWith('.js')).length).toBeGreaterThan(0);
	await page.getByRole('button', { name: 'Show the sidebar' }).click();
	await expect(page.getByRole('button', { name: 'Collapse the sidebar' })).toBeVisible();
});

test('on a phone the first tap on "More" opens the menu, from which one goes on', async ({ page }) => {
	await page.setViewportSize({ width: 390, height: 844 });
	await visit(page, rate());
	await pressAtOnce(page, 'More');
	const menu = page.getByRole('dialog', { name: 'Menu' });
	await menu.getByRole('link', { name: 'Examples' }).click();
	await expect(page).toHaveURL(to.examples(world.team, world.project));
	await expect(page.getByRole('banner').getByText('Examples')).toBeVisible();
});

test('the first keys of all lead somewhere', async ({ page }) => {
	await page.setViewportSize(wide);
	await visit(page, rate());
	await page.keyboard.press('g');
	await page.keyboard.press('x');
	await expect(page).toHaveURL(to.examples(world.team, world.project));
	await expect(page.getByRole('complementary').getByRole('link', { name: 'Examples' })).toHaveAttribute(
		'aria-current',
		'page'
	);
});

test('who comes from a page without a frame finds it there', async ({ page }) => {
	await page.setViewportSize(wide);
	await visit(page, to.account());
	await page
		.locator(`a[href="${to.team(world.team)}"]`)
		.first()
		.click();
	await expect(page).toHaveURL(to.team(world.team));
	await expect(
		page.getByRole('complementary', { name: 'Sidebar' }).getByRole('link', { name: 'Team settings' })
	).toBeVisible();
	await page.getByRole('button', { name: /switch project or team/ }).click();
	await expect(page.getByText(/^Projects of /)).toBeVisible();
});
