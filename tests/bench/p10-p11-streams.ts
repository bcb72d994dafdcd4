import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bench } from './environment.ts';
import { type Measure, quantile } from './measure.ts';
import { openRatedApp } from './rated-app.ts';

const streams = 1_000;
const commits = 20;
/** Pages are told at most so often, and each rating here is to be a piece of news of its own. */
const apartMs = 1_000;
const rounds = process.env.BENCH_QUICK === 'yes' ? 3 : 5;
const roundMs = 5_000;
const listening = 20;

type App = Awaited<ReturnType<typeof openRatedApp>>;

/** Open streams, and when each heard something last. */
const openStreams = async ({ url, paths, session }: App) => {
	const heardAt: number[] = Array.from({ length: streams }, () => 0);
	const open = (index: number) =>
		new Promise<http.ClientRequest>((done, failed) => {
			const asked = http.get(
				`${url}${paths.events}`,
				{ agent: false, headers: { cookie: `session=${session(index)}` } },
				(answer) => {
					if (answer.statusCode !== 200) return failed(new Error(`The stream was refused with ${answer.statusCode}.`));
					answer.on('data', (piece: Buffer) => {
						if (piece.includes('data: ')) heardAt[index] = performance.now();
					});
					answer.on('error', () => {});
					done(asked);
				}
			);
			asked.on('error', failed);
		});
	const all: http.ClientRequest[] = [];
	for (let first = 0; first < streams; first += 50)
		all.push(...(await Promise.all(Array.from({ length: 50 }, (_, n) => open(first + n)))));
	return { heardAt, close: () => all.forEach((one) => one.destroy()) };
};

/** P10: from the answer to a rating until each of a thousand open pages has heard of it. */
const untilHeard = async (app: App): Promise<Measure> => {
	const { heardAt, close } = await openStreams(app);
	const took: number[] = [];
	for (let n = -2; n < commits; n++) {
		await pause(apartMs);
		const sentAt = performance.now();
		await app.rateOne(n + 2);
		const committedAt = performance.now();
		while (heardAt.some((at) => at < sentAt)) {
			if (performance.now() - sentAt > 10_000) throw new Error('A stream did not hear of a rating.');
			await pause(1);
		}
		if (n >= 0) took.push(...heardAt.map((at) => Math.max(0, at - committedAt)));
	}
	close();
	return {
		id: 'P10',
		what: `a rating until ${streams.toLocaleString('en')} streams have heard, p99`,
		unit: 'ms',
		values: [quantile(took, 0.99)],
		judged: 'value',
		target: 60,
		moonshot: 30,
		better: 'lower',
		note: `p50 ${quantile(took, 0.5).toFixed(1)} ms`
	};
};

/** P10 and P11: what open pages hear, and what it costs those who rate that pages are open. */
export const run = async (bench: Bench): Promise<Measure[]> => {
	const measures: Measure[] = [];
	for (const raters of [8, 32]) {
		const app = await openRatedApp(bench, '.', `streams_${raters}`, { raters, streams: listening });
		try {
			if (measures.length === 0) measures.push(await untilHeard(app));
			await app.rate(roundMs);
			const [values, floor]: [number[], number[]] = [[], []];
			for (let round = 0; round < rounds; round++) {
				floor.push(await app.rate(roundMs, 0));
				values.push(await app.rate(roundMs));
			}
			measures.push({
				id: 'P11',
				what: `ratings of ${raters} while ${listening} pages listen`,
				unit: 'a second',
				values,
				floor: { what: 'while none listens', values: floor },
				judged: 'value over floor',
				target: 0.95,
				moonshot: 1,
				better: 'higher'
			});
		} finally {
			await app.close();
		}
	}
	return measures;
};
