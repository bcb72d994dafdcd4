import { spawn } from 'node:child_process';
import os from 'node:os';
import type postgres from 'postgres';
import { type Measure, quantile, timed } from './measure.ts';
import { seedPages } from './pages-seed.ts';

/** Turns of all pages; where a page takes seconds, those that fit into the time tell as much. */
const warmUp = { most: 10, forMs: 15_000 };
const measured = { most: 80, forMs: 60_000 };
const port = 4198;
const url = `http://localhost:${port}`;

const names = ['shell', 'dashboard', 'results', 'list', 'examples'] as const;
type Page = (typeof names)[number];

/** The built app, until it is stopped. */
const startServer = async () => {
	const server = spawn(process.execPath, ['build'], {
		env: { ...process.env, PORT: String(port), ORIGIN: url },
		stdio: ['ignore', 'ignore', 'inherit']
	});
	while ((await fetch(`${url}/readyz`).catch(() => null))?.status !== 200) {
		if (server.exitCode !== null) throw new Error(`The server ended with ${server.exitCode}`);
		await new Promise((next) => setTimeout(next, 20));
	}
	return () =>
		new Promise<void>((done) => {
			server.once('exit', () => done());
			server.kill('SIGTERM');
		});
};

/**
 * PAGES: the server's time for the dashboard, the results of a thousand pairings, the list of evaluations and the first of fifty thousand examples, as
 * whole HTML pages, one request after the other. Their floor is a page of the same shell that has nothing of its own; the last is judged by
 * itself, since other tools say how long theirs takes. All take turns, so that a busy moment of the machine meets each.
 */
export const run = async ({ owner }: { owner: postgres.Sql }): Promise<Measure[]> => {
	const { session, ...pages } = await seedPages(owner);
	const stop = await startServer();
	const load = os.loadavg()[0]!;
	const open = async (path: string) => {
		const answer = await fetch(url + path, {
			headers: { cookie: `session=${session}`, accept: 'text/html' },
			redirect: 'manual'
		});
		const html = await answer.text();
		if (answer.status !== 200 || !html.includes('</html>')) throw new Error(`${path} answered ${answer.status}`);
		return html.length;
	};
	const inTurns = async ({ most, forMs }: typeof warmUp) => {
		const taken = { shell: [], dashboard: [], results: [], list: [], examples: [] } as Record<Page, number[]>;
		const until = performance.now() + forMs;
		for (let turn = 0; turn < most && (turn === 0 || performance.now() < until); turn++)
			for (const page of names) taken[page].push(await timed(() => open(pages[page])));
		return taken;
	};
	let taken: Record<Page, number[]>;
	const sizes = {} as Record<Page, number>;
	try {
		for (const page of names) sizes[page] = await open(pages[page]);
		await inTurns(warmUp);
		taken = await inTurns(measured);
	} finally {
		await stop();
	}
	// targets: half of what they took at 50e4623, where this was measured first
	const measure = (page: Page, what: string, target: number, moonshot: number): Measure => ({
		id: 'PAGES',
		what,
		unit: 'ms',
		values: taken[page],
		floor: { what: 'settings page', values: taken.shell },
		judged: 'value over floor',
		target,
		moonshot,
		better: 'lower',
		note: `p95 ${quantile(taken[page], 0.95).toFixed(1)} ms, ${Math.round(sizes[page] / 1024)} kB of HTML, ${taken[page].length} requests, load ${load.toFixed(2)}`
	});
	return [
		measure('dashboard', 'dashboard, 5,000 examples', 230, 5),
		measure('results', 'results of 1,000 pairings', 100, 10),
		measure('list', 'list of 21 evaluations', 235, 5),
		{ ...measure('examples', 'first page of 50,000 examples', 60, 20), judged: 'value' }
	];
};
