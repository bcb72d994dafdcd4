import '../../src/launch/node24.ts';
import { globSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { equivalentInCore } from './core-equivalent.ts';
import { Verdicts } from './verdicts.ts';

// Mutants of the rules: StrykerJS makes them and asks, for each, the tests of its own folder that reach it; what others happen to
// notice does not count. `node tests/mutate/core.ts` takes all of core, `… math text` these folders, `… math/hash.ts` one file,
// with the tests of its name. MUTATE_AT_ONCE says how many are asked at once.
//
// Texts are not mutated: most are sentences for people, and a test that repeats a sentence holds nothing but its spelling.
// Where a text decides (a status, a side, an outcome), the types know the few it can be, and the conditions are mutated.

const root = 'src/lib/core';

type Result = Pick<
	Awaited<ReturnType<Stryker['runMutationTest']>>[number],
	'fileName' | 'location' | 'replacement' | 'status'
>;

/** Every folder of core with rules in it; `.` is core itself. */
const folders = () => {
	const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
	return [...new Set(files.map((name) => path.dirname(name)))].sort();
};

/** Folders with what is in them, and files as they are; nothing named is everything. */
const placesOf = (names: readonly string[]) => {
	if (names.length === 0) return folders();
	return names.flatMap((name) =>
		name.endsWith('.ts') ? [name] : folders().filter((folder) => folder === name || folder.startsWith(`${name}/`))
	);
};

/** The tests of a folder with all that is in it; of a file those of its name, where there are any. */
const testsOf = (place: string): string => {
	if (place === '.') return 'tests/core/*.test.ts';
	if (!place.endsWith('.ts')) return `tests/core/${place}/**/*.test.ts`;
	const own = `tests/core/${place.slice(0, -'.ts'.length)}*.test.ts`;
	return globSync(own).length > 0 ? own : testsOf(path.dirname(place));
};

const resultsOf = async (place: string): Promise<Result[]> => {
	process.env.MUTATE_TESTS = testsOf(place); // for vitest.config.ts, in the processes that Stryker starts
	const sandbox = mkdtempSync(path.join(os.tmpdir(), 'aitelier-mutants-'));
	// what is copied; not tsconfig.json, which asks for files that Kit generates
	const copied = ['package.json', 'src/lib/**', 'tests/core/**', 'tests/support/**', 'tests/mutate/**', 'examples/**'];
	try {
		const results = await new Stryker({
			mutate: [path.join(root, place.endsWith('.ts') ? place : `${place}/*.ts`)],
			mutator: { excludedMutations: ['StringLiteral'] },
			ignorePatterns: ['**', ...copied.map((pattern) => `!${pattern}`)],
			testRunner: 'vitest',
			plugins: ['@stryker-mutator/vitest-runner'],
			vitest: { configFile: 'tests/mutate/vitest.config.ts' },
			coverageAnalysis: 'perTest',
			timeoutMS: 5000,
			dryRunTimeoutMinutes: 60, // beside other work the rules of a comparison take a while
			concurrency: Number(process.env.MUTATE_AT_ONCE ?? 2),
			reporters: ['progress-append-only'],
			warnings: false,
			tempDirName: sandbox,
			logLevel: 'warn',
			allowEmpty: true
		} as ConstructorParameters<typeof Stryker>[0]).runMutationTest();
		return results.map(({ fileName, location, replacement, status }) => ({ fileName, location, replacement, status }));
	} finally {
		rmSync(sandbox, { recursive: true, force: true });
	}
};

const inOneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

/** The line as it is, and as it reads with the mutant in it, which names the mutant from run to run. Lines and columns count from 1. */
const named = ({ fileName, location: { start, end }, replacement }: Result) => {
	const file = path.relative(root, fileName);
	const lines = readFileSync(fileName, 'utf8').split('\n');
	const before = lines[start.line - 1]!.slice(0, start.column - 1);
	const after = lines[end.line - 1]!.slice(end.column - 1);
	return {
		id: `${file}: ${inOneLine(before + replacement + after)}`,
		at: `${root}/${file}:${start.line}`,
		was: inOneLine(lines.slice(start.line - 1, end.line).join(' '))
	};
};

const changesNothing = ({ id, was }: ReturnType<typeof named>) =>
	equivalentInCore.filter(
		(known) =>
			(typeof known.mutant === 'string' ? known.mutant === id : known.mutant.test(id)) &&
			(known.was === undefined || known.was === was)
	);

const summary = (name: string, { killed, alive }: { killed: number; alive: number }) =>
	`core/${name}: ${killed} killed, ${alive} alive (${((100 * killed) / Math.max(1, killed + alive)).toFixed(1)} %)`;

/** Counts the mutants of one file and tells of each that lives. One that runs without end is killed. */
const judged = (fileName: string, results: readonly Result[], met: Set<object>) => {
	const killed = results.filter(({ status }) => status === 'Killed' || status === 'Timeout').length;
	const living = results.filter(({ status }) => status === 'Survived' || status === 'NoCoverage').map(named);
	const alive = living.filter((mutant) => changesNothing(mutant).length === 0);
	for (const mutant of living) for (const known of changesNothing(mutant)) met.add(known);

	const endless = results.filter(({ status }) => status === 'Timeout').length;
	const more = `${living.length - alive.length} change nothing, ${endless} ran without end`;
	console.log(`${summary(path.relative(root, fileName), { killed, alive: alive.length })}; ${more}`);
	for (const { id, at, was } of alive) console.log(`  alive at ${at}\n    was: ${was}\n    id:  ${id}`);
	return { killed, alive: alive.length };
};

/**
 * Runs the mutants of these folders or files of core, or of all, and tells on the way what lives. What is listed as changing
 * nothing is not counted. `keep`: a file for verdicts (`verdicts.ts`). `stale`: entries of that list which nothing answers to; known when all has run.
 */
export const mutateCore = async (
	names: readonly string[] = [],
	keep?: string
): Promise<{ killed: number; alive: number; stale: number }> => {
	const scores = new Map<string, { killed: number; alive: number }>();
	const met = new Set<object>();
	const verdicts = new Verdicts<Result[]>(keep, (_, asked) => asked);
	for (const place of placesOf(names)) {
		const feature = place.split('/')[0]!;
		const score = scores.get(feature) ?? { killed: 0, alive: 0 };
		const results = await verdicts.of(`core/${place}`, globSync(testsOf(place)), () => resultsOf(place));
		for (const [fileName, ofFile] of Map.groupBy(results, (result) => result.fileName)) {
			const { killed, alive } = judged(fileName, ofFile, met);
			score.killed += killed;
			score.alive += alive;
		}
		scores.set(feature, score);
	}
	for (const [feature, score] of scores) console.log(summary(feature, score));

	const stale = names.length > 0 ? [] : equivalentInCore.filter((known) => !met.has(known));
	for (const { mutant } of stale)
		console.log(`core-equivalent.ts names a mutant that is not there any more: ${mutant}`);
	const sum = (of: 'killed' | 'alive') => [...scores.values()].reduce((total, score) => total + score[of], 0);
	return { killed: sum('killed'), alive: sum('alive'), stale: stale.length };
};

if (import.meta.main) {
	const { killed, alive, stale } = await mutateCore(process.argv.slice(2));
	console.log(`${killed} killed, ${alive} alive`);
	process.exitCode = stale > 0 || killed < 9 * alive ? 1 : 0;
}
