import fs from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import type { AxeResults, RunOptions, run } from 'axe-core';
import { type Browser, type Page, type Response, devices, expect, test } from '@playwright/test';
import { open, signInAs } from '../support/browser/browser-steps.ts';
import { type RunningApp, openApp } from '../support/app/running-app.ts';
import { firstLoads } from '../support/browser/first-loads.ts';
import { type ShownPage, shownPages } from '../support/browser/pages.ts';
import { giveLongNames } from '../support/browser/long-names.ts';
import { type World, newWorld } from '../support/data/world.ts';

// What holds for every page: it is for everybody, and it begins with little. One visit at a desk and one on a phone answer all of it.

let app: RunningApp;
let world: World;
test.beforeAll(async () => {
	app = openApp();
	world = await newWorld(app.owner, app.sandboxUrl);
	await giveLongNames(app.owner, world);
});
test.afterAll(async () => {
	await Promise.all([...tabs.values()].map(async (tab) => (await tab).context().close()));
	await app.close();
});

// Pages are shared out between the workers, each with a team of its own.
test.describe.configure({ mode: 'parallel' });
// what is wrong is in the message, and a recording costs as much as the visit
test.use({ trace: 'off' });

const { viewport: _, ...phone } = devices['Pixel 7'];
const places = {
	desktop: { viewport: { width: 1440, height: 900 } },
	phone: { ...phone, viewport: { width: 390, height: 844 } }
};
type Place = keyof typeof places;
/** Each visit is looked at in more widths than it began with: that costs less than another visit. */
const widthsOf: Record<Place, readonly number[]> = { desktop: [768, 1024, 1920], phone: [320] };

/** One tab for each kind of visitor and place: a new one for every visit costs more than the visit. */
const tabs = new Map<string, Promise<Page>>();
const tabOf = (browser: Browser, place: Place, visitor: ShownPage['visitor']) => {
	const openTab = async () => {
		const context = await browser.newContext({ ...places[place], baseURL: app.origin, reducedMotion: 'reduce' });
		if (visitor !== 'anonymous') await signInAs(context, app, world.sessions[visitor]);
		return context.newPage();
	};
	const key = `${place} ${visitor}`;
	tabs.set(key, tabs.get(key) ?? openTab());
	return tabs.get(key)!;
};

/** A colour that is on its way to another one is neither. */
const stillness = '*, ::before, ::after { transition: none !important; animation: none !important; }';

/** Half the size of what the package exports as its source, and every page has to read it. */
const axeSource = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const named = ({ id, nodes }: AxeResults['violations'][number]) =>
	`${id}: ${nodes
		.slice(0, 3)
		.map(({ target }) => target.join(' '))
		.join(' | ')}`;

const byColour = ['color-contrast', 'link-in-text-block'];
/** What the parts of a page have, whatever is said in them; a size takes as long as each target has others beside it. */
const byParts = [...byColour, 'target-size'];
const all: RunOptions = { runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] } };
const colours: RunOptions = { runOnly: { type: 'rule', values: byColour } };
const allButParts: RunOptions = { ...all, rules: Object.fromEntries(byParts.map((id) => [id, { enabled: false }])) };

// the mail in the outbox stands in a frame without scripts, where axe cannot look
const axe = async (page: Page, of: RunOptions) => {
	const options: RunOptions = { iframes: false, resultTypes: ['violations'], ...of };
	const { violations } = await page.evaluate(
		(options) => (window as unknown as { axe: { run: typeof run } }).axe.run(document, options),
		options
	);
	return violations.map(named);
};

/** Where the page is wider than its window, first as it is. */
const sidewaysAt = async (page: Page, others: readonly number[]) => {
	const size = page.viewportSize()!;
	const found: string[] = [];
	for (const width of [size.width, ...others]) {
		await page.setViewportSize({ ...size, width });
		// what is drawn by hand follows in the next frame
		await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
		const widths = () =>
			page.evaluate(() => {
				const { scrollWidth, clientWidth } = document.documentElement;
				return { scrollWidth, clientWidth };
			});
		// on a busy machine what follows the window takes longer than a frame
		for (let look = 0; look < 20 && (await widths()).scrollWidth > width; look++) await page.waitForTimeout(100);
		const { scrollWidth, clientWidth } = await widths();
		if (scrollWidth <= clientWidth) continue;
		const widest = await page.evaluate(() => {
			const right = (each: Element) => each.getBoundingClientRect().right;
			return [...document.querySelectorAll('header *, main *')]
				.sort((a, b) => right(b) - right(a))[0]
				?.outerHTML.slice(0, 200);
		});
		found.push(`scrolls sideways: ${scrollWidth} in ${clientWidth}, up to ${widest}`);
	}
	await page.setViewportSize(size);
	return found;
};

/**
 * Every problem of a page at once: one visit finds them all. `inThemes`: colours are looked at, in both themes; that takes longer than all
 * the rest. `widths`: besides its own.
 */
const problemsOf = async (page: Page, inThemes: boolean, widths: readonly number[]) => {
	const found: string[] = [];
	const headings = await page.locator('h1').count();
	if (headings !== 1) found.push(`${headings} h1`);
	if (!(await page.title()).trim()) found.push('no title');
	found.push(...(await sidewaysAt(page, widths)));
	await page.addStyleTag({ content: stillness });
	await page.evaluate(axeSource);
	const dark = await axe(page, inThemes ? all : allButParts);
	found.push(...dark.map((each) => `dark: ${each}`));
	if (!inThemes) return found;
	// what a theme changes are the colours
	await page.evaluate(() => (document.documentElement.dataset.theme = 'light'));
	const light = await axe(page, colours);
	return [...found, ...light.map((each) => `light: ${each}`)];
};

const mayGrow = 3;
/** Pages without a framework: one small script of their own. */
const isDocs = (name: string) => name.startsWith('docs');
/** What a page may weigh on a phone, in kB after gzip. */
const budgetOf = (name: string) => (isDocs(name) ? 2 : (firstLoads[name] ?? 0) + mayGrow);
/** Whoever rates waits for each file on a bad line; what comes after the page is among them. */
const mostFiles: Record<string, number> = { 'team-project-rate': 14, login: 9 };
/** Pages on which no chart may be fetched, not even later. */
const chartless = /^(login|team-project-(rate|add|add-import|add-paste|eval-evaluation-vote|dashboard-rater))$/;
/** Where a chart is drawn: the proof that one would be noticed. */
const charted = /^team-project$/;
/** Where one comes when it is scrolled to. */
const chartedBelow = /^team-project-train-(compare|run)$/;
/** Only the chart library says this of itself. */
const isChart = (source: string) => /lc-root-container|layerchart/i.test(source);

/** What each script weighs and is, by its path, which names its content: most pages share most of them. */
const known = new Map<string, { isChart: boolean; bytes: number }>();
const weighed = async (answer: Response, file: string) => {
	if (!known.has(file)) {
		const source = await answer.text();
		known.set(file, { isChart: isChart(source), bytes: gzipSync(source).length });
	}
	return known.get(file)!;
};

/** Opens a page and collects its scripts, whenever they come, until they are asked for. */
const openWatched = async (page: Page, address: string) => {
	const answers: Response[] = [];
	const collect = (answer: Response) => void (/\.js(\?|$)/.test(answer.url()) && answers.push(answer));
	page.on('response', collect);
	const first = await open(page, address);
	// what the page itself names: Kit puts most of it into a header
	const html = `${(await first.allHeaders()).link ?? ''} ${await first.text()}`;
	return () => {
		page.off('response', collect);
		return Promise.all(
			answers.map(async (answer) => {
				const file = new URL(answer.url()).pathname;
				return { isNamed: html.includes(file.slice(file.indexOf('/_app/'))), ...(await weighed(answer, file)) };
			})
		);
	};
};

type Script = Awaited<ReturnType<Awaited<ReturnType<typeof openWatched>>>>[number];

const holdToBudget = (name: string, scripts: Script[]) => {
	// where no chart comes later, whatever came belongs to the beginning
	const initial = scripts.filter(({ isNamed }) => isNamed || !(charted.test(name) || chartedBelow.test(name)));
	if (isDocs(name)) expect(initial.length, 'the one script of the docs').toBe(1);
	else expect(initial.length, 'some scripts were seen').toBeGreaterThan(3);
	const kilobytes = initial.reduce((sum, { bytes }) => sum + bytes, 0) / 1000;
	test.info().annotations.push({ type: 'kB', description: kilobytes.toFixed(1) });
	if (mostFiles[name]) expect(initial.length, 'files to begin with').toBeLessThanOrEqual(mostFiles[name]);
	expect(kilobytes, 'kB of script to begin with').toBeLessThanOrEqual(budgetOf(name));
	const charts = scripts.filter(({ isChart }) => isChart);
	expect(
		charts.filter(({ isNamed }) => isNamed),
		'no chart is part of a page'
	).toHaveLength(0);
	if (chartless.test(name)) expect(charts).toHaveLength(0);
	if (charted.test(name)) expect(charts.length).toBeGreaterThan(0);
};

for (const { name, address, visitor, isLikeAnother, hasColoursOfAnother } of shownPages()) {
	const budget = budgetOf(name);
	const inThemes = !isLikeAnother && !hasColoursOfAnother;
	const ways = isLikeAnother ? 'on a phone' : `${inThemes ? 'in both themes, ' : ''}at a desk and on a phone`;
	test(`${name} is for everybody, ${ways}, and begins with at most ${budget} kB`, async ({ browser }) => {
		const problems: string[] = [];
		for (const place of isLikeAnother ? (['phone'] as const) : (['desktop', 'phone'] as const)) {
			const page = await tabOf(browser, place, visitor);
			const scriptsSoFar = await openWatched(page, address(world));
			if (charted.test(name)) await expect(page.locator('.lc-root-container').first()).toBeVisible();
			problems.push(...(await problemsOf(page, inThemes, widthsOf[place])).map((problem) => `${place}, ${problem}`));
			// whatever the page fetches after its first paint has come by now
			holdToBudget(name, await scriptsSoFar());
		}
		expect(problems).toEqual([]);
	});
}
