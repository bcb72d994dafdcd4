import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import postgres from 'postgres';
import { freePort } from '../../src/lib/server/platform/process.ts';
import { readEvents } from '../support/servers/event-reader.ts';
import { newSession } from '../support/data/session.ts';
import { startServerProcess, untilServing } from '../support/app/web-process.ts';
import type { Bench } from './environment.ts';
import { seedRatings } from './ratings-seed.ts';

/** News of the last rating that takes longer than this to reach a stream is lost. */
const newsMs = 10_000;

/** Browsers of a person who watches. */
const browsers = 50;

/** `webs`: so many processes serve, and the raters are shared out among them. */
type Load = { raters: number; streams: number; examples?: number; webs?: number };
/** Of a rating, or of the question for cards. */
type Answer = { score: number | null; cards: { text?: string }[] };
type Stream = Awaited<ReturnType<typeof readEvents>>;

/**
 * Begins to look every second whether each stream has heard something; what it returns ends that and says in which share of
 * the seconds the quietest one did.
 */
const countHeard = (open: Stream[]) => {
	const heard = open.map((stream) => ({ stream, length: stream.text().length, seconds: 0 }));
	let seconds = 0;
	const timer = setInterval(() => {
		seconds++;
		for (const one of heard) {
			const { length } = one.stream.text();
			if (length > one.length) one.seconds++;
			one.length = length;
		}
	}, 1_000);
	return () => {
		clearInterval(timer);
		return Math.min(...heard.map((one) => one.seconds)) / seconds;
	};
};

const placesOf = (stream: Stream) => [...stream.text().matchAll(/^id: (\S+)$/gm)].map(([, place]) => place!);

/** Whether a stream that names this place has told of the row. Earlier versions name numbers of rows. */
const isPast = (place: string, row: postgres.Row) => {
	if (row.xid === undefined) return Number(place) >= Number(row.seq);
	const [, end, running = ''] = place.split(':');
	return BigInt(row.xid) < BigInt(end!) && !running.split(',').includes(row.xid);
};

/**
 * The built app of a checkout, on a database of its own that this checkout has migrated, with a team that rates. `name` is of
 * the database. Throws when the checkout is not built.
 */
export const openRatedApp = async (
	{ owner }: Bench,
	checkout: string,
	name: string,
	{ raters, streams, examples: count, webs = 1 }: Load
) => {
	const build = path.resolve(checkout, 'build');
	if (!fs.existsSync(path.join(build, 'index.js'))) throw new Error(`${build} is missing: run "npx vite build" there.`);
	await owner`create database ${owner(name)}`;
	const database = new URL(process.env.DATABASE_URL!);
	database.pathname = name;
	const ports = await Promise.all(Array.from({ length: webs }, async () => String(await freePort())));
	const urls = ports.map((port) => `http://127.0.0.1:${port}`);
	const [url] = urls as [string];
	// the bench's own database is not theirs; each makes the roles' addresses from the owner's
	const env = { DATABASE_URL: database.href, APP_DATABASE_URL: '', QUEUE_DATABASE_URL: '' };
	execFileSync(process.execPath, ['src/launch/migrate.ts'], {
		cwd: checkout,
		env: { ...process.env, ...env, ORIGIN: url },
		stdio: ['ignore', 'ignore', 'inherit']
	});
	const sql = postgres(database.href, { max: raters, onnotice: () => {} });
	const { team, projectId, owner: person, rater, sessions, examples, ...paths } = await seedRatings(sql, raters, count);
	/** Of one person, as of a room full of people: one browser may open only so many streams. */
	const browsersOf = (id: string) => Promise.all(Array.from({ length: browsers }, () => newSession(sql, id)));
	const [watching, asRater] = [await browsersOf(person), await browsersOf(rater)];
	let asked = 0;
	const servers = await Promise.all(
		ports.map(async (port, index) =>
			untilServing(await startServerProcess(build, { ...env, PORT: port, ORIGIN: urls[index]! }, checkout))
		)
	);

	// fetch would take more of the machine than the server that is measured
	const agent = new http.Agent({ keepAlive: true, maxSockets: 256 });
	const post = (session: string, path: string, body: object) =>
		new Promise<Answer>((done, failed) => {
			const at = urls[sessions.indexOf(session) % webs]!;
			const asked = http.request(
				at + path,
				{
					agent,
					method: 'POST',
					headers: {
						cookie: `session=${session}`,
						origin: at,
						'content-type': 'application/json',
						accept: 'application/json'
					}
				},
				(answer) => {
					let text = '';
					answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
					answer.on('error', failed).on('end', () => {
						if (answer.statusCode === 200) done(JSON.parse(text) as Answer);
						else failed(new Error(`${path} answered ${answer.statusCode}: ${text.slice(0, 200)}`));
					});
				}
			);
			asked.on('error', failed).end(JSON.stringify(body));
		});
	/**
	 * The one difference between versions: later cards say which text they show, and a rating repeats it. No example is rewritten
	 * here, so that one card speaks for all; where it says nothing, JSON leaves the field away as the page does.
	 */
	const textOfCards = async () => {
		const { cards } = await post(sessions[1]!, `${paths.page}/cards`, { filter: 'all' });
		return cards[0]!.text;
	};

	/** Where each goes on: at any moment they rate different examples. */
	const places = Array.from({ length: raters }, (_, index) => Math.floor((index * examples.length) / raters));
	const inLoops = async (forMs: number, rate: (rater: number, exampleId: string, score: number) => Promise<void>) => {
		const startedAt = performance.now();
		let count = 0;
		await Promise.all(
			places.map(async (_, rater) => {
				while (performance.now() - startedAt < forMs) {
					const place = places[rater]!++;
					await rate(rater, examples[place % examples.length]!, 1 + (place % 10));
					count++;
				}
			})
		);
		return count / ((performance.now() - startedAt) / 1000);
	};

	/** Every stream has heard of the last rating, or this throws. */
	const allHeard = async (open: Stream[]) => {
		const [last] = await sql`select * from outbox order by created_at desc limit 1`;
		const heard = Promise.all(open.map((one) => one.until(() => placesOf(one).some((place) => isPast(place, last!)))));
		const inTime = await Promise.race([heard, pause(newsMs, [false], { ref: false })]);
		if (!inTime.every(Boolean)) throw new Error(`${name}: a stream did not hear of the last rating.`);
	};

	const [later] =
		await sql`select 1 from information_schema.columns where table_name = 'outbox' and column_name = 'xid'`;
	let text: Promise<string | undefined> | undefined;
	/** One rating over HTTP, by one rater after the other. */
	const rateOne = async (n: number) => {
		const saw = await (text ??= textOfCards());
		const rating = {
			exampleId: examples[n % examples.length]!,
			score: 1 + (n % 10),
			text: saw,
			clientId: randomUUID()
		};
		await post(sessions[1 + (n % raters)]!, `${paths.page}/ratings`, rating);
	};
	return {
		paths,
		url,
		/** Of the first who rates, one browser after the other. */
		session: (n: number) => asRater[n % browsers]!,
		pid: servers[0]!.process.pid!,
		/** Its stream names each change by itself, and its pages look again after each. */
		isEarlier: later === undefined,
		/** As the owner's browser asks. */
		get: async (path: string, signal: AbortSignal) => {
			const session = watching[asked++ % browsers]!;
			const answer = await fetch(url + path, { headers: { cookie: `session=${session}` }, signal });
			if (!answer.ok) throw new Error(`${path} answered ${answer.status}.`);
			return answer;
		},
		rateOne,
		/** Ratings at a fixed rate, whether the last has been answered or not: how long each took from when it was due. */
		withTimeouts: async (perSecond: number, ms: number) => {
			const took: number[] = [];
			const open: Promise<void>[] = [];
			const startedAt = performance.now();
			for (let n = 0; (n * 1000) / perSecond < ms; n++) {
				const dueAt = startedAt + (n * 1000) / perSecond;
				await pause(Math.max(0, dueAt - performance.now()));
				open.push(rateOne(n).then(() => void took.push(performance.now() - dueAt)));
			}
			await Promise.all(open);
			return took;
		},
		/** Ratings a second over HTTP, while streams are open and read. Throws when a confirmed one is not in the database. */
		rate: async (forMs: number, listening = streams) => {
			const open = await Promise.all(
				Array.from({ length: listening }, (_, index) =>
					readEvents(url + paths.events, sessions[index % sessions.length]!)
				)
			);
			const text = await textOfCards();
			const confirmed: string[] = [];
			const heardShare = countHeard(open);
			const perSecond = await inLoops(forMs, async (rater, exampleId, score) => {
				const clientId = randomUUID();
				const answer = await post(sessions[rater + 1]!, `${paths.page}/ratings`, { exampleId, score, text, clientId });
				if (answer.score !== score) throw new Error(`${name} took ${score} for ${answer.score}.`);
				confirmed.push(clientId);
			});
			const share = heardShare();
			await allHeard(open);
			// without NOTIFY the hub still looks every five seconds
			if (share < 0.5)
				throw new Error(`${name}: a stream heard something in ${Math.round(100 * share)} % of the seconds.`);
			await Promise.all(open.map((one) => one.leave()));
			const [kept] = await sql`select count(*)::int as count from ratings where client_id = any(${confirmed}::uuid[])`;
			if (kept!.count !== confirmed.length)
				throw new Error(`${name} confirmed ${confirmed.length} ratings and kept ${kept!.count}.`);
			return perSecond;
		},
		/** The same rows a second by bare inserts of the owner, triggers and all, each a transaction, on as many connections. */
		insert: (forMs: number) =>
			inLoops(forMs, async (_, exampleId, score) => {
				await sql`insert into ratings (team_id, project_id, example_id, person_id, score, client_id)
					values (${team}, ${projectId}, ${exampleId}, ${person}, ${score}, ${randomUUID()}) returning id`;
			}),
		close: async () => {
			agent.destroy();
			await Promise.all(servers.map((server) => server.stop()));
			await sql.end({ timeout: 2 });
		}
	};
};
