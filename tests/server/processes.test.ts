// Long because it is one installation: two web processes, two workers, one database, and everything that can happen between them.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isOver } from '../../src/lib/core/runs/status.ts';
import { defaultRecipe } from '../../src/lib/core/runs/recipe.ts';
import { to } from '../../src/lib/paths.ts';
import { variableNames } from '../../src/lib/server/platform/config-variables.ts';
import { closePools } from '../../src/lib/server/platform/db/pools.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { builtApp } from '../support/app/built.ts';
import { readEvents } from '../support/servers/event-reader.ts';
import { type ServerProcess, startServerProcess, untilServing } from '../support/app/web-process.ts';
import { newSession } from '../support/data/session.ts';
import { jobsAt, newWorkshop, runRow } from '../support/data/training.ts';

const origin = process.env.ORIGIN!;
const room = fs.mkdtempSync(path.join(os.tmpdir(), 'aitelier-built-'));
const owner = postgres(process.env.DATABASE_URL!, { max: 2, onnotice: () => {} });
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let build: string;
let webs: [ServerProcess, ServerProcess];
let workers: ServerProcess[];

const serve = (role: 'web' | 'worker' | 'all') =>
	// only the role that serves: who migrates is not asked here
	startServerProcess(build, { ROLE: role, SANDBOX_URL: sandbox.url, DATABASE_URL: '' });

beforeAll(async () => {
	[build, sandbox] = await Promise.all([builtApp(room), startSandbox({ port: 0, speed: 20 })]);
	const [a, b, ...others] = await Promise.all([serve('web'), serve('web'), serve('worker'), serve('worker')]);
	webs = [a!, b!];
	workers = others;
	await Promise.all([...webs, ...workers].map(untilServing));
}, 240_000);
afterAll(async () => {
	const codes = await Promise.all([...webs, ...workers].map((server) => server.stop()));
	await closePools();
	await owner.end();
	await sandbox.stop();
	fs.rmSync(room, { recursive: true, force: true });
	expect(codes).toEqual([0, 0, 0, 0]);
}, 60_000);

type Shop = Awaited<ReturnType<typeof newWorkshop>> & { teamSlug: string; session: string };
const newShop = async (): Promise<Shop> => {
	const shop = await newWorkshop(sandbox.url);
	const [team] = await owner`select slug from teams where id = ${shop.teamId}`;
	return { ...shop, teamSlug: team!.slug, session: await newSession(owner, shop.owner.id) };
};

const post = (server: ServerProcess, address: string, session: string, body: string, type: string) =>
	fetch(server.url + address, {
		method: 'POST',
		redirect: 'manual',
		headers: { origin, cookie: `session=${session}`, 'content-type': type, accept: 'text/html' },
		body
	});

const rate = async (server: ServerProcess, shop: Shop, score: number) => {
	const body = JSON.stringify({ exampleId: shop.rows[0]!.id, score, clientId: randomUUID() });
	const answer = await post(
		server,
		`/${shop.teamSlug}/${shop.slug}/rate/ratings`,
		shop.session,
		body,
		'application/json'
	);
	expect(await answer.json()).toMatchObject({ score });
};

describe('two webs and two workers on one database', () => {
	test(
		'a run ordered on both webs at once is one run, is placed once, and ends once',
		{ timeout: 60_000 },
		async () => {
			const shop = await newShop();
			const form = new URLSearchParams({ clientId: randomUUID() });
			for (const [name, value] of Object.entries(defaultRecipe)) form.set(name, String(value));
			const send = (server: ServerProcess) =>
				post(
					server,
					`${to.newRun(shop.teamSlug, shop.slug)}?/start`,
					shop.session,
					form.toString(),
					'application/x-www-form-urlencoded'
				);
			const answers = await Promise.all(webs.map(send));
			const places = answers.map((answer) => answer.headers.get('location'));
			expect(answers.map(({ status }) => status)).toEqual([303, 303]);
			expect(new Set(places).size).toBe(1);

			const runId = places[0]!.split('/').at(-1)!;
			let run = await runRow(shop.scope, runId);
			for (; !isOver(run); run = await runRow(shop.scope, runId)) await sleep(50);
			expect(run).toMatchObject({ status: 'ready', problem: null, version: 1 });
			expect(await jobsAt(sandbox.url, shop.key)).toHaveLength(1);
			const [ordered] = await owner`
			select count(*)::int as orders from run_events where run_id = ${runId} and kind = 'aitelier.ordered'`;
			expect(ordered!.orders).toBe(1);
			const repeated = await owner`
			select kind, message, count(*)::int from run_events where run_id = ${runId} group by 1, 2 having count(*) > 1`;
			expect(repeated).toEqual([]);
			const [started] = await owner`
			select count(*)::int as times from audit_entries where subject = ${runId} and action = 'run.started'`;
			expect(started!.times).toBe(1);

			for (const server of webs) {
				const page = await fetch(server.url + places[0]!, { headers: { cookie: `session=${shop.session}` } });
				expect(page.status).toBe(200);
				expect(await page.text()).toContain(run.model!);
			}
		}
	);

	test('a page on one web hears what was done on the other, and of nothing in another team', async () => {
		const [here, there] = [await newShop(), await newShop()];
		const streams = await Promise.all([
			readEvents(`${webs[0].url}${to.events(here.teamSlug)}`, here.session),
			readEvents(`${webs[0].url}${to.events(there.teamSlug)}`, there.session)
		]);
		await rate(webs[1], here, 7);
		await rate(webs[1], there, 3);
		for (const [i, stream] of streams.entries()) {
			expect(await stream.until(() => stream.events().length > 0)).toBe(true);
			expect(stream.events().map(({ topic }) => topic)).toEqual([`ratings:${[here, there][i]!.project.id}`]);
			await stream.leave();
		}
	});

	test('a page that comes back gets what it missed, from either web', async () => {
		const shop = await newShop();
		const first = await readEvents(`${webs[0].url}${to.events(shop.teamSlug)}`, shop.session);
		await rate(webs[1], shop, 5);
		await first.until(() => first.events().length > 0);
		const { id: last } = first.events()[0]!;
		await first.leave();
		for (const score of [6, 7, 8]) await rate(webs[0], shop, score);
		for (const server of webs) {
			const again = await readEvents(`${server.url}${to.events(shop.teamSlug)}`, shop.session, last);
			expect(await again.until(() => again.messages().length > 0)).toBe(true);
			// three changes of one thing are one piece of news
			const [missed] = again.messages();
			expect(missed!.news).toMatchObject({ topics: [`ratings:${shop.project.id}`], own: [] });
			expect(missed!.id).not.toBe(last);
			await again.leave();
		}
	});

	test(
		'without its database a web lives but is not ready, and goes on by itself when it is back',
		{ timeout: 60_000 },
		async () => {
			const [web] = webs;
			const shop = await newShop();
			const stream = await readEvents(`${web.url}${to.events(shop.teamSlug)}`, shop.session);
			const database = new URL(process.env.DATABASE_URL!).pathname.slice(1);
			const elsewhere = new URL(process.env.DATABASE_URL!);
			elsewhere.pathname = '/postgres';
			const admin = postgres(elsewhere.href, { max: 1 });
			const status = async (address: string) => (await fetch(web.url + address)).status;
			try {
				await admin.unsafe(`alter database ${database} allow_connections false`);
				await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${database}`;
				expect(await status('/readyz')).toBe(503);
				expect(await status('/livez')).toBe(200);
			} finally {
				await admin.unsafe(`alter database ${database} allow_connections true`);
				await admin.end();
			}
			while ((await status('/readyz')) !== 200) await sleep(50);
			const [other] = webs.slice(1);
			await rate(other!, shop, 4);
			expect(await stream.until(() => stream.events().length > 0)).toBe(true);
			await stream.leave();
			expect(web.said()).not.toMatch(/unhandled/i);
		}
	);
});

describe('a stop', () => {
	/** A request whose last line is still missing: the server has to wait for it. */
	const halfRequest = async (server: ServerProcess, address: string) => {
		const { hostname, port } = new URL(server.url);
		const socket = net.connect(Number(port), hostname);
		await once(socket, 'connect');
		socket.write(`GET ${address} HTTP/1.1\r\nhost: ${hostname}\r\n`);
		await sleep(100); // the server has read it: from here on this connection is not idle
		return async () => {
			let answer = '';
			socket.on('data', (piece) => (answer += piece));
			const closed = once(socket, 'close');
			socket.write('\r\n');
			await closed;
			return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
		};
	};
	const isClosed = (server: ServerProcess) =>
		fetch(`${server.url}/livez`).then(
			() => false,
			() => true
		);

	test.each(['web', 'all'] as const)(
		'of a process in role %s ends its streams, answers what was asked before, and leaves with 0',
		{ timeout: 60_000 },
		async (role) => {
			const shop = await newShop();
			const server = await untilServing(await serve(role));
			const address = `${server.url}${to.events(shop.teamSlug)}`;
			const streams = await Promise.all(Array.from({ length: 25 }, () => readEvents(address, shop.session)));
			const [ready, live] = [await halfRequest(server, '/readyz'), await halfRequest(server, '/livez')];

			server.process.kill('SIGTERM');
			while (!(await isClosed(server))) await sleep(10);
			expect(await ready()).toBe(503);
			expect(await live()).toBe(200);
			for (const stream of streams) {
				expect(await stream.ended).toBe('ended');
				expect(stream.text()).toMatch(/^retry: \d+\n\n[^]*retry: \d+\n\n$/);
			}
			// whoever stops us insists after ten seconds
			const code = await Promise.race([server.ended, sleep(10_000, 'still running')]);
			expect(code, server.said()).toBe(0);
		}
	);
});

describe('a start', () => {
	/** Nothing of this test's own configuration. */
	const bare = Object.fromEntries(variableNames.map((name) => [name, undefined]));

	test('in production without secrets is refused: one message names them all, exit code 78', async () => {
		const server = await startServerProcess(build, { ...bare, NODE_ENV: 'production', POLL_SECONDS: 'often' });
		expect(await server.ended).toBe(78);
		for (const name of [
			'DATABASE_URL',
			'APP_DATABASE_URL',
			'QUEUE_DATABASE_URL',
			'ORIGIN',
			'KEKS',
			'SMTP_URL',
			'MAIL_FROM'
		])
			expect(server.said()).toContain(`${name} is missing.`);
		expect(server.said()).toContain('POLL_SECONDS must be a whole number');
		expect(server.said().match(/configuration/g)).toHaveLength(1);
		expect(server.said()).not.toContain('    at ');
	});

	test(
		'of a worker that nobody has told where the queue is, is refused in a sentence; pages need none',
		{ timeout: 90_000 },
		async () => {
			const without = { DATABASE_URL: '', QUEUE_DATABASE_URL: '' };
			const worker = await startServerProcess(build, { ...without, ROLE: 'worker' });
			expect(await worker.ended).toBe(78);
			expect(worker.said()).toContain('QUEUE_DATABASE_URL is missing: whoever works on jobs needs it.');
			const web = await untilServing(await startServerProcess(build, { ...without, ROLE: 'web' }));
			expect(await web.stop()).toBe(0);
		}
	);

	test('as the owner of the tables is refused', async () => {
		const server = await startServerProcess(build, { DATABASE_URL: '', APP_DATABASE_URL: process.env.DATABASE_URL });
		expect(await server.ended).toBe(1);
		expect(server.said()).toMatch(/refuses to serve as/);
	});
});
