import { brotliCompressSync } from 'node:zlib';
import { type BrowserContext, chromium, devices } from '@playwright/test';
import { findChromium } from '../support/browser/browser.ts';
import type { Bench } from './environment.ts';
import { type Measure, median } from './measure.ts';
import { openRatedApp } from './rated-app.ts';

const rounds = process.env.BENCH_QUICK === 'yes' ? 1 : 5;
/** A phone on the way: 9 Mbit/s, a tenth of a second away, four times as slow. */
const line = { offline: false, latency: 100, downloadThroughput: (9 * 1_000_000) / 8, uploadThroughput: 3_000_000 / 8 };
const slowness = 4;
/** What comes after the page has come by then. */
const quietMs = 3_000;

type Seen = { tbt: number; lcp: number; cls: number };
declare const seen: Seen;

/** Runs in the page, before everything else. */
const watch = () => {
	const seen: Seen = { tbt: 0, lcp: 0, cls: 0 };
	type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean };
	const look = (type: string, each: (entry: PerformanceEntry) => void) =>
		new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true });
	look('longtask', ({ duration }) => (seen.tbt += Math.max(0, duration - 50)));
	look('largest-contentful-paint', ({ startTime }) => (seen.lcp = startTime));
	look('layout-shift', (entry) => (seen.cls += (entry as Shift).hadRecentInput ? 0 : (entry as Shift).value));
	Object.assign(window, { seen });
};

/** One cold visit. A script is weighed as it would come by HTTPS: compressed by brotli, which browsers do not ask for otherwise. */
const visit = async (context: BrowserContext, address: string) => {
	const page = await context.newPage();
	const session = await context.newCDPSession(page);
	await session.send('Network.enable');
	await session.send('Network.setCacheDisabled', { cacheDisabled: true });
	await session.send('Network.emulateNetworkConditions', line);
	await session.send('Emulation.setCPUThrottlingRate', { rate: slowness });
	await page.addInitScript(watch);
	const scripts = new Map<string, Promise<number>>();
	page.on('response', (answer) => {
		if (/\.js(\?|$)/.test(answer.url()))
			scripts.set(
				answer.url(),
				answer.body().then((body) => brotliCompressSync(body).length)
			);
	});
	await page.goto(address);
	await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
	await page.waitForTimeout(quietMs);
	const found = await page.evaluate(() => seen);
	const bytes = (await Promise.all(scripts.values())).reduce((sum, each) => sum + each, 0);
	await page.close();
	return { ...found, kb: bytes / 1000, files: scripts.size };
};

/** P14: what a phone loads before it shows a page for the first time: scripts, and what they cost it. */
export const run = async (bench: Bench): Promise<Measure[]> => {
	const app = await openRatedApp(bench, '.', 'first_load', { raters: 1, streams: 0, examples: 500 });
	const browser = await chromium.launch({
		executablePath: findChromium(),
		args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu']
	});
	try {
		const { viewport: _, ...phone } = devices['Pixel 7'];
		const context = await browser.newContext({ ...phone, baseURL: app.url, viewport: { width: 390, height: 844 } });
		const stranger = await browser.newContext({ ...phone, baseURL: app.url, viewport: { width: 390, height: 844 } });
		await context.addCookies([{ name: 'session', value: app.session(0), url: app.url }]);
		const measures: Measure[] = [];
		for (const { what, address, from, kb } of [
			{ what: 'rate', address: `${app.paths.page}?filter=all`, from: context, kb: 60 },
			{ what: 'login', address: '/login', from: stranger, kb: 45 },
			{ what: 'dashboard', address: app.paths.project, from: context, kb: 120 }
		]) {
			const visits: Awaited<ReturnType<typeof visit>>[] = [];
			for (let round = 0; round < rounds; round++) visits.push(await visit(from, address));
			const of = (key: keyof (typeof visits)[number]) => visits.map((one) => one[key]);
			const common = { id: 'P14', judged: 'value', better: 'lower' } as const;
			measures.push({ ...common, what: `${what}: scripts`, unit: 'kB', values: of('kb'), target: kb, moonshot: 44 });
			if (what !== 'rate') continue;
			measures.push(
				{ ...common, what: `${what}: files`, unit: 'files', values: of('files'), target: 15, moonshot: 5 },
				{
					...common,
					what: `${what}: blocked on a slow phone`,
					unit: 'ms',
					values: of('tbt'),
					target: 150,
					moonshot: 50,
					note: `LCP ${median(of('lcp')).toFixed(0)} ms, CLS ${median(of('cls')).toFixed(3)}`
				}
			);
		}
		return measures;
	} finally {
		await browser.close();
		await app.close();
	}
};
