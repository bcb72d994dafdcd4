import { type Page, chromium } from '@playwright/test';
import { findChromium } from '../support/browser/browser.ts';
import type { Bench } from './environment.ts';
import { type Measure, median, quantile } from './measure.ts';
import { openRatedApp } from './rated-app.ts';

const keys = process.env.BENCH_QUICK === 'yes' ? 20 : 200;
/** On a phone that is four times as slow, a tenth of a second from the server. */
const slowKeys = process.env.BENCH_QUICK === 'yes' ? 20 : 500;
const slowness = 4;
const latency = 100;
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

/** Presses keys as a person who looks at each card, and says how long each took. */
const press = async (page: Page, keys: number) => {
	await page.evaluate(watch);
	for (let n = 0; n < keys; n++) {
		await page.waitForTimeout(lookMs);
		await page.keyboard.press(String(1 + (n % 9)));
		await page.waitForFunction((count) => taken.length === count, n + 1);
	}
	return page.evaluate(() => taken);
};

const slow = async (page: Page) => {
	const session = await page.context().newCDPSession(page);
	await session.send('Emulation.setCPUThrottlingRate', { rate: slowness });
	await session.send('Network.enable');
	await session.send('Network.emulateNetworkConditions', {
		offline: false,
		latency,
		downloadThroughput: -1,
		uploadThroughput: -1
	});
};

/** A page that knows all its texts and swaps one for the next: nothing that does the same can do less. */
const staticPage = `<!doctype html><title>Floor</title><style>body { font: 16px sans-serif }</style><article></article><script>
	let at = 0;
	const show = () => (document.querySelector('article').textContent = 'Where is the missing part of order ' + at++ + '? ' + 'We send it today, free of charge. '.repeat(12));
	addEventListener('keydown', show);
	show();
</script>`;

/** P6: the same on a slow phone, against a page that only swaps one text for the next. */
const onSlowPhone = async (page: Page, floorPage: Page): Promise<Measure[]> => {
	await slow(page);
	await slow(floorPage);
	const floor = await press(floorPage, slowKeys);
	const values = await press(page, slowKeys);
	const p98: Measure = {
		id: 'P6',
		what: `next card on a slow phone, p98 of ${slowKeys}`,
		unit: 'ms',
		values: [quantile(values, 0.98)],
		floor: { what: 'a static page', values: [quantile(floor, 0.98)] },
		judged: 'value over floor',
		target: 2,
		moonshot: 1.2,
		better: 'lower',
		note: `median ${median(values).toFixed(1)} ms, of the static page ${median(floor).toFixed(1)} ms`
	};
	return [
		{ ...p98, judged: 'value', target: 50, moonshot: 32 },
		{ ...p98, what: `${p98.what}, against it` }
	];
};

/** CARD: what a person who rates waits for: from the key to the next card on the screen, in a browser, while each rating is sent. */
export const run = async (bench: Bench): Promise<Measure[]> => {
	const app = await openRatedApp(bench, '.', 'card', { raters: 1, streams: 0, examples: 2 * (keys + slowKeys) });
	const browser = await chromium.launch({
		executablePath: findChromium(),
		args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu']
	});
	try {
		const context = await browser.newContext({ baseURL: app.url, viewport: { width: 1440, height: 900 } });
		await context.addCookies([{ name: 'session', value: app.session(0), url: app.url }]);
		const page = await context.newPage();
		await page.goto(`${app.paths.page}?filter=all`);
		await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
		const values = await press(page, keys);
		const floorPage = await context.newPage();
		await floorPage.setContent(staticPage);
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
			},
			...(await onSlowPhone(page, floorPage))
		];
	} finally {
		await browser.close();
		await app.close();
	}
};
