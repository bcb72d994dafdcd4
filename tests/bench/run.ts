import '../../src/launch/node24.ts';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { compared, keepLast, readLast, withMeasures, worseThan } from './last.ts';
import { type Measure, figure, median, reaches } from './measure.ts';
import { processorSeconds } from './processor.ts';

// `npm run bench -- [--quick] [--keep] [P1 P4 …]`: measures against a floor of the same run. The environment is made anew for each, so that none
// warms or fills the other's database. Results are printed, kept as JSON, and held against the last ones in the repository (last.ts), whose place
// they take with `--keep`. `--quick` without names takes those that together end within five minutes.

type Module = {
	run: (bench: never, filled: never) => Promise<Measure[]>;
	/** What its database is filled with, and what that hangs on; what it returns goes to `run`. */
	filling?: { key: string; fill: (bench: never) => Promise<unknown> };
};
const all: Record<string, () => Promise<Module>> = {
	P1: () => import('./p1-import.ts'),
	P3: () => import('./p3-export.ts'),
	P4: () => import('./p4-rls.ts'),
	P7: () => import('./p7-ratings.ts'),
	P10: () => import('./p10-p11-streams.ts'),
	P12: () => import('./p12-dispatch.ts'),
	P13: () => import('./p13-recovery.ts'),
	API: () => import('./api.ts'),
	P14: () => import('./p14-first-load.ts'),
	P15: () => import('./p15-start-stop.ts'),
	PAGES: () => import('./pages.ts'),
	BOMBS: () => import('./bombs.ts'),
	STORM: () => import('./storm.ts'),
	RATE: () => import('./ratings.ts'),
	CARD: () => import('./card.ts'),
	CLI: () => import('./cli.ts'),
	PUSH: () => import('./push.ts'),
	LARGE: () => import('./large.ts'),
	MEMORY: () => import('./memory.ts'),
	PLAY: () => import('./playground.ts'),
	TEAMS: () => import('./teams.ts'),
	PLANS: () => import('./plans.ts'),
	LIVE: () => import('./live.ts'),
	LAYOUT: () => import('./layout.ts'),
	PURGE: () => import('./purge.ts'),
	LOCKS: () => import('./locks.ts'),
	WAIT: () => import('./waiting.ts'),
	UNEVEN: () => import('./uneven.ts'),
	GROWTH: () => import('./growth.ts'),
	FALSE: () => import('./false-alarms.ts'),
	NEAR: () => import('./near.ts'),
	RESULTS: () => import('./verdict.ts'),
	PREFLIGHT: () => import('./preflight.ts')
};
type Heard = { found: Measure[]; used: number };

/** Measures of README.md that come with another: what they ask about is there already. */
const within: Record<string, string> = { P2: 'GROWTH', P5: 'API', P6: 'CARD', P8: 'GROWTH', P11: 'P10' };
/** A look at everything that a change may have made worse, as far as that is seen in a few minutes. */
const quick = ['P1', 'P3', 'P4', 'P12', 'API', 'P14', 'CLI', 'NEAR', 'PREFLIGHT', 'PLAY', 'RESULTS'];
const [inside, ...rest] = process.argv.slice(2);

/** Where lies what a bench fills its database with, when that takes minutes: done once, and copied each time. */
const keptFor = (key: string) =>
	path.join(os.tmpdir(), `aitelier-bench-kept-${createHash('sha256').update(key).digest('hex').slice(0, 16)}`);

if (inside === '--fill') {
	const { openBench } = await import('./environment.ts');
	const { filling } = await all[rest[0]!]!();
	const bench = await openBench();
	let filled: unknown;
	try {
		filled = await filling!.fill(bench as never);
	} catch (problem) {
		await bench.close();
		throw problem;
	}
	const kept = keptFor(filling!.key);
	await bench.close({ keepAs: kept });
	fs.writeFileSync(path.join(kept, 'filled.json'), JSON.stringify(filled));
	process.exit(0);
}

if (inside === '--one') {
	const { copyOfRoom, openBench } = await import('./environment.ts');
	const { run, filling } = await all[rest[0]!]!();
	const kept = filling && keptFor(filling.key);
	if (kept && !fs.existsSync(path.join(kept, 'filled.json'))) {
		fs.rmSync(kept, { recursive: true, force: true });
		// by itself, since a process has one platform
		execFileSync(process.execPath, [new URL(import.meta.url).pathname, '--fill', rest[0]!], { stdio: 'inherit' });
	}
	const filled = kept && JSON.parse(fs.readFileSync(path.join(kept, 'filled.json'), 'utf8'));
	const bench = await openBench(kept && copyOfRoom(kept));
	let found: Measure[];
	try {
		found = await run(bench as never, filled as never);
	} finally {
		await bench.close();
	}
	// its Postgres and its servers have ended and count as its own
	process.send!({ found, used: processorSeconds(process.pid) } satisfies Heard);
	process.exit(0);
}

const { fork } = await import('node:child_process');
const given = [inside, ...rest].filter(Boolean) as string[];
// smaller, to see a direction
const isQuick = given.includes('--quick');
const named = given.filter((name) => !name.startsWith('--')).map((name) => name.toUpperCase());
const unknown = named.filter((name) => !(name in all) && !(name in within));
if (unknown.length > 0) {
	console.error(
		`There is no measure ${unknown.join(', ')}; there are ${[...Object.keys(all), ...Object.keys(within)].join(', ')}.`
	);
	process.exit(1);
}
const chosen =
	named.length > 0 ? [...new Set(named.map((name) => within[name] ?? name))] : isQuick ? quick : Object.keys(all);
if (isQuick) process.env.BENCH_QUICK = 'yes';
const load = os.loadavg()[0]!;
if (load > 0.3)
	console.log(`The machine is busy (load ${load.toFixed(2)}); the numbers are floors, the ratios still compare.\n`);
const asksServer = [
	'API',
	'P15',
	'PAGES',
	'BOMBS',
	'RATE',
	'STORM',
	'CARD',
	'PUSH',
	'LARGE',
	'PLAY',
	'LAYOUT',
	'P7',
	'P10',
	'P14'
];
if (chosen.some((name) => asksServer.includes(name)) && !fs.existsSync('build/index.js')) {
	execFileSync('npx', ['vite', 'build'], { stdio: 'ignore' });
}

const measures: Measure[] = [];
for (const name of chosen) {
	process.stdout.write(`${name} …\r`);
	const child = fork(new URL(import.meta.url).pathname, ['--one', name]);
	const begunAt = performance.now();
	const { found, used } = await new Promise<Heard>((done, failed) => {
		let heard: Heard | undefined;
		child.on('message', (message) => (heard = message as Heard));
		child.on('exit', (code) => (heard ? done(heard) : failed(new Error(`${name} ended with ${code}`))));
	});
	for (const measure of found) print(measure);
	const took = (performance.now() - begunAt) / 1000;
	console.log(`${name} took ${took.toFixed(0)} s, and ${used.toFixed(0)} s of processors`);
	measures.push(...found);
}

function print(measure: Measure) {
	const value = median(measure.values);
	const spread =
		measure.values.length > 1
			? ` (${Math.min(...measure.values).toFixed(1)}–${Math.max(...measure.values).toFixed(1)})`
			: '';
	const against = measure.floor
		? ` · ${measure.floor.what} ${median(measure.floor.values).toFixed(1)} ${measure.unit}`
		: '';
	const sign = measure.better === 'lower' ? '≤' : '≥';
	const mark = reaches(measure, measure.moonshot)
		? 'moonshot'
		: reaches(measure, measure.target)
			? 'reached'
			: 'MISSED';
	console.log(
		`${measure.id.padEnd(4)} ${measure.what.padEnd(40)} ${value.toFixed(2)} ${measure.unit}${spread}${against} → ${figure(measure).toFixed(2)} (${sign} ${measure.target}, moonshot ${measure.moonshot}) ${mark}${measure.note ? ` · ${measure.note}` : ''}`
	);
}

fs.mkdirSync('tests/bench/results', { recursive: true });
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
const about = {
	commit,
	node: process.version,
	cpu: os.cpus()[0]?.model,
	cores: os.cpus().length,
	load,
	at: new Date().toISOString()
};
const file = `tests/bench/results/${commit}-${Date.now()}.json`;
fs.writeFileSync(
	file,
	JSON.stringify({ about, measures: measures.map((measure) => ({ ...measure, figure: figure(measure) })) }, null, '\t')
);
console.log(`\nKept in ${file}`);
const last = readLast();
const figures = measures.map(compared);
const worse = worseThan(last, figures, isQuick);
for (const sentence of worse) console.log(`worse: ${sentence}`);
if (given.includes('--keep')) keepLast(withMeasures(last, figures, isQuick, about));
if (worse.length > 0 || measures.some((measure) => !reaches(measure, measure.target))) process.exitCode = 1;
