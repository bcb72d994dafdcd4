import http from 'node:http';
import type postgres from 'postgres';
import { enterWithKey, newKey } from '../../src/lib/server/access/keys.ts';
import { freePort } from '../../src/lib/server/platform/process.ts';
import { newProject, newTeam } from '../support/data/team.ts';
import { startServerProcess, untilServing } from '../support/app/web-process.ts';
import type { Bench } from './environment.ts';
import { type Measure, quantile, timed } from './measure.ts';

const manyKeys = 100_000;
const quick = process.env.BENCH_QUICK === 'yes';
const manyExamples = quick ? 200_000 : 1_000_000;
const walked = 50_000;
const roundMs = quick ? 2_000 : 4_000;
const limit = { most: 10_000_000, perSeconds: 60 };

/** More keys than a team may have: what is asked is how one among very many is found. */
const seedKeys = async (owner: postgres.Sql, teamId: string, key: { key: string; hash: Buffer }) => {
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		await sql`insert into api_keys (team_id, name, role, hash, hint, expires_at)
			select ${teamId}, 'Key ' || n, 'trainer', sha256(convert_to('key ' || n, 'UTF8')), 'ait_sk_…', now() + interval '90 days'
			from generate_series(1, ${manyKeys}) n`;
		await sql`insert into api_keys (team_id, name, role, hash, hint, expires_at)
			values (${teamId}, 'The one', 'trainer', ${key.hash}, 'ait_sk_…', now() + interval '90 days')`;
	});
	await owner`analyze api_keys`;
};

/** Examples as an import leaves them; nothing here asks what triggers would have said of them. */
const seedExamples = async (owner: postgres.Sql, teamId: string, projectId: string, count: number) => {
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		await sql`insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, origin)
			select ${teamId}, ${projectId}, n,
				json_build_array(json_build_object('role', 'user', 'content', 'Question ' || n), json_build_object('role', 'assistant', 'content', 'Answer ' || n)),
				sha256(convert_to('c' || n, 'UTF8')), sha256(convert_to('p' || n, 'UTF8')), 20, 'import'
			from generate_series(1, ${count}) n`;
		await sql`update projects set next_example = ${count + 1} where id = ${projectId}`;
	});
	await owner`vacuum analyze examples`;
};

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
const ask = (url: string, authorization?: string) =>
	new Promise<string>((done, failed) => {
		http
			.get(url, { agent, headers: authorization ? { authorization } : {} }, (answer) => {
				const pieces: Buffer[] = [];
				answer.on('data', (piece: Buffer) => pieces.push(piece));
				answer.on('end', () => {
					const text = Buffer.concat(pieces).toString();
					if (answer.statusCode === 200) done(text);
					else failed(new Error(`${url} answered ${answer.statusCode}: ${text.slice(0, 200)}`));
				});
			})
			.on('error', failed);
	});

/** Requests a second of eight that each wait for their answer. */
const inLoops = async (one: () => Promise<unknown>) => {
	const startedAt = performance.now();
	let count = 0;
	await Promise.all(
		Array.from({ length: 8 }, async () => {
			for (; performance.now() - startedAt < roundMs; count++) await one();
		})
	);
	return count / ((performance.now() - startedAt) / 1000);
};

/** Milliseconds of each of `perSecond` requests a second, sent whether or not earlier ones are answered. */
const withTimeouts = async (perSecond: number, one: () => Promise<unknown>) => {
	const times: Promise<number>[] = [];
	const startedAt = performance.now();
	while (performance.now() - startedAt < 2 * roundMs) {
		const due = ((performance.now() - startedAt) / 1000) * perSecond;
		while (times.length < due) times.push(timed(one));
		await new Promise((next) => setTimeout(next, 1));
	}
	return Promise.all(times);
};

/**
 * API: what a request of a script costs, on the built server with its limits out of the way: the check of a key beside a hundred
 * thousand others, one example against an endpoint that does nothing, the last page of a million against the first, and a walk.
 */
export const run = async ({ owner }: Bench): Promise<Measure[]> => {
	const { teamId, scope } = await newTeam();
	const { project } = await newProject(scope);
	const key = newKey();
	await seedKeys(owner, teamId, key);
	const acting = { id: '', address: '192.0.2.1', transactions: 0 };
	for (let i = 0; i < 200; i++) await enterWithKey(key.key, null, acting, limit);
	const checks: number[] = [];
	for (let i = 0; i < 3_000; i++) checks.push(await timed(() => enterWithKey(key.key, null, acting, limit)));

	await seedExamples(owner, teamId, project.id, manyExamples);
	const port = String(await freePort());
	const url = `http://127.0.0.1:${port}`;
	const server = await untilServing(
		await startServerProcess('build', { PORT: port, ORIGIN: url, API_REQUESTS_PER_MINUTE: String(limit.most) })
	);
	try {
		const at = `${url}/api/v1/projects/${project.slug}`;
		const authorization = `Bearer ${key.key}`;
		const look = (path: string) => ask(at + path, authorization);
		const page = async (path: string) =>
			JSON.parse(await look(path)) as { data: { id: string }[]; next: string | null };
		const { data } = await page('/examples?limit=1');
		const one = () => look(`/examples/${data[0]!.id}`);
		const bare = () => ask(`${url}/livez`);
		await inLoops(one);
		const [ones, bares]: [number[], number[]] = [[], []];
		for (let round = 0; round < 3; round++) {
			bares.push(await inLoops(bare));
			ones.push(await inLoops(one));
		}
		const paced = await withTimeouts(300, one);

		const cursorAt = (place: number) =>
			Buffer.from(JSON.stringify(['examples.list', project.id, place])).toString('base64url');
		const [first, last]: [number[], number[]] = [[], []];
		for (let i = 0; i < 200; i++) {
			first.push(await timed(() => look('/examples')));
			last.push(await timed(() => look(`/examples?cursor=${cursorAt(51)}`)));
		}
		let seen = 0;
		const walk = await timed(async () => {
			for (let next: string | null = cursorAt(walked + 1); next;) {
				const found = await page(`/examples?limit=100&cursor=${next}`);
				seen += found.data.length;
				next = found.next;
			}
		});
		if (seen !== walked) throw new Error(`The walk met ${seen} examples`);
		const p99 = (values: number[]) => quantile(values, 0.99);
		return [
			{
				id: 'API',
				what: `key check, p99, ${manyKeys.toLocaleString('en')} keys`,
				unit: 'ms',
				values: [p99(checks)],
				judged: 'value',
				target: 2,
				moonshot: 1,
				better: 'lower'
			},
			{
				id: 'API',
				what: 'GET of one example',
				unit: 'a second',
				values: ones,
				floor: { what: 'an endpoint that does nothing', values: bares },
				judged: 'value over floor',
				target: 0.3,
				moonshot: 0.6,
				better: 'higher'
			},
			{
				id: 'API',
				what: 'GET of one example, p99 at 300 a second',
				unit: 'ms',
				values: [p99(paced)],
				judged: 'value',
				target: 15,
				moonshot: 5,
				better: 'lower'
			},
			{
				id: 'P5',
				what: `last page of ${manyExamples.toLocaleString('en')}, p99`,
				unit: 'ms',
				values: [p99(last)],
				floor: { what: 'the first page', values: [p99(first)] },
				judged: 'value over floor',
				target: 1.5,
				moonshot: 1.05,
				better: 'lower'
			},
			{
				id: 'P5',
				what: 'the last page, p99',
				unit: 'ms',
				values: [p99(last)],
				judged: 'value',
				target: 30,
				moonshot: 10,
				better: 'lower'
			},
			{
				id: 'P5',
				what: `walk of ${walked.toLocaleString('en')} ids`,
				unit: 's',
				values: [walk / 1000],
				judged: 'value',
				target: 2,
				moonshot: 1,
				better: 'lower'
			}
		];
	} finally {
		await server.stop();
	}
};
