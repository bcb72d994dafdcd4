import { chromium } from '@playwright/test';
import { findChromium } from '../support/browser.ts';
import type { Bench } from './environment.ts';
import { type Measure, median, quantile } from './measure.ts';
import { openRatedApp } from './rated-app.ts';

const keys = process.env.BENCH_QUICK === 'yes' ? 20 : 200;
/** A person looks at a card before the next key; sooner nothing counts. */
const lookMs = 250;

/** Runs in the page: after every key, how long it took until the picture of another card had been made. */
const watch = () => {
	const taken: number[] = [];
	const card = () => document.querySelector('article')?.textContent;
	addEventListener(
		'keydown',
		({ timeStamp }) => {
			const before = card();
			const look = () =>
				requestAnimationFrame(() => {
					if (card() === before) return look();
					setTimeout(() => taken.push(performance.now() - timeStamp)); // behind the painting of that frame
				});
			look();
		},
		true
	);
	Object.assign(window, { taken });
};
declare const taken: number[];

/** CARD: what a person who rates waits for: from the key to the next card on the screen, in a browser, while each rating is sent. */
export const run = async (bench: Bench): Promise<Measure[]> => {
	const app = await openRatedApp(bench, '.', 'card', { raters: 1, streams: 0, examples: 2 * keys });
	const browser = await chromium.launch({
		executablePath: findChromium(),
		args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu']
	});
	try {
		const context = await browser.newContext({ baseURL: app.url, viewport: { width: 1440, height: 900 } });
		await context.addCookies([{ name: 'session', value: app.session, url: app.url }]);
		const page = await context.newPage();
		await page.goto(`${app.paths.page}?filter=all`);
		await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
		await page.evaluate(watch);
		for (let n = 0; n < keys; n++) {
			await page.waitForTimeout(lookMs);
			await page.keyboard.press(String(1 + (n % 9)));
			await page.waitForFunction((count) => taken.length === count, n + 1);
		}
		const values = await page.evaluate(() => taken);
		return [
			{
				id: 'CARD',
				what: `next card after a key, p95 of ${keys}`,
				unit: 'ms',
				values: [quantile(values, 0.95)],
				judged: 'value',
				target: 50,
				moonshot: 25,
				better: 'lower',
				note: `median ${median(values).toFixed(1)} ms`
			}
		];
	} finally {
		await browser.close();
		await app.close();
	}
};
