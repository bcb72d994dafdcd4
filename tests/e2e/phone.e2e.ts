import { type Locator, type Page, expect, test } from '@playwright/test';
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
test.beforeEach(({ context }) => signInAs(context, app, world.sessions.rater));

/** A card takes nothing before a person can have seen it. */
const lookAtIt = (page: Page) => page.waitForTimeout(200);
const left = async (page: Page) => Number(/(\d+) left/.exec(await page.title())?.[1] ?? 0);

/** Large enough for a thumb: 48 high for what decides, and on the screen without scrolling. */
const expectThumbSized = async (page: Page, target: Locator, height = 48) => {
	const box = (await target.boundingBox())!;
	expect(box.height).toBeGreaterThanOrEqual(height);
	expect(box.y + box.height).toBeLessThanOrEqual(page.viewportSize()!.height);
};

test('no key is named where there are none', async ({ page }) => {
	await open(page, to.rate(world.team, world.project));
	await expect(page.getByRole('button', { name: 'Great 9', exact: true })).toBeVisible();
	await expect(page.locator('kbd').filter({ visible: true })).toHaveCount(0);
});

test('a page ends above the bar, with room between', async ({ page, context }) => {
	await signInAs(context, app, world.sessions.owner);
	await open(page, to.newProject(world.team));
	const button = page.getByRole('button', { name: 'Create project' });
	const bar = (await page.locator('[data-bottom-bar]').boundingBox())!;
	await expect
		.poll(async () => {
			// what comes after the page makes it longer
			await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
			const box = (await button.boundingBox())!;
			return bar.y - box.y - box.height;
		})
		.toBeGreaterThanOrEqual(8);
});

test('a thumb rates with the three buttons and the ten numbers, and takes it back', async ({ page }) => {
	await open(page, to.rate(world.team, world.project));
	const [great, bad] = ['Great 9', 'Bad 3'].map((name) => page.getByRole('button', { name, exact: true }));
	await expectThumbSized(page, great!);
	const first = await left(page);
	expect(first).toBeGreaterThan(3);
	const after = async (target: Locator, expected: number) => {
		await lookAtIt(page);
		await target.tap();
		await expect.poll(() => left(page)).toBe(expected);
	};
	await after(great!, first - 1);
	await after(bad!, first - 2);
	await after(page.getByRole('button', { name: 'Undo' }), first - 1);
	await lookAtIt(page);
	await page.getByRole('button', { name: '1–10' }).tap();
	const ten = page.getByRole('button', { name: /^Rate 10,/ });
	await expectThumbSized(page, ten);
	await after(ten, first - 2);
	await expect
		.poll(async () => {
			const rows = await app.owner`
				select score from ratings where person_id = ${world.people.rater} order by seq`;
			return rows.map(({ score }) => score);
		})
		.toEqual([9, 3, null, 10]);
});

test('a thumb votes once both answers were on the screen', async ({ page }) => {
	await open(page, to.vote(world.team, world.project, world.voting));
	const judged = page.getByText(/^\d+ of 12$/);
	await expect(judged).toHaveText('0 of 12');
	const better = page.getByRole('button', { name: 'A better' });
	await expectThumbSized(page, better);
	await lookAtIt(page);
	await better.tap({ force: true });
	await expect(better).toHaveAttribute('aria-disabled', 'true');
	await expect(judged).toHaveText('0 of 12');

	const unread = page.getByRole('radio', { name: 'B · not read yet' });
	await unread.tap();
	await expect(page.getByRole('region', { name: 'Answer B' })).toBeInViewport();
	await better.tap();
	await expect(judged).toHaveText('1 of 12');
	// the next pair begins with A again, unread
	await expect(unread).toBeVisible();
	await expect(page.getByRole('region', { name: 'Answer A' })).toBeInViewport({ ratio: 0.5 });

	await expect
		.poll(async () => {
			const rows = await app.owner`
				select choice from votes where person_id = ${world.people.rater} and evaluation_id = ${world.voting}`;
			return rows.map(({ choice }) => choice);
		})
		.toEqual(['first']);
});

test('a row of tabs that goes on beyond the edge fades out there, and nowhere else', async ({ page, context }) => {
	await signInAs(context, app, world.sessions.owner);
	await open(page, to.results(world.team, world.project, world.revealed));
	const row = page.getByRole('navigation', { name: 'Which pairs' });
	await expect(row).toHaveAttribute('data-beyond', 'end');
	await row.evaluate((one) => one.scrollTo({ left: 30, behavior: 'instant' }));
	await expect(row).toHaveAttribute('data-beyond', 'start end');
	await row.evaluate((one) => one.scrollTo({ left: one.scrollWidth, behavior: 'instant' }));
	await expect(row).toHaveAttribute('data-beyond', 'start');
	await page.setViewportSize({ width: 1440, height: 900 });
	await expect(row).not.toHaveAttribute('data-beyond');
});
