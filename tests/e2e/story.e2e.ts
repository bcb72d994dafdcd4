// Long because it is one story: from nothing to a verdict, through every page, and what goes wrong on the way.
import { randomUUID } from 'node:crypto';
import { type BrowserContext, type Page, expect, test } from '@playwright/test';
import { askForMail, open, openMail, signInAs } from '../support/browser/browser-steps.ts';
import { addExamples } from '../support/data/evaluation.ts';
import { type RunningApp, openApp } from '../support/app/running-app.ts';
import { newSession } from '../support/data/session.ts';
import { newProject, newTeam } from '../support/data/team.ts';

let app: RunningApp;
test.beforeAll(() => {
	app = openApp();
});
test.afterAll(() => app.close());

const newEmail = (name: string) => `${name}-${randomUUID().slice(0, 8)}@example.com`;
const left = async (page: Page) => Number(/(\d+) left/.exec(await page.title())?.[1] ?? 0);
/** A card does not take the next key before a person can have seen it. */
const lookAtIt = (page: Page) => page.waitForTimeout(200);

/** A team with an empty project, whose owner is signed in. */
const newShop = async (context: BrowserContext) => {
	const team = await newTeam();
	const { project } = await newProject(team.scope, { sandboxUrl: app.sandboxUrl });
	await signInAs(context, app, await newSession(app.owner, team.owner.id));
	return { slug: team.slug, project, scope: team.scope };
};

test('from nothing to a verdict', async ({ page }) => {
	test.setTimeout(150_000);
	const email = newEmail('ana');
	const problems: string[] = [];
	page.on('pageerror', (error) => problems.push(error.message));
	page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));

	await test.step('sign in by mail', async () => {
		await open(page, '/login');
		await askForMail(page, app, email);
		await openMail(page, email);
		await expect(page.getByRole('heading', { name: /^Sign in as a/ })).toBeVisible();
		await page.getByRole('button', { name: 'Sign in' }).click();
	});

	await test.step('make a team', async () => {
		await page.getByLabel('Name of the team').fill('Moss & Ladle');
		await page.getByRole('button', { name: 'Create team' }).click();
		await expect(page.getByRole('heading', { name: 'Make the first project' })).toBeVisible();
	});

	await test.step('make a project with the sandbox', async () => {
		await page.getByRole('link', { name: 'New project' }).click();
		await page.getByLabel('Name', { exact: true }).fill('Customer support');
		await page.getByRole('radio', { name: /Sandbox/ }).check();
		await page.getByRole('button', { name: 'Test connection' }).click();
		const works = page.getByRole('status').or(page.getByRole('alert')).filter({ hasText: 'It works' });
		await expect(works.first()).toContainText('training is open');
		await page.getByRole('button', { name: 'Create project' }).click();
		await expect(page.getByRole('heading', { level: 1, name: 'Customer support' })).toBeVisible();
	});
	const base = new URL(page.url()).pathname;

	await test.step('import the sample', async () => {
		await open(page, `${base}/add?tab=import`);
		await page.getByRole('button', { name: 'Import Customer support' }).click();
		await expect(page.getByRole('heading', { name: /^\d+ examples are in$/ })).toBeVisible();
		await page.getByRole('link', { name: 'Rate them' }).click();
	});

	await test.step('rate with keys and buttons, undo, rewrite', async () => {
		await expect.poll(() => left(page)).toBeGreaterThan(5);
		const first = await left(page);
		const after = async (act: () => Promise<void>, expected: number) => {
			await lookAtIt(page);
			await act();
			await expect.poll(() => left(page)).toBe(expected);
		};
		await after(() => page.keyboard.press('9'), first - 1);
		await after(() => page.keyboard.press('3'), first - 2);
		await after(() => page.getByRole('button', { name: 'Great 9', exact: true }).click(), first - 3);
		await after(() => page.keyboard.press('u'), first - 2);
		await after(() => page.getByRole('button', { name: /^Rate 10,/ }).click(), first - 3);
		await lookAtIt(page);
		await page.keyboard.press('s');
		await lookAtIt(page);
		await page.keyboard.press('r');
		const better = page.getByLabel('The better answer');
		await better.fill('You can return it within 45 days, unused, for any reason.');
		await page.getByRole('button', { name: 'Save and rate 9' }).click();
		await expect(better).toBeHidden();

		const [person] = await app.owner`select id from people where email = ${email}`;
		const given = async () =>
			(await app.owner`select score from ratings where person_id = ${person!.id} order by seq`).map(
				({ score }) => score
			);
		// the third was taken back and given anew; the last belongs to the rewrite
		await expect.poll(async () => (await given()).slice(-6)).toEqual([9, 3, 9, null, 10, 9]);
		const [rewrite] =
			await app.owner`select output from rewrites where person_id = ${person!.id} order by seq desc limit 1`;
		expect(rewrite!.output).toBe('You can return it within 45 days, unused, for any reason.');
	});

	await test.step('split, after a look at what moves', async () => {
		await page.getByRole('navigation').getByRole('link', { name: 'Split' }).click();
		await page.getByRole('button', { name: 'Preview' }).click();
		const move = page.getByRole('button', { name: /^Move \d+ examples$/ });
		const count = Number(/\d+/.exec((await move.textContent())!)![0]);
		expect(count).toBeGreaterThan(50);
		await move.click();
		await expect(page.getByText(`${count} examples have their place.`)).toBeVisible();
	});

	await test.step('train, live from the order to the model', async () => {
		await page.getByRole('main').getByRole('link', { name: 'Train' }).click();
		await expect(page.getByText('Nothing stands in the way.')).toBeVisible();
		await page.getByRole('button', { name: 'Start training' }).click();
		const sure = page.getByRole('dialog', { name: 'Start this training?' });
		await expect(sure).toContainText('leave this server for Sandbox');
		await sure.getByRole('button', { name: 'Start training' }).click();
		await expect(page.getByRole('heading', { level: 1, name: 'Run v1' })).toBeVisible();
		await page.evaluate(() => Object.assign(window, { stayed: true }));
		await expect(page.getByRole('link', { name: 'Evaluate' })).toBeVisible({ timeout: 60_000 });
		await expect(page).toHaveTitle(/✓ v1 ready/);
		expect(await page.evaluate(() => 'stayed' in window), 'the page was never loaded again').toBe(true);
	});

	await test.step('set up a comparison, and wait while its answers are written', async () => {
		await page.getByRole('link', { name: 'Evaluate' }).click();
		await page.getByRole('radio', { name: /^My own plan/ }).check();
		await page.getByLabel('Prompts', { exact: true }).fill('12');
		await page.getByRole('button', { name: 'Start with 12 prompts' }).click();
		await page.getByRole('main').getByRole('link', { name: 'Vote' }).click({ timeout: 60_000 });
	});

	await test.step('vote with keys', async () => {
		const judged = page.getByText(/^\d+ of 12$/);
		await expect(page.getByRole('heading', { name: 'Which answer is better?' })).toBeVisible();
		await expect(judged).toHaveText('0 of 12');
		const expected = [1, 2, 3, 4, 3, 4, 5, 6, 7, 8, 9, 10, 11];
		for (const [i, key] of ['a', 'b', 't', 'x', 'u', 'a', 'b', 'a', 'b', 'a', 'b', 'a', 'b'].entries()) {
			await lookAtIt(page);
			await page.keyboard.press(key);
			await expect(judged).toHaveText(`${expected[i]} of 12`);
		}
		await lookAtIt(page);
		await page.keyboard.press('t');
		await expect(page.getByRole('heading', { name: 'All 12 pairs judged' })).toBeVisible();
	});

	await test.step('reveal, and read the verdict', async () => {
		await page.getByRole('link', { name: 'See results' }).click();
		await page.getByRole('button', { name: 'Reveal the results' }).click();
		await expect(page.getByText('12 of 12 prompts count')).toBeVisible();
		const verdict = page.getByRole('heading', { level: 2 }).first();
		await expect(verdict).toHaveText(/^(ship it|don.t ship|too close|promising|need more data|blocked)/i);
		await expect(page.getByText(/Net preference for v1/)).toBeVisible();
	});
	expect(problems).toEqual([]);
});

test('a rater who was invited comes in by mail and finds nothing about training', async ({
	browser,
	page,
	context
}) => {
	const { slug, project, scope } = await newShop(context);
	await addExamples(scope, project.id, ['What has a score already?'], { split: null });
	const email = newEmail('rita');
	await open(page, `/${slug}/settings/members`);
	await page.getByRole('button', { name: 'Invite' }).click();
	await page.getByRole('dialog').getByLabel('Email').fill(email);
	await page.getByRole('button', { name: 'Send invitation' }).click();
	await expect(page.getByText(`Invitation sent to ${email}.`)).toBeVisible();

	const elsewhere = await browser.newContext();
	const rita = await elsewhere.newPage();
	await openMail(rita, email);
	// somebody new here: the press is all, and no other mail
	await rita.getByRole('button', { name: 'Join' }).click();
	await expect(rita, 'who rates lands on cards').toHaveURL(new RegExp(`/${slug}/${project.slug}/rate`));
	await expect(rita.getByText('What has a score already?', { exact: true })).toBeVisible();

	await open(rita, `/${slug}/${project.slug}`);
	const nav = rita.getByRole('navigation').first();
	await expect(nav.getByRole('link', { name: /^Rate/ })).toBeVisible();
	for (const hidden of ['Train', 'Split', 'Add', 'Settings'])
		await expect(nav.getByRole('link', { name: hidden, exact: true })).toHaveCount(0);
	const forbidden = await rita.goto(`/${slug}/${project.slug}/train`);
	expect(forbidden!.status()).toBe(403);
	await expect(rita.getByRole('heading', { level: 1 })).toHaveText('Not allowed');
	await elsewhere.close();

	await page.reload();
	await expect(page.getByRole('main')).toContainText(email);

	// who sees that all has a score is offered to give a second one
	await open(page, `/${slug}/${project.slug}/rate`);
	await expect(page.getByRole('heading', { name: 'Everything is rated' })).toBeVisible();
	await page.getByRole('link', { name: 'Give second opinions' }).click();
	await expect(page.getByText('What has a score already?', { exact: true })).toBeVisible();
});

test.describe('what goes wrong is said, and nothing is lost', () => {
	test('a wrong code, then the right link, then the same link again', async ({ page }) => {
		const email = newEmail('code');
		await open(page, '/login');
		await askForMail(page, app, email);
		await page.getByLabel('Code from the mail').fill('000000');
		await page.getByRole('button', { name: 'Sign in' }).click();
		await expect(page.getByText('This is not the code.')).toBeVisible();
		await openMail(page, email);
		const link = page.url();
		await page.getByRole('button', { name: 'Sign in' }).click();
		await expect(page.getByLabel('Name of the team')).toBeVisible();
		await open(page, link);
		await expect(page.getByRole('heading', { name: 'This link is over' })).toBeVisible();
		await expect(page.getByText('It was used already')).toBeVisible();
	});

	test('a link that is too old signs nobody in, not even from an open page', async ({ page }) => {
		const email = newEmail('late');
		await open(page, '/login');
		await askForMail(page, app, email);
		await openMail(page, email);
		await app.owner`update sign_ins set expires_at = now() - interval '1 second' where email = ${email}`;
		await page.getByRole('button', { name: 'Sign in' }).click();
		await expect(page.getByRole('heading', { name: 'This link is over' })).toBeVisible();
		await page.getByRole('link', { name: 'Get a new one' }).click();
		await expect(page.getByLabel('Email')).toBeVisible();
		expect(await app.owner`select from people where email = ${email}`).toHaveLength(0);
	});

	test('a file with bad lines: each with its number and reason, the good ones go in', async ({ page, context }) => {
		const { slug, project } = await newShop(context);
		const turns = (...messages: object[]) => JSON.stringify({ messages });
		const good = (n: number) =>
			turns({ role: 'user', content: `Question ${n}?` }, { role: 'assistant', content: 'Answer.' });
		const lines = [good(1), '{"messages": [', good(2), turns({ role: 'user', content: 'No answer?' }), good(3)];
		await open(page, `/${slug}/${project.slug}/add?tab=import`);
		await page.locator('input[type=file]').setInputFiles({
			name: 'mixed.jsonl',
			mimeType: 'application/jsonl',
			buffer: Buffer.from(lines.join('\n'))
		});
		const main = page.getByRole('main');
		await main.getByText('2 lines cannot be imported').click();
		await expect(main).toContainText(/Line 2\b.*JSON/);
		await expect(main).toContainText(/Line 4\b.*(answer|assistant)/);
		await main.getByRole('button', { name: /^Import/ }).click();
		await expect(page.getByRole('heading', { name: '3 examples are in' })).toBeVisible();
		for (const line of ['Line 2', 'Line 4'])
			await expect(page.getByRole('region', { name: 'Reasons' })).toContainText(line);
	});

	test('a key that the provider refuses', async ({ page, context }) => {
		const { slug } = await newShop(context);
		await open(page, `/${slug}/projects/new`);
		await page.getByRole('radio', { name: /New connection/ }).check();
		await page.getByRole('radio', { name: /compatible/i }).check();
		await page.getByLabel('Base URL').fill(`${app.sandboxUrl}/openai/v1`);
		await page.getByLabel(/^Key/).fill('sk-refused-123456');
		await page.getByRole('button', { name: 'Test connection' }).click();
		await expect(page.getByText('It does not work')).toBeVisible();
		await expect(page.getByRole('main')).toContainText(/does not accept this key/);
		await expect(page.getByLabel('Base URL')).toHaveValue(`${app.sandboxUrl}/openai/v1`);
	});

	test('too little data: training is blocked, and each reason leads to its place', async ({ page, context }) => {
		const { slug, project } = await newShop(context);
		await open(page, `/${slug}/${project.slug}/train/new`);
		const start = page.getByRole('button', { name: 'Start training' });
		await expect(start).toHaveAttribute('aria-disabled', 'true');
		await expect(page.getByText(/findings? blocks? the training/).first()).toBeVisible();
		await start.click({ force: true });
		await expect(page.getByRole('dialog')).toHaveCount(0);
		const fix = page.getByRole('main').getByRole('link', { name: /^(Rate|Split|Examples)$/ });
		await expect(fix.first()).toBeVisible();
		expect(await app.owner`select from runs where project_id = ${project.id}`).toHaveLength(0);
	});
});
