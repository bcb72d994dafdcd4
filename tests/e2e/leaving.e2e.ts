import { type Page, expect, test } from '@playwright/test';
import { to } from '../../src/lib/paths.ts';
import { askForMail, open, openMail, signInAs } from '../support/browser/browser-steps.ts';
import { type RunningApp, openApp } from '../support/app/running-app.ts';
import { newSession } from '../support/data/session.ts';
import { newTeam } from '../support/data/team.ts';

// What is deleted comes back as long as there is a way back, and nothing is deleted by one press.

let app: RunningApp;
test.beforeAll(() => void (app = openApp()));
test.afterAll(() => app.close());

const ask = async (page: Page, button: string, action: string, word: string) => {
	await page.getByRole('button', { name: button, exact: true }).click();
	const dialog = page.getByRole('dialog');
	const act = dialog.getByRole('button', { name: action, exact: true });
	await expect(act, 'not before the word is typed').toHaveAttribute('aria-disabled', 'true');
	await dialog.getByRole('textbox').fill(word);
	return { dialog, act };
};

test('a team that its owner deletes is brought back from the account', async ({ page, context }) => {
	const team = await newTeam();
	await signInAs(context, app, await newSession(app.owner, team.owner.id));
	await open(page, to.teamSettings(team.slug));
	const { act } = await ask(page, 'Delete the team', 'Delete team', `Team ${team.slug}`);
	await act.click();
	await expect(page.getByRole('heading', { name: 'Deleted teams' })).toBeVisible();
	await expect(page.getByText(/^Gone for good on /)).toBeVisible();
	expect((await page.request.get(to.team(team.slug), { headers: { accept: 'text/html' } })).status()).toBe(404);
	// nothing else is theirs: they are asked to make a team, and told of the one that was
	await open(page, to.home());
	await page.getByRole('link', { name: 'bring it back' }).click();
	await page.getByRole('button', { name: `Bring Team ${team.slug} back` }).click();
	await page.waitForURL((url) => url.pathname === to.team(team.slug));
	await expect(page.getByText(`Team ${team.slug} is back.`)).toBeVisible();
});

test('an account goes with the address typed, and stays for whoever signs in again', async ({ page, context }) => {
	const team = await newTeam();
	await team.as('owner');
	const { email } = team.owner;
	await signInAs(context, app, await newSession(app.owner, team.owner.id));
	await open(page, to.account());
	const { act } = await ask(page, 'Delete your account', 'Delete account', email);
	await act.click();
	await expect(page.getByText(/^Your account is deleted\. Sign in within 7 days/)).toBeVisible();
	await askForMail(page, app, email);
	await openMail(page, email);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await expect(page.getByText(/Welcome back\. Your account stays/)).toBeVisible();
	await expect(page.getByRole('link', { name: `Team ${team.slug}` })).toBeVisible();
});

test('the last owner is told which team stands in the way', async ({ page, context }) => {
	const team = await newTeam();
	await signInAs(context, app, await newSession(app.owner, team.owner.id));
	await open(page, to.account());
	const { dialog, act } = await ask(page, 'Delete your account', 'Delete account', team.owner.email);
	await act.click();
	await expect(dialog.getByText(new RegExp(`^The team Team ${team.slug} would have no owner`))).toBeVisible();
	await expect(dialog).toBeVisible();
});
