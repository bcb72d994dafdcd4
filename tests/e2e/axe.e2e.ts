import { AxeBuilder } from '@axe-core/playwright';
import { type Page, devices, expect, test } from '@playwright/test';
import { open, signInAs } from '../support/browser-steps.ts';
import { type RunningApp, openApp } from '../support/running-app.ts';
import { shownPages } from '../support/pages.ts';
import { type World, newWorld } from '../support/world.ts';

let app: RunningApp;
let world: World;
test.beforeAll(async () => {
	app = openApp();
	world = await newWorld(app.owner, app.sandboxUrl);
});
test.afterAll(() => app.close());

// Pages are shared out between the workers, each with a team of its own.
test.describe.configure({ mode: 'parallel' });

const rules = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];
const { viewport: _, ...phone } = devices['Pixel 7'];
const places = {
	desktop: { viewport: { width: 1440, height: 900 } },
	phone: { ...phone, viewport: { width: 390, height: 844 } }
};

/** A colour that is on its way to another one is neither. */
const stillness = '*, ::before, ::after { transition: none !important; animation: none !important; }';

// the mail in the outbox stands in a frame without scripts, where axe cannot look: hence the legacy mode
const axe = (page: Page) =>
	new AxeBuilder({ page }).setLegacyMode(true).options({ iframes: false, resultTypes: ['violations'] });
const named = ({ id, nodes }: { id: string; nodes: { target: unknown[] }[] }) =>
	`${id}: ${nodes
		.slice(0, 3)
		.map(({ target }) => target.join(' '))
		.join(' | ')}`;

/** Every problem of a page at once: one visit finds them all. */
const problemsOf = async (page: Page) => {
	const found: string[] = [];
	const headings = await page.locator('h1').count();
	if (headings !== 1) found.push(`${headings} h1`);
	if (!(await page.title()).trim()) found.push('no title');
	const { scrollWidth, clientWidth } = await page.evaluate(() => {
		const { scrollWidth, clientWidth } = document.documentElement;
		return { scrollWidth, clientWidth };
	});
	if (scrollWidth > clientWidth) found.push(`scrolls sideways: ${scrollWidth} in ${clientWidth}`);
	await page.addStyleTag({ content: stillness });
	found.push(...(await axe(page).withTags(rules).analyze()).violations.map((each) => `dark: ${named(each)}`));
	// what a theme changes are the colours
	await page.evaluate(() => (document.documentElement.dataset.theme = 'light'));
	const inLight = await axe(page).withRules(['color-contrast', 'link-in-text-block']).analyze();
	return [...found, ...inLight.violations.map((each) => `light: ${named(each)}`)];
};

for (const { name, address, visitor } of shownPages()) {
	test(`${name} is for everybody, in both themes, at a desk and on a phone`, async ({ browser }) => {
		const found: string[] = [];
		for (const place of ['desktop', 'phone'] as const) {
			const context = await browser.newContext({ ...places[place], baseURL: app.origin, reducedMotion: 'reduce' });
			if (visitor !== 'anonymous') await signInAs(context, app, world.sessions[visitor]);
			const page = await context.newPage();
			await open(page, address(world));
			found.push(...(await problemsOf(page)).map((problem) => `${place}, ${problem}`));
			await context.close();
		}
		expect(found).toEqual([]);
	});
}
