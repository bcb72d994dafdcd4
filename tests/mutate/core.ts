import '../../src/launch/node24.ts';
import { globSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { equivalentInCore } from './core-equivalent.ts';
import { type CoreEnd, type CoreKnown, type CoreResult, CoreTrials } from './core-trials.ts';
import { Verdicts } from './verdicts.ts';

// Mutants of the rules: StrykerJS makes them (`core-trials.ts`), and the tests of its own folder that reach one are asked; what others happen to
// notice does not count. `node tests/mutate/core.ts` takes all of core, `… math text` these folders, `… math/hash.ts` one file,
// with the tests of its name.
//
// Texts are not mutated: most are sentences for people, and a test that repeats a sentence holds nothing but its spelling.
// Where a text decides (a status, a side, an outcome), the types know the few it can be, and the conditions are mutated.

const root = 'src/lib/core';

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

/** Many megabytes, and simulations of thousands of votes: a mutant would go through them again and again. */
const takesMinutes = /import\/bombs|evaluations\/(coverage|verdict-budget)/;

/** The tests of a folder with all that is in it; of a file those of its name, where there are any. */
const testsOf = (place: string): string[] => {
	const found = (pattern: string) => globSync(`tests/core/${pattern}`).filter((file) => !takesMinutes.test(file));
	if (place === '.') return found('*.test.ts');
	if (!place.endsWith('.ts')) return found(`${place}/**/*.test.ts`);
	const own = found(`${place.slice(0, -'.ts'.length)}*.test.ts`);
	return own.length > 0 ? own : testsOf(path.dirname(place));
};

const filesOf = (place: string) =>
	place.endsWith('.ts') ? [path.join(root, place)] : globSync(path.join(root, place, '*.ts'));

const inOneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

/** The line as it is, and as it reads with the mutant in it, which names the mutant from run to run. Lines and columns count from 1. */
const named = ({ fileName, location: { start, end }, replacement, isCut }: CoreResult) => {
	const file = path.relative(root, fileName);
	const lines = readFileSync(fileName, 'utf8').split('\n');
	const before = lines[start.line - 1]!.slice(0, start.column - 1);
	const after = lines[end.line - 1]!.slice(end.column - 1);
	return {
		id: `${file}: ${inOneLine(before + replacement + after)}`,
		at: `${root}/${file}:${start.line}`,
		was: inOneLine(lines.slice(start.line - 1, end.line).join(' ')),
		isCut
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
const judged = (fileName: string, results: readonly CoreResult[], met: Set<object>) => {
	const killed = results.filter(({ fate }) => fate === 'killed' || fate === 'endless').length;
	const living = results.filter(({ fate }) => fate === 'alive' || fate === 'unreached').map(named);
	const alive = living.filter((mutant) => changesNothing(mutant).length === 0);
	for (const mutant of living) for (const known of changesNothing(mutant)) met.add(known);

	const endless = results.filter(({ fate }) => fate === 'endless').length;
	const cut = alive.filter(({ isCut }) => isCut).length;
	const more =
		`${living.length - alive.length} change nothing, ${endless} ran without end` +
		(cut > 0 ? `, ${cut} of the living were not asked of every test, for some take too long` : '');
	console.log(`${summary(path.relative(root, fileName), { killed, alive: alive.length })}; ${more}`);
	for (const { id, at, was } of alive) console.log(`  alive at ${at}\n    was: ${was}\n    id:  ${id}`);
	return { killed, alive: alive.length };
};

/** What `keep` knows of single mutants of a folder that has not come to its end. */
const knownIn = (ends: Verdicts<CoreEnd>, tests: string[]): CoreKnown => {
	const nameOf = ({ fileName, location, replacement }: Omit<CoreResult, 'fate'>) => ({
		id: `core/${path.relative(root, fileName)}:${JSON.stringify(location)}`,
		text: replacement
	});
	return {
		before: (mutant) => ends.before(nameOf(mutant), tests),
		keep: (mutant, end) => ends.keep(nameOf(mutant), tests, end)
	};
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
	const verdicts = new Verdicts<CoreResult[]>(keep, (_, asked) => asked);
	const ends = new Verdicts<CoreEnd>(keep, (_, asked) => asked);
	for (const place of placesOf(names)) {
		const feature = place.split('/')[0]!;
		const score = scores.get(feature) ?? { killed: 0, alive: 0 };
		const results = await verdicts.of({ id: `core/${place}` }, testsOf(place), () =>
			CoreTrials.judge(filesOf(place), testsOf(place), knownIn(ends, testsOf(place)))
		);
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
