import { type Page, expect, test } from '@playwright/test';
import { to } from '../../src/lib/paths.ts';
import { hydrated, open, signInAs } from '../support/browser/browser-steps.ts';
import { type RunningApp, openApp } from '../support/app/running-app.ts';
import { addRows } from '../support/data/training.ts';
import { type World, newWorld } from '../support/data/world.ts';

let app: RunningApp;
let world: World;
test.beforeAll(async () => {
	app = openApp();
	world = await newWorld(app.owner, app.sandboxUrl);
});
test.afterAll(() => app.close());

const answers = '**/playground/answers';
const answerOf = (page: Page, model: string) => page.getByRole('article', { name: `Answer of ${model}` }).last();
const ask = async (page: Page, question: string) => {
	await page.getByLabel('Your question').fill(question);
	await page.getByLabel('Your question').press('ControlOrMeta+Enter');
};
/** Nobody is being answered any more. */
const answered = (page: Page) => expect(page.locator('[aria-busy="true"]')).toHaveCount(0);

test('one model, then two: asked, kept over a reload, one preferred, one saved, and none that measures', async ({
	page,
	context
}) => {
	await signInAs(context, app, world.sessions.owner);
	await open(page, to.playground(world.team, world.project, { a: 'base' }));

	await test.step('streams an answer with its numbers', async () => {
		await ask(page, 'Do you ship to Norway?');
		const answer = answerOf(page, 'sandbox-small');
		await answered(page);
		await expect(answer).toContainText(/First token [\d.]+ s/);
		await expect(answer).toContainText(/tokens.*free/);
	});

	await test.step('is all there after a reload, and so is what was being typed', async () => {
		await page.getByLabel('Your question').fill('And to');
		await page.getByLabel('Longest answer').last().fill('64');
		await expect(page).toHaveURL(/maxTokens=64/);
		// what is typed is kept a moment later, or when the page goes
		await page.reload();
		await hydrated(page);
		await expect(page.getByText('Do you ship to Norway?').first()).toBeVisible();
		await expect(answerOf(page, 'sandbox-small')).toContainText('free');
		await expect(page.getByLabel('Your question')).toHaveValue('And to');
		await expect(page.getByLabel('Longest answer').last()).toHaveValue('64');
	});

	await test.step('asks two at the same moment, any model of a connection among them', async () => {
		await page.getByRole('button', { name: 'Compare with another' }).click();
		await page.getByLabel('Second model', { exact: true }).click();
		await page
			.getByRole('option', { name: /^Another model of Sandbox/ })
			.first()
			.click();
		const models = page.getByRole('combobox', { name: 'Second model: which model' });
		await models.fill('large');
		await page.getByRole('option', { name: /large/i }).first().click();
		await expect(page).toHaveURL(/b=model/);
		await ask(page, 'And to Sweden?');
		await answered(page);
		await expect(answerOf(page, 'sandbox-small')).toContainText('free');
		await expect(answerOf(page, 'sandbox-large')).toContainText('free');
	});

	await test.step('keeps which one is better, and takes it back', async () => {
		const pairs = () =>
			app.owner`select withdrawn_at from playground_pairs where team_id = ${world.teamId} and chosen_by = 'sandbox-large'`;
		// the first time it arrives, and its answer is lost
		await page.route(
			/\?\/prefer/,
			async (route) => {
				await route.fetch();
				await route.abort('connectionreset');
			},
			{ times: 1 }
		);
		await page.getByRole('button', { name: 'sandbox-large is better' }).click();
		await expect(page.getByText('The server did not answer. Try again.')).toBeVisible();
		await page.getByRole('button', { name: 'sandbox-large is better' }).click();
		await expect(page.getByText('kept as a pair')).toBeVisible();
		expect(await pairs()).toEqual([{ withdrawn_at: null }]);
		await page.getByRole('button', { name: 'Undo', exact: true }).click();
		await expect(page.getByRole('button', { name: 'sandbox-large is better' })).toBeVisible();
		expect(await pairs()).toEqual([{ withdrawn_at: expect.any(Date) }]);
	});

	await test.step('saves an answer as it was changed', async () => {
		await page.keyboard.press('ControlOrMeta+s');
		await page.getByLabel('Answer to learn').fill('Yes, within three days.');
		await page.getByLabel('Answer to learn').press('ControlOrMeta+Enter');
		await expect(page.getByText(/Saved as example \d+, unrated/)).toBeVisible();
		const [saved] =
			await app.owner`select origin, rating, messages from examples where team_id = ${world.teamId} and origin = 'playground'`;
		expect(saved).toMatchObject({ origin: 'playground', rating: null });
		expect((saved!.messages as { content: string }[]).at(-1)!.content).toBe('Yes, within three days.');
	});

	await test.step('saves none whose prompt measures', async () => {
		const question = 'Where is the parcel that measures?';
		await addRows(world.scopes.owner, world.projectId, [{ question, split: 'validation' }], 9000);
		await page.getByRole('button', { name: 'Start over' }).click();
		await page.getByRole('button', { name: 'Only one model' }).click();
		await ask(page, question);
		await answered(page);
		await page.getByRole('button', { name: 'Save as example' }).click();
		await page.getByRole('dialog').getByRole('button', { name: /^Save/ }).click();
		await expect(page.getByText(/locked in validation, as example/)).toBeVisible();
		await page.getByRole('button', { name: 'Cancel' }).click();
	});
});

test('what does not come is said in its place, and nothing that was asked is lost', async ({ page, context }) => {
	await signInAs(context, app, world.sessions.trainer);
	await open(page, to.playground(world.team, world.project, { a: 'base' }));
	const sends = (body: string, status = 200) =>
		page.route(answers, (route) =>
			route.fulfill({ status, contentType: status === 200 ? 'text/event-stream' : 'application/json', body })
		);
	const said = answerOf(page, 'sandbox-small');

	await test.step('a person who has had enough', async () => {
		let came = () => {};
		const asked = new Promise<void>((done) => (came = done));
		await page.route(answers, () => came()); // never answered
		await ask(page, 'First?');
		await asked;
		await page.getByRole('button', { name: 'Stop' }).click();
		await expect(said).toContainText('You stopped it here');
	});
	await test.step('a line that is cut', async () => {
		await page.unroute(answers);
		await sends('data: {"text":"Yes, and <img src=x onerror=alert(1)>"}\n\n');
		await ask(page, 'Second?');
		await expect(said).toContainText('The answer broke off');
		// what a model writes is text
		await expect(said).toContainText('<img src=x onerror=alert(1)>');
		await expect(said.locator('img')).toHaveCount(0);
	});
	await test.step('a budget that is spent', async () => {
		await page.unroute(answers);
		await sends(
			JSON.stringify({ error: { code: 'over_budget', message: 'This month’s budget of $5.00 is spent.' } }),
			402
		);
		await ask(page, 'Third?');
		await expect(said).toContainText('This month’s budget of $5.00 is spent.');
	});
	await test.step('a server that is away', async () => {
		await page.unroute(answers);
		await page.route(answers, (route) => route.abort('connectionrefused'));
		await ask(page, 'Fourth?');
		await expect(said).toContainText('The server did not answer');
	});
	await test.step('asked again, it answers, with all that was said before', async () => {
		await page.unroute(answers);
		let body = '';
		await page.route(answers, (route) => {
			body = route.request().postData() ?? '';
			return route.fulfill({
				contentType: 'text/event-stream',
				body: 'data: {"text":"Here I am."}\n\ndata: {"done":true,"finishReason":"stop","promptTokens":1,"completionTokens":4,"firstTokenMs":1,"totalMs":2,"costMicros":0}\n\n'
			});
		});
		await page.keyboard.press('ControlOrMeta+Shift+Enter');
		await expect(said).toContainText('Here I am.');
		const asked = (JSON.parse(body) as { messages: { content: string }[] }).messages.map(({ content }) => content);
		expect(asked).toContain('Second?');
		expect(asked.at(-1)).toBe('Fourth?');
		// nobody has said anything to these
		expect(asked).not.toContain('Third?');
	});
});
