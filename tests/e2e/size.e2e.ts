import { gzipSync } from 'node:zlib';
import { type Response, expect, test } from '@playwright/test';
import { hydrated, signInAs } from '../support/browser-steps.ts';
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
test.describe.configure({ mode: 'parallel' });

/** What a page may weigh on a phone, in kB after gzip. */
const budgets: Record<string, number> = { login: 60, 'team-project-rate': 110 };
const anyPage = 160;
/** Pages on which no chart may be fetched, not even later. */
const chartless = /^(login|team-project-(rate|add|add-import|add-paste|eval-evaluation-vote|dashboard-rater))$/;
/** Where a chart is drawn: the proof that one would be noticed. */
const charted = /^team-project(-train-run)?$/;
/** Only the chart library says this of itself. */
const isChart = (source: string) => /lc-root-container|layerchart/i.test(source);

for (const { name, address, visitor } of shownPages()) {
	const budget = budgets[name] ?? anyPage;
	test(`${name} needs at most ${budget} kB of script to begin`, async ({ page, context }) => {
		if (visitor !== 'anonymous') await signInAs(context, app, world.sessions[visitor]);
		const answers: Response[] = [];
		page.on('response', (answer) => {
			if (/\.js(\?|$)/.test(answer.url())) answers.push(answer);
		});
		const first = (await page.goto(address(world)))!;
		// what the page itself names: Kit puts most of it into a header
		const html = `${(await first.allHeaders()).link ?? ''} ${await first.text()}`;
		await hydrated(page);
		if (charted.test(name)) await expect(page.locator('.lc-root-container').first()).toBeVisible();
		else await page.waitForTimeout(300); // whatever is fetched after the first paint comes now
		const scripts = await Promise.all(
			answers.map(async (answer) => {
				const source = await answer.text();
				const file = new URL(answer.url()).pathname;
				const isNamed = html.includes(file.slice(file.indexOf('/_app/')));
				const chart = isChart(source);
				return {
					// where no chart comes later, whatever came belongs to the beginning
					isInitial: isNamed || !charted.test(name),
					isNamed,
					chart,
					bytes: gzipSync(source).length
				};
			})
		);
		const initial = scripts.filter(({ isInitial }) => isInitial);
		expect(initial.length, 'some scripts were seen').toBeGreaterThan(3);
		const kilobytes = initial.reduce((sum, { bytes }) => sum + bytes, 0) / 1000;
		test.info().annotations.push({ type: 'kB', description: kilobytes.toFixed(1) });
		expect(kilobytes).toBeLessThanOrEqual(budget);
		expect(
			scripts.filter(({ chart, isNamed }) => chart && isNamed),
			'no chart is part of a page'
		).toHaveLength(0);
		const charts = scripts.filter(({ chart }) => chart).length;
		if (chartless.test(name)) expect(charts).toBe(0);
		if (charted.test(name)) expect(charts).toBeGreaterThan(0);
	});
}
