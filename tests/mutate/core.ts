import '../../src/launch/node24.ts';
import { globSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { MutantResult } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { equivalentInCore } from './core-equivalent.ts';

// Mutants of the rules: StrykerJS makes them and asks, for each, the tests of its own folder that reach it; what others happen to
// notice does not count. `node tests/mutate/core.ts` takes all of core, `… math text` these folders, `… math/hash.ts` one file,
// with the tests of its name.
//
// Texts are not mutated: most are sentences for people, and a test that repeats a sentence holds nothing but its spelling.
// Where a text decides (a status, a side, an outcome), the types know the few it can be, and the conditions are mutated.

const root = 'src/lib/core';
const concurrency = Number(process.env.MUTATE_AT_ONCE ?? 2);

/** Every folder of core with rules in it, each before those within it; `.` is core itself. */
const folders = () => {
	const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
	return [...new Set(files.map((name) => path.dirname(name)))].sort();
};

/** Folders with what is in them, and files as they are; nothing named is everything. */
const placesOf = (names: string[]) => {
	if (names.length === 0) return folders();
	return names.flatMap((name) =>
		name.endsWith('.ts') ? [name] : folders().filter((folder) => folder === name || folder.startsWith(`${name}/`))
	);
};

/** The tests of a folder with all that is in it; of a file those of its name, where there are any. */
const testsOf = (place: string) => {
	if (place === '.') return 'tests/core/*.test.ts';
	if (!place.endsWith('.ts')) return `tests/core/${place}/**/*.test.ts`;
	const own = `tests/core/${place.slice(0, -'.ts'.length)}*.test.ts`;
	return globSync(own).length > 0 ? own : testsOf(path.dirname(place));
};

const mutantsOf = async (place: string): Promise<MutantResult[]> => {
	process.env.MUTATE_TESTS = testsOf(place);
	const sandbox = mkdtempSync(path.join(os.tmpdir(), 'aitelier-mutants-'));
	try {
		return await new Stryker({
			mutate: [path.join(root, place.endsWith('.ts') ? place : `${place}/*.ts`)],
			mutator: { excludedMutations: ['StringLiteral'] },
			// without tsconfig.json, which asks for what Kit generates
			ignorePatterns: [
				'**',
				'!package.json',
				'!src/lib/**',
				'!tests/core/**',
				'!tests/support/**',
				'!tests/mutate/**',
				'!examples/**'
			],
			testRunner: 'vitest',
			plugins: ['@stryker-mutator/vitest-runner'],
			vitest: { configFile: 'tests/mutate/vitest.config.ts' },
			coverageAnalysis: 'perTest',
			timeoutMS: 3000,
			concurrency,
			reporters: ['progress-append-only'],
			tempDirName: sandbox,
			logLevel: 'warn',
			allowEmpty: true
		} as ConstructorParameters<typeof Stryker>[0]).runMutationTest();
	} finally {
		rmSync(sandbox, { recursive: true, force: true });
	}
};

/** The line as it reads with the mutant in it: the name of a mutant, the same from run to run. */
const named = ({ fileName, location: { start, end }, replacement }: MutantResult) => {
	const file = path.relative(root, fileName);
	const lines = readFileSync(fileName, 'utf8').split('\n');
	const before = lines[start.line - 1]!.slice(0, start.column - 1);
	const after = lines[end.line - 1]!.slice(end.column - 1);
	const inOneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim();
	const was = inOneLine(lines.slice(start.line - 1, end.line).join(' '));
	return { id: `${file}: ${inOneLine(before + replacement + after)}`, at: `${root}/${file}:${start.line}`, was };
};

const percent = (killed: number, alive: number) => `${((100 * killed) / Math.max(1, killed + alive)).toFixed(1)} %`;

/**
 * Runs the mutants of these folders or files of core, or of all, and tells on the way what lives. What is listed as changing
 * nothing is not counted. `stale`: entries of that list which nothing answers to; known when all has run.
 */
export const mutateCore = async (places: string[] = []): Promise<{ killed: number; alive: number; stale: number }> => {
	const chosen = placesOf(places);
	const sum = { killed: 0, alive: 0, stale: 0 };
	const met = new Set<(typeof equivalentInCore)[number]>();
	for (const place of chosen) {
		const results = await mutantsOf(place);
		const score = { killed: 0, alive: 0 };
		for (const [fileName, ofFile] of Map.groupBy(results, (result) => result.fileName)) {
			const here = { killed: 0, alive: 0, same: 0 };
			const living: string[] = [];
			for (const mutant of ofFile) {
				if (mutant.status === 'Killed' || mutant.status === 'Timeout') here.killed++;
				if (mutant.status !== 'Survived' && mutant.status !== 'NoCoverage') continue;
				const { id, at, was } = named(mutant);
				const listed = equivalentInCore.filter((known) =>
					typeof known.mutant === 'string' ? known.mutant === id : known.mutant.test(id)
				);
				for (const known of listed) met.add(known);
				if (listed.length > 0) here.same++;
				else {
					here.alive++;
					living.push(
						`  alive at ${at}${mutant.status === 'NoCoverage' ? ', which no test reaches' : ''}\n    was: ${was}\n    id:  ${id}`
					);
				}
			}
			score.killed += here.killed;
			score.alive += here.alive;
			console.log(
				`core/${path.relative(root, fileName)}: ${here.killed} killed, ${here.alive} alive, ${here.same} change nothing (${percent(here.killed, here.alive)})`
			);
			for (const line of living) console.log(line);
		}
		console.log(
			`core/${place}: ${score.killed} killed, ${score.alive} alive (${percent(score.killed, score.alive)})\n`
		);
		sum.killed += score.killed;
		sum.alive += score.alive;
	}
	const isOf = (mutant: string | RegExp) =>
		chosen.some((place) =>
			String(mutant)
				.replace(/^\/\^?/, '')
				.replaceAll('\\', '')
				.startsWith(place)
		);
	for (const known of equivalentInCore) {
		if (met.has(known) || !isOf(known.mutant)) continue;
		sum.stale++;
		console.log(`core-equivalent.ts names a mutant that is not there any more: ${known.mutant}`);
	}
	return sum;
};

if (import.meta.main) {
	const { killed, alive, stale } = await mutateCore(process.argv.slice(2));
	console.log(`${killed} killed, ${alive} alive`);
	process.exitCode = stale > 0 || killed < 9 * alive ? 1 : 0;
}
