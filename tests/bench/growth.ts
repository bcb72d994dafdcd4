import fs from 'node:fs';
import { inProject, scopeFor } from '../../src/lib/server/access/scope.ts';
import type { ProjectScope } from '../../src/lib/server/access/scope.ts';
import { importExamples } from '../../src/lib/server/examples/commands.ts';
import { signExamples } from '../../src/lib/server/examples/signatures.ts';
import { revealResults } from '../../src/lib/server/evaluations/commands.ts';
import { newProject, newTeam } from '../support/data/team.ts';
import type { Bench } from './environment.ts';
import { type Place, pages } from './growth-pages.ts';
import { type Size, seedGrowth, sizes } from './growth-seed.ts';
import { type Measure, median, quantile, timed } from './measure.ts';
import { migrationsText } from './migrations-text.ts';
import { busyInDatabase } from './processor.ts';

/** Turns of all pages; where one takes seconds, those that fit into the time tell as much. */
const measured = { most: 25, forMs: process.env.BENCH_QUICK === 'yes' ? 20_000 : 90_000 };

/** Some minutes to write, and the same until a table changes. */
export const filling = {
	key: `growth ${sizes.join(' ')} ${migrationsText()} ${fs.readFileSync('tests/bench/growth-seed.ts', 'utf8')}`,
	fill: ({ owner }: Bench) => growthWorld(owner)
};

/**
 * GROWTH: the server's time for what each page asks, in four projects of one team beside each other. All pages and sizes take turns, so
 * that a busy moment of the machine meets each. Of the largest the value itself is judged; and what a hundred thousand cost against
 * a thousand. Judged is the time of processors, of the server and of the database: nothing waits here for anything else, and it says the same
 * of a busy machine. What it took beside that is said with it.
 */
export const run = async ({ owner }: Bench, kept: Kept): Promise<Measure[]> => {
	const world = await placesOf(kept);
	const { taken, busy } = await inTurns(owner, world, measured);
	const pagesGrow = Object.entries(pages).flatMap(([name, { mostMs = 50 }]) => {
		const { '1k': least, '100k': many, '1m': most } = busy[name]!;
		const of = (times: Partial<Record<Size, number[]>>) =>
			sizes.map((size) => `${size} ${median(times[size]!).toFixed(1)}`).join(' · ');
		const said = `${of(busy[name]!)}, waited for ${of(taken[name]!)}`;
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
		await importBeside(world[most].owner.scope)
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

/** Who and where, as it is kept with the database. */
type Kept = {
	teamId: string;
	people: { owner: string; rater: string; second: string };
	comparisons: Record<Size, Omit<Place, 'scope'>>;
};
type World = Record<Size, Record<'owner' | 'rater', Place>>;

/** A team with its four projects. */
const growthWorld = async (owner: Bench['owner']): Promise<Kept> => {
	const { scope, as, owner: person, teamId } = await newTeam();
	const [rater, second] = [await as('rater'), await as('rater')];
	const projects = {} as Record<Size, string>;
	for (const size of sizes) projects[size] = (await newProject(scope, { slug: size })).project.id;
	const people = { owner: person.id, rater: rater.userId, second: second.userId };
	const comparisons = await seedGrowth(owner, projects, people);
	// as the janitor does, minute by minute
	for (let round = 0; round < 15; round++) await signExamples(scope);
	const asOwner = scopeFor({ teamId, userId: person.id, role: 'owner', projectIds: 'all' });
	for (const size of sizes)
		await revealResults(await inProject(asOwner, size), { evaluationId: comparisons[size].revealed });
	// a provider that has to be asked is none of the database's time
	await owner`update projects set connection_id = null`;
	return { teamId, people, comparisons };
};

/** As an owner and a rater see them. */
const placesOf = async ({ teamId, people, comparisons }: Kept): Promise<World> => {
	const world = {} as World;
	const seenAs = async (size: Size, role: 'owner' | 'rater'): Promise<Place> => ({
		...comparisons[size],
		scope: await inProject(scopeFor({ teamId, userId: people[role], role, projectIds: 'all' }), size)
	});
	for (const size of sizes) world[size] = { owner: await seenAs(size, 'owner'), rater: await seenAs(size, 'rater') };
	return world;
};

type Times = Record<string, Partial<Record<Size, number[]>>>;

/** Milliseconds by page and size: how long each took, and of how much of that a processor was busy. */
const inTurns = async (owner: Bench['owner'], world: World, { most, forMs }: typeof measured) => {
	const [taken, busy]: [Times, Times] = [{}, {}];
	const failed = new Set<string>();
	const until = performance.now() + forMs;
	for (let turn = -1; turn < most && (turn < 1 || performance.now() < until); turn++)
		for (const [name, { look, as = 'owner' }] of Object.entries(pages))
			for (const size of sizes) {
				const before = await busyInDatabase(owner);
				const used = process.cpuUsage();
				// one that is not answered has taken what it took, and the others are asked all the same
				const ms = await timed(() =>
					look(world[size][as]).catch((problem: Error) => failed.add(`${name}, ${size}: ${problem.message}`))
				);
				const { user, system } = process.cpuUsage(used);
				const ofProcessor = (user + system) / 1000 + (await busyInDatabase(owner)) - before;
				if (turn < 0) continue; // the first turn warms up
				((taken[name] ??= {})[size] ??= []).push(ms);
				((busy[name] ??= {})[size] ??= []).push(ofProcessor);
			}
	for (const sentence of failed) console.log(`not answered: ${sentence}`);
	return { taken, busy };
};
