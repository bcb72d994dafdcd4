import { type Page, expect, test } from '@playwright/test';
import { to } from '../../src/lib/paths.ts';
import { hydrated, open, signInAs } from '../support/browser/browser-steps.ts';
import { addExamples, newBallot, newContest } from '../support/data/evaluation.ts';
import { type RunningApp, openApp } from '../support/app/running-app.ts';
import { newSession } from '../support/data/session.ts';

// A link lets somebody without an account judge some pairs; and a model competes with examples in its prompt.

let app: RunningApp;
test.beforeAll(() => {
	app = openApp();
});
test.afterAll(() => app.close());

const slugOf = async (teamId: string) =>
	(await app.owner`select slug from teams where id = ${teamId}`)[0]!.slug as string;
const read = async (page: Page) => {
	const other = page.getByRole('radio', { name: /^B/ });
	if (await other.isVisible()) await other.click();
};

test('a link is made, a guest judges on the phone and is thanked, and the link is ended and opened again', async ({
	page,
	browser
}) => {
	const { scope, owner, slug, id } = await newBallot(6);
	const team = await slugOf(scope.teamId);
	await signInAs(page.context(), app, await newSession(app.owner, owner.id));
	await open(page, to.evaluation(team, slug, id));
	await page.getByRole('button', { name: 'Invite guests' }).click();
	await page.getByLabel('Title').fill('Which answer is kinder?');
	await page.getByLabel('Pairs for each').fill('2');
	await page.getByLabel('At most').fill('1');
	await page.getByRole('button', { name: 'Make link' }).click();
	await expect(page.getByText('The link is shown this once')).toBeVisible();
	const address = (await page.locator('code').first().textContent())!;

	const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
	const guest = await phone.newPage();
	await guest.goto(address);
	await hydrated(guest);
	await expect(guest.getByRole('heading', { name: 'Which answer is kinder?' })).toBeVisible();
	await guest.getByRole('button', { name: 'Begin' }).click();
	await expect(guest.getByText('1 of 2')).toBeVisible();
	await expect(guest.getByRole('button', { name: 'A better' })).toHaveAccessibleDescription('Read both answers first.');
	await read(guest);
	await guest.getByRole('button', { name: 'A better' }).dblclick();
	await expect(guest.getByText('2 of 2')).toBeVisible();
	// somebody who comes too late
	const late = await (await browser.newContext()).newPage();
	await late.goto(address);
	await expect(late.getByText('As many people have taken part')).toBeVisible();
	await guest.reload();
	await hydrated(guest);
	await expect(guest.getByText('2 of 2')).toBeVisible();
	await read(guest);
	await guest.getByRole('button', { name: 'Tie' }).click();
	await expect(guest.getByRole('heading', { name: 'Thank you' })).toBeVisible();
	await guest.getByRole('button', { name: 'Undo the last one' }).click();
	await expect(guest.getByText('2 of 2')).toBeVisible();

	await page.reload();
	await hydrated(page);
	await expect(page.getByText('1 of 1 guest · 1 pair judged')).toBeVisible();
	await page.getByRole('button', { name: 'End link' }).click();
	await expect(page.getByText('The link was ended.')).toBeVisible();
	await guest.reload();
	await expect(guest.getByText('This link was taken back.')).toBeVisible();
	await page.getByRole('button', { name: 'Undo' }).click();
	await expect(page.getByText('The link is open again.')).toBeVisible();
	const rows = await app.owner`select choice from votes where evaluation_id = ${id} order by seq`;
	expect(rows.map(({ choice }) => choice)).toEqual(['first', 'tie', null]);
	await phone.close();
});

test('the base competes with examples in its prompt, which are shown before it begins', async ({ page }) => {
	const { scope, owner, slug, project } = await newContest(6);
	const asked = [
		'How do I mend a torn sail?',
		'Which glue holds on wet oak?',
		'My kettle has a leak at its spout.',
		'Can you sharpen scissors for left hands?',
		'When does the paint on the hull dry?',
		'Do rubber seals fit an older lamp?'
	];
	await addExamples(scope, project.id, asked, { split: 'train', from: 300 });
	await signInAs(page.context(), app, await newSession(app.owner, owner.id));
	await open(page, to.newEvaluation(await slugOf(scope.teamId), slug));
	await page.getByLabel('Compared with: its prompt').click();
	await page.getByRole('option', { name: /^With 5 examples/ }).click();
	await expect(page.getByText('The examples in its prompt')).toBeVisible();
	await page.getByText('The examples in its prompt').click();
	await expect(page.getByRole('listitem').filter({ hasText: 'The answer to' })).toHaveCount(5);
	await page.getByLabel('System prompt').fill('Answer in one line.');
	await page.getByRole('button', { name: /^Start with/ }).click();
	await expect(page.getByRole('heading', { name: 'v1 against base with 5 examples in its prompt' })).toBeVisible();
	const [row] = await app.owner`select against_few_shot as prompt from evaluations where project_id = ${project.id}`;
	expect(row!.prompt.systemPrompt).toBe('Answer in one line.');
	expect(row!.prompt.shots).toHaveLength(5);
});
