import { inProject } from '../../src/lib/server/access/scope.ts';
import type { ProjectScope } from '../../src/lib/server/access/scope.ts';
import { getDashboard } from '../../src/lib/server/activity/queries.ts';
import { importExamples } from '../../src/lib/server/examples/commands.ts';
import { browseExamples } from '../../src/lib/server/examples/queries.ts';
import { signExamples } from '../../src/lib/server/examples/signatures.ts';
import { getFrame, listProjectCounts } from '../../src/lib/server/project/queries.ts';
import { nextCards, recentRatings } from '../../src/lib/server/ratings/queries.ts';
import { getPreflight } from '../../src/lib/server/runs/queries.ts';
import { getSplit } from '../../src/lib/server/splits/queries.ts';
import { newProject, newTeam } from '../support/team.ts';
import type { Bench } from './environment.ts';
import { type Size, seedGrowth, sizes } from './growth-seed.ts';
import { type Measure, median, quantile, timed } from './measure.ts';

/** Turns of all pages; where one takes seconds, those that fit into the time tell as much. */
const measured = { most: 25, forMs: process.env.BENCH_QUICK === 'yes' ? 20_000 : 90_000 };

const queue = { filter: 'unrated', sort: 'newest', seed: 1, seen: [] as string[] } as const;
const rate = async (scope: ProjectScope, filter: 'unrated' | 'second' | 'below') => {
	await nextCards(scope, { ...queue, seen: [], filter });
	await recentRatings(scope);
};
const search = (words: string) => (scope: ProjectScope) => browseExamples(scope, { search: words });

type Page = { look: (scope: ProjectScope) => Promise<unknown>; as?: 'rater'; mostMs?: number };

/** What a page asks for by itself; the frame, which comes with each, is one of them. */
const pages: Record<string, Page> = {
	frame: { look: (scope) => getFrame(scope, { projectId: scope.project.id }) },
	'frame, as rater': { look: (scope) => getFrame(scope, { projectId: scope.project.id }), as: 'rater' },
	team: { look: (scope) => listProjectCounts(scope) },
	dashboard: { look: (scope) => getDashboard(scope) },
	'dashboard, as rater': { look: (scope) => getDashboard(scope), as: 'rater' },
	examples: { look: (scope) => browseExamples(scope, {}) },
	'examples, one band': { look: (scope) => browseExamples(scope, { band: 'bad' }) },
	'examples, band and side': { look: (scope) => browseExamples(scope, { band: 'great', split: 'validation' }) },
	'examples, none found': { look: (scope) => browseExamples(scope, { band: 'unrated', split: 'validation' }) },
	rate: { look: (scope) => rate(scope, 'unrated') },
	'rate, second opinion': { look: (scope) => rate(scope, 'second') },
	'rate, below the bar': { look: (scope) => rate(scope, 'below') },
	'rate, as rater': { look: (scope) => rate(scope, 'unrated'), as: 'rater' },
	split: { look: (scope) => getSplit(scope) },
	'new run': { look: (scope) => getPreflight(scope, {}) },
	'search, frequent word': { look: search('missing part'), mostMs: 100 },
	'search, rare word': { look: search('rarely late'), mostMs: 100 },
	'search, absent word': { look: search('zebra'), mostMs: 100 },
	'search, one letter': { look: search('e'), mostMs: 100 },
	'search, absent letter': { look: search('ß'), mostMs: 100 },
	'search, percent sign': { look: search('%'), mostMs: 100 },
	'search, underscore': { look: search('_'), mostMs: 100 },
	'search, backslash': { look: search('\\'), mostMs: 100 },
	'search, quotes': { look: search('"'), mostMs: 100 },
	// stands in every conversation as it is kept, and in none that anybody wrote
	'search, assistant': { look: search('assistant'), mostMs: 100 },
	'search, 200 letters': { look: search('missing part of order '.repeat(10).slice(0, 200)), mostMs: 100 }
};

/**
 * GROWTH: the server's time for what each page asks, in four projects of one team beside each other. All pages and sizes take turns, so
 * that a busy moment of the machine meets each. Of the largest the value itself is judged; and what a hundred thousand cost against
 * a thousand.
 */
export const run = async ({ owner }: Bench): Promise<Measure[]> => {
	const scopes = await growthWorld(owner);
	const taken = await inTurns(scopes, measured);
	const pagesGrow = Object.entries(pages).flatMap(([name, { mostMs = 50 }]) => {
		const { '1k': least, '100k': many, '1m': most } = taken[name]!;
		const said = sizes.map((size) => `${size} ${median(taken[name]![size]!).toFixed(1)}`).join(' · ');
		return [
			...(most
				? [
						{
							id: 'GROW',
							what: `${name}, a million`,
							unit: 'ms',
							values: most,
							judged: 'value' as const,
							target: mostMs,
							moonshot: mostMs / 2,
							better: 'lower' as const,
							note: said
						}
					]
				: []),
			{
				id: 'GROW',
				what: `${name}, a hundred thousand`,
				unit: 'ms',
				values: many!,
				floor: { what: 'a thousand', values: least! },
				judged: 'value over floor',
				target: 1.5,
				moonshot: 1.1,
				better: 'lower',
				note: said
			}
		] satisfies Measure[];
	});
	const most = sizes.at(-1)!;
	return [
		...pagesGrow,
		await dashboardAgainstScan(owner, taken.dashboard![most]!),
		await importBeside(scopes[most].owner)
	];
};

/** P8: what a dashboard takes beside the most examples there are, against reading them once. */
const dashboardAgainstScan = async (owner: Bench['owner'], dashboards: number[]): Promise<Measure> => {
	const scans: number[] = [];
	for (let round = 0; round < 5; round++)
		scans.push(await timed(() => owner`select count(*) from examples where tokens > 0`));
	return {
		id: 'P8',
		what: 'dashboard beside the most examples, p95',
		unit: 'ms',
		values: [quantile(dashboards, 0.95)],
		floor: { what: 'one scan of all', values: scans },
		judged: 'value over floor',
		target: 0.3,
		moonshot: 0.1,
		better: 'lower'
	};
};

/** P2: a thousand lines into the largest project there is, against a new one. */
const importBeside = async (largest: ProjectScope): Promise<Measure> => {
	const lines = function* (of: string) {
		for (let number = 1; number <= 1_000; number++) {
			const messages = [
				{ role: 'user', content: `Where is parcel ${number} of ${of}?` },
				{ role: 'assistant', content: `Parcel ${number} comes on Friday, and costs nothing.` }
			];
			yield { number, text: JSON.stringify({ messages }) };
		}
	};
	const into = (scope: ProjectScope, of: string) =>
		timed(() => importExamples(scope, { fileName: `${of}.jsonl`, lines: lines(of) }));
	const [values, floor]: [number[], number[]] = [[], []];
	for (let round = -1; round < 7; round++) {
		const slug = `new-${round + 1}`;
		await newProject(largest, { slug });
		const small = await into(await inProject(largest, slug), slug);
		const large = await into(largest, `large-${round}`);
		if (round < 0) continue; // the first turn warms up
		floor.push(small);
		values.push(large);
	}
	return {
		id: 'P2',
		what: 'import of 1,000 into the largest project',
		unit: 'ms',
		values,
		floor: { what: 'into a new one', values: floor },
		judged: 'value over floor',
		target: 1.5,
		moonshot: 1.1,
		better: 'lower'
	};
};

type World = Record<Size, Record<'owner' | 'rater', ProjectScope>>;

/** The team with its four projects, as an owner and a rater see them. */
export const growthWorld = async (owner: Bench['owner']): Promise<World> => {
	const { scope, as, owner: person } = await newTeam();
	const [rater, second] = [await as('rater'), await as('rater')];
	const projects = {} as Record<Size, string>;
	for (const size of sizes) projects[size] = (await newProject(scope, { slug: size })).project.id;
	// a provider that has to be asked is none of the database's time
	await owner`update projects set connection_id = null`;
	await seedGrowth(owner, projects, { rater: rater.userId, first: person.id, second: second.userId });
	for (let round = 0; round < 15; round++) await signExamples(scope); // as the janitor does, minute by minute
	const world = {} as World;
	for (const size of sizes) world[size] = { owner: await inProject(scope, size), rater: await inProject(rater, size) };
	return world;
};

/** Milliseconds by page and size. */
export const inTurns = async (world: World, { most, forMs }: typeof measured) => {
	const taken: Record<string, Partial<Record<Size, number[]>>> = {};
	const until = performance.now() + forMs;
	for (let turn = -1; turn < most && (turn < 1 || performance.now() < until); turn++)
		for (const [name, { look, as = 'owner' }] of Object.entries(pages))
			for (const size of sizes) {
				const ms = await timed(() => look(world[size][as]));
				if (turn >= 0) ((taken[name] ??= {})[size] ??= []).push(ms); // the first turn warms up
			}
	return taken;
};
