import { type BrowserContext, type Page, type Response, expect } from '@playwright/test';
import { to } from '../../../src/lib/paths.ts';
import type { RunningApp } from '../app/running-app.ts';

/** Before its scripts run, a click may fall on a button that does nothing yet. */
export const hydrated = (page: Page) => page.locator('html[data-hydrated]').waitFor({ state: 'attached' });

/** Somebody is there, and what comes with their first touch has come: from here on the line may be lost. */
export const settled = async (page: Page) => {
	await page.mouse.move(5, 5);
	await page.locator('html[data-settled]').waitFor({ state: 'attached' });
};

export const open = async (page: Page, address: string): Promise<Response> => {
	const answer = await page.goto(address);
	await hydrated(page);
	return answer!;
};

/** What is judged, a card as a pair, does not take the next key before a person can have seen it. */
export const press = async (page: Page, ...keys: string[]) => {
	for (const key of keys) {
		await page.waitForTimeout(200);
		await page.keyboard.press(key);
	}
};

/** Signs a browser in without a mail. */
export const signInAs = (context: BrowserContext, app: RunningApp, session: string) =>
	context.addCookies([{ name: 'session', value: session, url: app.origin, httpOnly: true, sameSite: 'Lax' }]);

/** Asks for a mail on the sign-in page. All browsers of a test run are one address, and that has a limit. */
export const askForMail = async (page: Page, app: RunningApp, email: string) => {
	await app.owner`delete from rate_limits`;
	await page.getByLabel('Email').fill(email);
	await page.getByRole('button', { name: 'Send magic link' }).click();
	await expect(page.getByRole('heading', { name: /^Check / })).toBeVisible();
};

/** Presses the button that stands in the newest mail to this address. */
export const openMail = async (page: Page, email: string) => {
	await open(page, to.outbox());
	const row = page.getByRole('listitem').filter({ hasText: `to ${email}` });
	await row.first().getByRole('link', { name: 'Open its link' }).click();
	await page.waitForURL((url) => !url.pathname.startsWith(to.outbox()));
	await hydrated(page);
};
