import { expect, test } from '@playwright/test';
import { to } from '../../src/lib/paths.ts';
import { open, signInAs } from '../support/browser/browser-steps.ts';
import { type RunningApp, openApp } from '../support/app/running-app.ts';
import { type World, newWorld } from '../support/data/world.ts';

// An owner deletes a project by mistake, and it is there again; a rater who had it open is told.

let app: RunningApp;
let world: World;
test.beforeAll(async () => {
	app = openApp();
	world = await newWorld(app.owner, app.sandboxUrl);
});
test.afterAll(() => app.close());

test('deleted by keyboard with its name typed, gone for everybody, and brought back with all that was in it', async ({
	page,
	context,
	browser
}) => {
	await signInAs(context, app, world.sessions.owner);
	const others = await browser.newContext();
	await signInAs(others, app, world.sessions.trainer);
	const trainers = await others.newPage();
	await open(trainers, to.project(world.team, world.project));

	await open(page, to.projectSettings(world.team, world.project));
	const name = await page.getByLabel('Name', { exact: true }).inputValue();
	const press = page.getByRole('button', { name: 'Delete project' });
	await press.focus();
	await page.keyboard.press('Enter');
	const dialog = page.getByRole('dialog', { name: `Delete ${name}?` });
	await expect(dialog).toContainText(/With it go \d+ examples with all ratings and rewrites/);
	const field = dialog.getByRole('textbox');
	const confirm = dialog.getByRole('button', { name: 'Delete project' });

	// half a name deletes nothing, and Escape leaves everything as it is
	await field.fill(name.slice(1));
	await page.keyboard.press('Enter');
	await expect(dialog).toBeVisible();
	await expect(confirm).toHaveAttribute('aria-disabled', 'true');
	await page.keyboard.press('Escape');
	await expect(dialog).toBeHidden();
	await expect(press).toBeFocused();

	await page.keyboard.press('Enter');
	await field.fill(name);
	await page.keyboard.press('Enter');
	await page.waitForURL(`**${to.team(world.team)}`);
	await expect(page.getByText(`${name} is deleted.`)).toBeVisible();
	const deleted = page.getByRole('region', { name: 'Deleted projects' });
	await expect(page.getByRole('heading', { name: 'Deleted projects' })).toBeVisible();
	await expect(page.getByText(/Gone for good on/)).toBeVisible();
	expect(await deleted.count()).toBeLessThanOrEqual(1);

	// whoever had it open, and whoever opens an address of it
	await expect(trainers.getByText('There is no such project, or it is not yours to see.')).toBeVisible();
	expect((await page.request.get(app.origin + to.examples(world.team, world.project))).status()).toBe(404);

	await page.getByRole('button', { name: `Bring ${name} back` }).click();
	await expect(page.getByText(`${name} is back.`)).toBeVisible();
	await expect(page.getByRole('heading', { name: 'Deleted projects' })).toBeHidden();
	await page.getByRole('button', { name: 'Open' }).click();
	await page.waitForURL(`**${to.project(world.team, world.project)}`);
	await expect(page.getByText('Theo').or(page.getByText('brought the project')).first()).toBeVisible();
	await others.close();
});

test('a trainer sees neither the danger zone nor what was deleted', async ({ page, context }) => {
	await signInAs(context, app, world.sessions.trainer);
	await open(page, to.team(world.team));
	await expect(page.getByRole('heading', { name: 'Deleted projects' })).toBeHidden();
	const answer = await page.goto(to.projectSettings(world.team, world.project));
	expect(answer!.status()).toBe(403);
});
