// Long because it plays a whole room: pages that look again as the product's own do, in this version and in earlier ones.
import { randomUUID } from 'node:crypto';
import os from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { gather } from '../../src/lib/client/live/gather.ts';
import type { Bench } from './environment.ts';
import { type Measure, quantile } from './measure.ts';
import { postmasterIn, processorSeconds, residentKb } from './processor.ts';
import { openRatedApp } from './rated-app.ts';

const quick = process.env.BENCH_QUICK === 'yes';
const examples = quick ? 50_000 : 1_000_000;
const pages = 100;
const ratingsASecond = 20;
const streams = 900;
const warmUpMs = 3_000;
const stormMs = quick ? 10_000 : 30_000;

type App = Awaited<ReturnType<typeof openRatedApp>>;

/** What each kind of page asks again (`x-sveltekit-invalidated`: root, team, project, page), by what it is told. */
const kinds = [
	{ at: '', share: 0.4, ratings: '0001', project: '0111' },
	{ at: '/examples', share: 0.3, ratings: '0001', project: '0111' },
	{ at: '/rate', share: 0.3, ratings: '', project: '0110' }
];

/** As pages of an earlier version do it: 100 ms after each change, everything that hangs on the project. */
const atOnce = (ask: (topics: ReadonlySet<string>) => Promise<unknown>) => {
	let timer: NodeJS.Timeout | undefined;
	return {
		hear: (topics: Iterable<string>) => {
			const these = new Set(topics);
			timer ??= setTimeout(() => {
				timer = undefined;
				void ask(these);
			}, 100);
		},
		stop: () => clearTimeout(timer)
	};
};

const topicsIn = (data: string): string[] => (data.startsWith('{') ? JSON.parse(data).topics : [data]);

/** An open page: its stream, and what it asks when it hears something. */
const openPage = async (app: App, index: number) => {
	const kind = kinds.find(
		(_, at) => index < pages * kinds.slice(0, at + 1).reduce((sum, { share }) => sum + share, 0)
	)!;
	const stop = new AbortController();
	const answer = await app.get(`${app.paths.events}?tab=${randomUUID()}`, stop.signal);
	const asked = { times: 0, bytes: 0 };
	const ask = async (topics: ReadonlySet<string>) => {
		const isAll = [...topics].some((topic) => topic.startsWith('project:'));
		const invalid = isAll ? kind.project : kind.ratings;
		if (invalid === '') return;
		const data = await app.get(
			`${app.paths.project}${kind.at}/__data.json?x-sveltekit-invalidated=${invalid}`,
			stop.signal
		);
		asked.bytes += (await data.arrayBuffer()).byteLength;
		asked.times++;
	};
	const isEarlier = app.isEarlier;
	const questions = isEarlier ? atOnce((topics) => ask(topics).catch(() => {})) : gather(ask, () => false);
	let heard = 0;
	const over = (async () => {
		let text = '';
		const decoder = new TextDecoder();
		for await (const piece of answer.body!) {
			text += decoder.decode(piece as Uint8Array, { stream: true });
			const messages = text.split('\n\n');
			text = messages.pop()!;
			for (const message of messages) {
				const data = /^data: (.*)$/m.exec(message)?.[1];
				if (data === undefined) continue;
				heard++;
				questions.hear(topicsIn(data));
			}
		}
	})().catch(() => {});
	return {
		asked,
		heard: () => heard,
		close: async () => {
			questions.stop();
			stop.abort();
			await over;
		}
	};
};

/**
 * kB of the server's memory for one more stream, where nine hundred are open: the first ones grow a heap that serving anything would grow. A team
 * may ask a thousand times a minute, so the next nine hundred come a minute later.
 */
const memoryOfStreams = async (app: App) => {
	const stop = new AbortController();
	const open = async () => {
		for (let opened = 0; opened < streams; opened += 50) {
			const some = Array.from({ length: 50 }, () => app.get(`${app.paths.events}?tab=${randomUUID()}`, stop.signal));
			for (const { body } of await Promise.all(some)) void body!.getReader().read();
		}
		await pause(2_000);
	};
	await open();
	await pause(60_000);
	const before = residentKb(app.pid);
	await open();
	const grown = residentKb(app.pid) - before;
	stop.abort();
	return grown / streams;
};

/** Seconds of processors that the server and its Postgres have used so far. */
const usedBy = ({ room }: Bench, app: App) => processorSeconds(app.pid) + processorSeconds(postmasterIn(room));

/** What a rating and a look of a page cost by themselves, in seconds of processors. */
const costsOf = async (bench: Bench, app: App) => {
	const each = async (times: number, work: (n: number) => Promise<unknown>) => {
		for (let n = 0; n < 20; n++) await work(n);
		const before = usedBy(bench, app);
		for (let n = 0; n < times; n++) await work(n);
		return (usedBy(bench, app) - before) / times;
	};
	const looking = kinds.filter(({ ratings }) => ratings !== '');
	const look = async (n: number) => {
		const { at, ratings } = looking[n % looking.length]!;
		const answer = await app.get(
			`${app.paths.project}${at}/__data.json?x-sveltekit-invalidated=${ratings}`,
			AbortSignal.timeout(60_000)
		);
		await answer.arrayBuffer();
	};
	return { rating: await each(200, (n) => app.rateOne(n)), look: await each(100, look) };
};

/** What goes on in a room whose machine is not busy with anything else: a look of a group every 200 ms, one of a page every 4.5 s on average (gather.ts). */
const undisturbed = {
	messages: pages * 5,
	looks: (pages * kinds.filter(({ ratings }) => ratings !== '').reduce((sum, { share }) => sum + share, 0)) / 4.5
};

const storm = async (bench: Bench, app: App) => {
	const costs = await costsOf(bench, app);
	const seconds = () => usedBy(bench, app);
	const open = await Promise.all(Array.from({ length: pages }, (_, index) => openPage(app, index)));
	await app.withTimeouts(ratingsASecond, warmUpMs);
	const before = { at: performance.now(), used: seconds(), heard: open.reduce((sum, page) => sum + page.heard(), 0) };
	const asked = open.reduce((sum, page) => sum + page.asked.times, 0);
	const took = await app.withTimeouts(ratingsASecond, stormMs);
	const lasted = (performance.now() - before.at) / 1000;
	const used = seconds() - before.used;
	const [looks, messages] = [
		open.reduce((sum, page) => sum + page.asked.times, 0) - asked,
		open.reduce((sum, page) => sum + page.heard(), 0) - before.heard
	];
	const message = Math.max(0, used - took.length * costs.rating - looks * costs.look) / messages;
	const full = ratingsASecond * costs.rating + undisturbed.looks * costs.look + undisturbed.messages * message;
	const found = {
		share: used / lasted / os.cpus().length,
		fullShare: full / os.cpus().length,
		each: `a rating ${(1e3 * costs.rating).toFixed(1)} ms, a look ${(1e3 * costs.look).toFixed(1)} ms, a message ${(1e3 * message).toFixed(2)} ms`,
		p50: quantile(took, 0.5),
		p99: quantile(took, 0.99),
		askedASecond: looks / lasted,
		heardASecond: messages / lasted
	};
	await Promise.all(open.map((page) => page.close()));
	return found;
};

/**
 * STORM: a full room. 100 pages are open, each with its stream, and look again as the product's pages do, while 20 ratings a second
 * come in at a fixed rate. What share of the machine the server and its Postgres take, and how long a rating takes. With
 * `BEFORE=<checkout>`, built, the same for that version, on a database of its own.
 */
export const run = async (bench: Bench): Promise<Measure[]> => {
	const measures: Measure[] = [];
	const sides = [...(process.env.BEFORE ? [['before', process.env.BEFORE]] : []), ['now', '.']] as [string, string][];
	for (const [side, checkout] of sides) {
		const app = await openRatedApp(bench, checkout, `storm_${side}`, { raters: 8, streams: 0, examples });
		try {
			const memory = await memoryOfStreams(app);
			const { share, fullShare, each, p50, p99, askedASecond, heardASecond } = await storm(bench, app);
			const what = `${pages} pages, ${ratingsASecond} ratings/s, ${examples.toLocaleString('en')} examples, ${side}`;
			const note = `p50 ${p50.toFixed(0)} ms · ${heardASecond.toFixed(0)} messages/s · ${askedASecond.toFixed(1)} pages/s look again`;
			const base = { id: 'STORM', judged: 'value', better: 'lower' } as const;
			measures.push(
				{ ...base, what: `processor, ${what}`, unit: '%', values: [100 * share], target: 50, moonshot: 20, note },
				{
					...base,
					what: `the same at full pace, by what each costs, ${side}`,
					unit: '%',
					values: [100 * fullShare],
					target: 50,
					moonshot: 20,
					note: each
				},
				{ ...base, what: `rating p99, ${side}`, unit: 'ms', values: [p99], target: 50, moonshot: 20 },
				{
					...base,
					what: `memory of one more stream beside ${streams}, ${side}`,
					unit: 'kB',
					values: [memory],
					target: 30,
					moonshot: 15
				}
			);
		} finally {
			await app.close();
		}
	}
	return measures;
};
