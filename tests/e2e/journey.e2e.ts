// Long because it is one way: from an address nobody knows to a verdict, with nothing but the browser.
import { type Browser, type Page, expect, test } from '@playwright/test';

const unique = () => Math.random().toString(36).slice(2, 8);

/** Buttons work once the page is alive. */
const open = async (page: Page, address: string) => {
	await page.goto(address);
	await page.locator('html[data-hydrated]').waitFor();
};

/** Asks for a mail and opens its link from the outbox, in this browser. */
const signIn = async (page: Page, email: string) => {
	await open(page, '/login');
	await page.getByLabel('Email').fill(email);
	await page.getByRole('button', { name: 'Send magic link' }).click();
	await expect(page.getByLabel('Code from the mail')).toBeVisible();
	await openMail(page, email);
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
};

const openMail = async (page: Page, email: string) => {
	await open(page, '/dev/outbox');
	await page.getByRole('listitem').filter({ hasText: email }).first().getByRole('link', { name: 'Open its link' }).click();
	await page.locator('html[data-hydrated]').waitFor();
};

const newTeam = async (page: Page, name: string) => {
	await page.getByLabel('Name of the team').fill(name);
	await page.getByRole('button', { name: 'Create team' }).click();
};

const newProject = async (page: Page, team: string) => {
	await open(page, `/${team}/projects/new`);
	await page.getByLabel('Name', { exact: true }).fill('Support');
	await page.getByRole('button', { name: /Test connection/ }).first().click();
	await expect(page.getByText(/models/i).first()).toBeVisible();
	await page.getByRole('button', { name: 'Create project' }).click();
	await expect(page).toHaveURL(new RegExp(`/${team}/support$`));
};

const importSample = async (page: Page, base: string) => {
	await open(page, `${base}/add?tab=import`);
	await page.getByRole('button', { name: 'Import Customer support' }).click();
	await expect(page.getByRole('link', { name: 'Rate them' })).toBeVisible();
};

const asGuest = async (browser: Browser) => (await browser.newContext()).newPage();

test('from a magic mail to a verdict', async ({ page }) => {
	test.setTimeout(180_000);
	const team = `journey-${unique()}`;
	const base = `/${team}/support`;

	await test.step('sign in, make a team and a project on the sandbox', async () => {
		await signIn(page, `${team}@example.com`);
		await expect(page).toHaveURL(/teams\/new/);
		await newTeam(page, team);
		await expect(page).toHaveURL(new RegExp(`/${team}`));
		await newProject(page, team);
	});

	await test.step('import, rate by key and by button, take back, rewrite', async () => {
		await importSample(page, base);
		await open(page, `${base}/rate`);
		const card = page.getByRole('article');
		const first = await card.getAttribute('aria-label');
		await page.keyboard.press('9');
		await expect(card).not.toHaveAttribute('aria-label', first!);
		const second = await card.getAttribute('aria-label');
		await page.waitForTimeout(200); // what comes within 150 ms of a new card does not count
		await page.getByRole('button', { name: /^Rate 8,/ }).click();
		await expect(card).not.toHaveAttribute('aria-label', second!);
		await page.keyboard.press('u');
		await expect(card).toHaveAttribute('aria-label', second!);
		await page.waitForTimeout(200);
		await page.keyboard.press('r');
		await page.getByLabel('The better answer').fill('Thank you for asking. We look into it today and write to you by noon.');
		await page.getByRole('button', { name: 'Save and rate 9' }).click();
		await expect(card).not.toHaveAttribute('aria-label', second!);
	});

	await test.step('look at a split, then make it', async () => {
		await open(page, `${base}/split`);
		await page.getByRole('button', { name: 'Preview' }).click();
		await page.getByRole('button', { name: /^Move \d+ examples/ }).click();
		await expect(page.getByText('Locked: what is here measures')).toBeVisible();
	});

	await test.step('check, start, and watch the run become ready by itself', async () => {
		await open(page, `${base}/train/new`);
		await page.getByRole('button', { name: 'Start training' }).first().click();
		await page.getByRole('dialog').getByRole('button', { name: 'Start training' }).click();
		await expect(page.getByRole('heading', { name: 'Run v1' })).toBeVisible();
		await expect(page.getByText('Ready', { exact: true }).first()).toBeVisible({ timeout: 60_000 });
		await expect(page.getByRole('link', { name: 'Evaluate' })).toBeVisible();
	});

	await test.step('compare with the base, blind', async () => {
		await page.getByRole('link', { name: 'Evaluate' }).click();
		const pairs = page.getByRole('slider').first();
		await pairs.fill('12');
		await page.getByRole('button', { name: 'Start with 12 comparisons' }).click();
		await page.getByRole('link', { name: 'Vote' }).click({ timeout: 60_000 });
		await expect(page.getByText('of 12')).toBeVisible();
		const source = await page.content();
		for (const name of ['sandbox-small', 'swapped', 'contender']) expect(source).not.toContain(name);
		for (let voted = 0; voted < 12; voted++) {
			await expect(page.getByText(new RegExp(`^${voted}\\s+of 12`)).first()).toBeVisible();
			await page.waitForTimeout(180);
			await page.keyboard.press(['a', 'b', 't', 'a'][voted % 4]!);
		}
	});

	await test.step('read the verdict', async () => {
		const evaluation = page.url().replace(/\/vote.*/, '');
		await open(page, `${evaluation}/results`);
		await page.getByRole('button', { name: /Reveal/ }).click();
		const confirm = page.getByRole('dialog').getByRole('button', { name: /Reveal/ });
		if (await confirm.isVisible().catch(() => false)) await confirm.click();
		await expect(page.getByText(/need more data|promising|ship it|blocked|too close/i).first()).toBeVisible();
	});
});

test('a rater who was invited rates and votes, and cannot train', async ({ page, browser }) => {
	const team = `invite-${unique()}`;
	await signIn(page, `${team}@example.com`);
	await newTeam(page, team);
	await newProject(page, team);
	await importSample(page, `/${team}/support`);
	await open(page, `/${team}/settings/members`);
	await page.getByRole('button', { name: 'Invite' }).click();
	const rita = `rita-${unique()}@example.com`;
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel('Email').fill(rita);
	await dialog.getByRole('button', { name: /Invite|Send/ }).click();
	await expect(page.getByText(rita)).toBeVisible();

	const guest = await asGuest(browser);
	await openMail(guest, rita);
	await guest.getByRole('link', { name: /Sign in/ }).click();
	await guest.getByLabel('Email').fill(rita);
	await guest.getByRole('button', { name: 'Send magic link' }).click();
	await expect(guest.getByLabel('Code from the mail')).toBeVisible();
	await openMail(guest, rita);
	await guest.getByRole('button', { name: 'Sign in', exact: true }).click();
	await guest.getByRole('button', { name: /Join|Accept/ }).click();
	await expect(guest).toHaveURL(new RegExp(`/${team}`));

	await open(guest, `/${team}/support/rate`);
	await expect(guest.getByRole('article')).toBeVisible();
	await expect(guest.getByRole('link', { name: 'Train' })).toHaveCount(0);
	const refused = await guest.goto(`/${team}/support/train`);
	expect(refused!.status()).toBe(403);
	await expect(guest.getByText('A rater cannot do this.')).toBeVisible();
	await guest.context().close();
});

test('a used link, a wrong code and a broken line each get their sentence', async ({ page }) => {
	const email = `wrong-${unique()}@example.com`;
	await open(page, '/login');
	await page.getByLabel('Email').fill(email);
	await page.getByRole('button', { name: 'Send magic link' }).click();
	await page.getByLabel('Code from the mail').fill('222222');
	await expect(page.getByText('This is not the code.')).toBeVisible();

	await openMail(page, email);
	const link = page.url();
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await expect(page).toHaveURL(/teams\/new/);
	await open(page, link);
	await expect(page.getByText('This link is over')).toBeVisible();

	const team = `lines-${unique()}`;
	await open(page, '/teams/new');
	await newTeam(page, team);
	await newProject(page, team);
	await open(page, `/${team}/support/add?tab=import`);
	const good = JSON.stringify({
		messages: [
			{ role: 'user', content: 'Where is it?' },
			{ role: 'assistant', content: 'On its way.' }
		]
	});
	await page.locator('input[type=file]').setInputFiles({
		name: 'mixed.jsonl',
		mimeType: 'application/jsonl',
		buffer: Buffer.from(`${good}\n{"nothing":1}\n`)
	});
	await expect(page.getByText(/has no "messages" list/)).toBeVisible();
	await page.getByRole('button', { name: /^Import 1/ }).click();
	await expect(page.getByText('Why lines were refused')).toBeVisible();
	await expect(page.getByText(/has no "messages" list/)).toBeVisible();

	await open(page, `/${team}/support/train/new`);
	await expect(page.getByText(/at least 10|10 is the least|fewer than 10/i).first()).toBeVisible();
});
