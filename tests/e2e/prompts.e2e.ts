import { expect, test } from '@playwright/test';
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

test('a pool is filled in three ways, what a model learns is named, and a comparison asks from it', async ({
	page,
	context
}) => {
	await signInAs(context, app, world.sessions.owner);
	await open(page, to.evaluations(world.team, world.project));
	await page.getByRole('link', { name: 'Prompts', exact: true }).click();
	await expect(page.getByRole('heading', { level: 1, name: 'Prompts' })).toBeVisible();
	const list = page.getByRole('list', { name: 'Prompts' });
	const rows = list.locator('a[data-prompt]');
	await expect(rows).toHaveCount(2);

	await test.step('writes one, with the keyboard alone', async () => {
		await page.getByLabel('Prompt', { exact: true }).fill('Can I change the address of an order?');
		await page.getByLabel('Prompt', { exact: true }).press('ControlOrMeta+Enter');
		await expect(page.getByText('1 prompt added.')).toBeVisible();
		await expect(page.getByLabel('Prompt', { exact: true })).toHaveValue('');
		await expect(rows.first()).toHaveText('Can I change the address of an order?');
	});

	await test.step('pastes many: the known one is counted, the learnt one named', async () => {
		const [trains] = await app.owner`
			select t.turn ->> 'content' as asked, e.number from examples e, json_array_elements(e.messages) t(turn)
			where e.project_id = ${world.projectId} and e.split = 'train' and e.deleted_at is null and t.turn ->> 'role' = 'user'
				and (select count(*) from json_array_elements(e.messages) u where u ->> 'role' <> 'system') = 2
			order by e.number limit 1`;
		await page.getByRole('radio', { name: 'Paste' }).check();
		const question = (trains!.asked as string).replaceAll(/\s*\n\s*/g, ' ');
		const lines = [
			'Can I change the address of an order?',
			'Do you sell vouchers?',
			'Is there a shop in Oslo?',
			question
		];
		await page.getByLabel('Prompts, one on each line').fill(lines.join('\n'));
		await page.getByRole('button', { name: 'Add 4 prompts' }).click();
		await expect(page.getByText('2 prompts added, 1 here already, 1 not added.')).toBeVisible();
		await expect(
			page.getByText(`Line 4: Example ${trains!.number}, which stands in train, asks the same`)
		).toBeVisible();
		await expect(rows).toHaveCount(5);
	});

	await test.step('imports a file', async () => {
		await page.getByRole('radio', { name: 'Import' }).check();
		await page.getByLabel('File with prompts').setInputFiles({
			name: 'prompts.jsonl',
			mimeType: 'application/jsonl',
			buffer: Buffer.from('{"prompt":"May I pay by invoice?"}\n{"answer":"No."}\n')
		});
		await expect(page.getByText('1 prompt added, 1 not added.')).toBeVisible();
		await expect(rows).toHaveCount(6);
	});

	await test.step('opens one, deletes it, and takes that back', async () => {
		await page.getByRole('searchbox', { name: 'Search prompts' }).fill('vouchers');
		await expect(rows).toHaveCount(1);
		await rows.first().click();
		await expect(page.getByText('No comparison has asked it yet.')).toBeVisible();
		await page.getByRole('button', { name: /^Delete prompt/ }).click();
		await expect(page.getByText('Nothing fits')).toBeVisible();
		await page.getByRole('button', { name: 'Undo' }).click();
		await expect(rows).toHaveCount(1);
	});

	await test.step('a comparison asks from it', async () => {
		await page.getByRole('link', { name: 'Compare on these' }).click();
		await expect(page.getByRole('radio', { name: /The prompt pool/ })).toBeChecked();
		await expect(page.getByText('6 prompts of the pool can be compared.')).toBeVisible();
		await page.getByRole('button', { name: 'Start with 6 prompts' }).click();
		await page.waitForURL((url) => /\/eval\/[0-9a-f-]{36}$/.test(url.pathname));
		const [made] = await app.owner`
			select e.prompts_from, e.planned, count(p.prompt_id)::int as asked from evaluations e
			join pairings p on p.team_id = e.team_id and p.evaluation_id = e.id
			where e.project_id = ${world.projectId} group by e.id, e.number, e.prompts_from, e.planned order by e.number desc limit 1`;
		expect(made).toEqual({ prompts_from: 'pool', planned: 6, asked: 6 });
	});
});
