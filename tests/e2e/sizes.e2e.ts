import { type Page, expect, test } from '@playwright/test';
import { to } from '../../src/lib/paths.ts';
import { open, signInAs } from '../support/browser/browser-steps.ts';
import { newScoring } from '../support/data/evaluation.ts';
import { type RunningApp, openApp } from '../support/app/running-app.ts';
import { newSession } from '../support/data/session.ts';
import { type World, newWorld } from '../support/data/world.ts';

// Rating, voting and scoring are reading: most of the height is text, on a phone on its side and at 200 % too.

let app: RunningApp;
let world: World;
test.beforeAll(async () => {
	app = openApp();
	world = await newWorld(app.owner, app.sandboxUrl);
});
test.afterAll(() => app.close());
test.beforeEach(({ context }) => signInAs(context, app, world.sessions.rater));

/** The last but one is 1280 × 800 at 200 %. */
const sizes = [
	[1440, 900],
	[390, 844],
	[844, 390],
	[640, 400],
	[720, 450]
] as const;

/** The share of the window's height in which one of these is to be seen and nothing lies over it. */
const shareOf = (page: Page, selector: string) =>
	page.evaluate((selector) => {
		let seen = 0;
		for (let y = 0; y < innerHeight; y++) {
			if ([0.3, 0.48, 0.7].some((x) => document.elementFromPoint(innerWidth * x, y)?.closest(selector))) seen++;
		}
		return Math.round((100 * seen) / innerHeight);
	}, selector);

const holdsAtAll = async (page: Page, selector: string, button: string) => {
	for (const [width, height] of sizes) {
		await page.setViewportSize({ width, height });
		await expect.poll(() => shareOf(page, selector), `at ${width} × ${height}`).toBeGreaterThanOrEqual(60);
		await expect(page.getByRole('button', { name: button, exact: true }).filter({ visible: true })).toBeInViewport();
	}
};

test('rating', async ({ page }) => {
	await open(page, `${to.rate(world.team, world.project)}?filter=all`);
	// long enough for every window
	await page.addStyleTag({ content: 'article { min-height: 1200px }' });
	await holdsAtAll(page, 'article', 'Rewrite');
});

test('voting', async ({ page }) => {
	await open(page, to.vote(world.team, world.project, world.voting));
	await holdsAtAll(page, 'section[aria-label="Prompt"], section[aria-label^="Answer"]', 'Both bad');
});

test('scoring', async ({ page, context }) => {
	const scoring = await newScoring(3);
	await signInAs(context, app, await newSession(app.owner, scoring.owner.id));
	const [team] = await app.owner`select slug from teams where id = ${scoring.teamId}`;
	await open(page, to.score(team!.slug as string, scoring.slug, scoring.id));
	await page.addStyleTag({ content: 'main section { min-height: 1200px }' });
	await holdsAtAll(page, 'section[aria-label="Prompt"], main section', 'Skip');
});
