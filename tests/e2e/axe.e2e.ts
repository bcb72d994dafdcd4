import { AxeBuilder } from '@axe-core/playwright';
import { type Page, devices, expect, test } from '@playwright/test';
import { open, signInAs } from '../support/browser-steps.ts';
import { type E2eHouse, openHouse } from '../support/e2e-house.ts';
import { shownPages } from '../support/pages.ts';
import { type World, newWorld } from '../support/world.ts';

let house: E2eHouse;
let world: World;
test.beforeAll(async () => {
	house = openHouse();
	world = await newWorld(house.owner, house.sandboxUrl);
});
test.afterAll(() => house.close());

const rules = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];
const { viewport: _, ...phone } = devices['Pixel 7'];
const places = {
	desktop: { viewport: { width: 1440, height: 900 } },
	phone: { ...phone, viewport: { width: 390, height: 844 } }
};

const violations = async (page: Page) => {
	const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze();
	return violations.map(
		({ id, nodes }) =>
			`${id}: ${nodes
				.map(({ target }) => target.join(' '))
				.slice(0, 3)
				.join(' | ')}`
	);
};

/** Every problem of a page at once, in both themes: one visit finds them all. */
const problemsOf = async (page: Page, name: keyof typeof places) => {
	const found: string[] = [];
	if ((await page.locator('h1').count()) !== 1) found.push(`${await page.locator('h1').count()} h1`);
	if (!(await page.title()).trim()) found.push('no title');
	const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
	if (scrollWidth > clientWidth) found.push(`scrolls sideways: ${scrollWidth} in ${clientWidth}`);
	for (const theme of ['dark', 'light']) {
		await page.evaluate((theme) => (document.documentElement.dataset.theme = theme), theme);
		found.push(...(await violations(page)).map((problem) => `${name}, ${theme}: ${problem}`));
	}
	return found;
};

for (const { name, address, visitor } of shownPages()) {
	test(`${name} is for everybody, in both themes, at a desk and on a phone`, async ({ browser }) => {
		const found: string[] = [];
		for (const place of ['desktop', 'phone'] as const) {
			const context = await browser.newContext({ ...places[place], baseURL: house.origin, reducedMotion: 'reduce' });
			if (visitor !== 'anonymous') await signInAs(context, house, world.sessions[visitor]);
			const page = await context.newPage();
			await open(page, address(world));
			await page.waitForLoadState('networkidle').catch(() => {}); // a live stream never lets it rest
			found.push(...(await problemsOf(page, place)));
			await context.close();
		}
		expect(found).toEqual([]);
	});
}
