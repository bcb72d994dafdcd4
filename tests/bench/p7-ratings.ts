import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import postgres from 'postgres';
import type { Bench } from './environment.ts';
import { type Measure, median, quantile } from './measure.ts';
import { openRatedApp } from './rated-app.ts';

const quick = process.env.BENCH_QUICK === 'yes';
const rounds = quick ? 3 : 5;
const roundMs = quick ? 3_000 : 8_000;
const raters = 32;
const paced = { perSecond: 300, forMs: quick ? 4_000 : 20_000 };
const clients = 8;
const scale = 10;

/** It is no part of the embedded Postgres: where the system has one, that of any version. */
const findPgbench = (): string | undefined =>
	[...(process.env.PATH ?? '').split(path.delimiter), ...fs.globSync('/usr/lib/postgresql/*/bin').sort().reverse()]
		.map((folder) => path.join(folder, 'pgbench'))
		.find((file) => fs.existsSync(file));

/** `pgbench -N`: a row of ten thousand changed, read, and a row of history, durably. */
const openFloor = async ({ owner }: Bench) => {
	const database = new URL(process.env.DATABASE_URL!);
	await owner`create database pgbench`;
	database.pathname = 'pgbench';
	const pgbench = findPgbench();
	if (pgbench) {
		const ask = promisify(execFile);
		await ask(pgbench, ['-i', '-q', '-s', String(scale), database.href]);
		const options = ['-N', '-n', '-M', 'prepared', '-c', String(clients), '-j', '1', '-T', String(roundMs / 1000)];
		return {
			what: 'pgbench -N',
			// on a machine so busy that not one was done it says nothing of a rate
			round: async () =>
				Number(/tps = ([\d.]+)/.exec((await ask(pgbench, [...options, database.href])).stdout)?.[1] ?? 0),
			close: async () => {}
		};
	}
	const sql = postgres(database.href, { max: clients, onnotice: () => {} });
	await sql`create table pgbench_accounts (aid int primary key, bid int, abalance int, filler char(84)) with (fillfactor = 100)`;
	await sql`create table pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22))`;
	await sql`insert into pgbench_accounts select n, 1, 0, '' from generate_series(1, ${scale * 100_000}) n`;
	await sql`vacuum analyze pgbench_accounts`;
	const one = () =>
		sql.begin((tx) => {
			const [account, delta] = [
				1 + Math.floor(Math.random() * scale * 100_000),
				Math.floor(Math.random() * 10_000) - 5_000
			];
			return [
				tx`update pgbench_accounts set abalance = abalance + ${delta} where aid = ${account}`,
				tx`select abalance from pgbench_accounts where aid = ${account}`,
				tx`insert into pgbench_history (tid, bid, aid, delta, mtime) values (1, 1, ${account}, ${delta}, current_timestamp)`
			];
		});
	return {
		what: 'the statements of pgbench -N from a script',
		round: async () => {
			const until = performance.now() + roundMs;
			let count = 0;
			const loop = async () => {
				for (; performance.now() < until; count++) await one();
			};
			await Promise.all(Array.from({ length: clients }, loop));
			return count / (roundMs / 1000);
		},
		close: () => sql.end({ timeout: 2 })
	};
};

/** P7: ratings that are written down, a second, of raters who each wait for the answer, by one process and by two; and how long one takes at a fixed rate. */
export const run = async (bench: Bench): Promise<Measure[]> => {
	const floor = await openFloor(bench);
	const measures: Measure[] = [];
	try {
		for (const webs of [1, 2]) {
			const app = await openRatedApp(bench, '.', `ratings_${webs}`, { raters, streams: 0, webs });
			try {
				await app.rate(roundMs);
				const [values, floors]: [number[], number[]] = [[], []];
				for (let round = 0; round < rounds; round++) {
					floors.push(await floor.round());
					values.push(await app.rate(roundMs));
				}
				const common = { id: 'P7', unit: 'a second', values, better: 'higher', judged: 'value over floor' } as const;
				const target = webs === 1 ? 0.2 : 0.25;
				const against = { what: floor.what, values: floors };
				measures.push({
					...common,
					what: `ratings, ${webs === 1 ? 'one process' : 'two processes'}`,
					floor: against,
					target,
					moonshot: 0.5
				});
				if (webs > 1) continue;
				const took = await app.withTimeouts(paced.perSecond, paced.forMs);
				measures.push({
					id: 'P7',
					what: `a rating at ${paced.perSecond} a second, p99`,
					unit: 'ms',
					values: [quantile(took, 0.99)],
					judged: 'value',
					target: 50,
					moonshot: 10,
					better: 'lower',
					note: `p50 ${median(took).toFixed(1)} ms`
				});
			} finally {
				await app.close();
			}
		}
	} finally {
		await floor.close();
	}
	return measures;
};
