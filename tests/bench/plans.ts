import fs from 'node:fs';
import path from 'node:path';
import type postgres from 'postgres';
import type { Operation } from '../../src/lib/contract/operation.ts';
import { operations } from '../../src/lib/contract/operations.ts';
import { AppError } from '../../src/lib/core/errors.ts';
import { withTimeouts, inProject, scopeFor } from '../../src/lib/server/access/scope.ts';
import { browseExamples } from '../../src/lib/server/examples/queries.ts';
import { markExamples } from '../../src/lib/server/examples/marks.ts';
import { signExamples } from '../../src/lib/server/examples/signatures.ts';
import { sweepAll } from '../../src/lib/server/jobs/worker.ts';
import { closePools } from '../../src/lib/server/platform/db/pools.ts';
import { compareAll } from '../../src/lib/server/prompts/compare.ts';
import { configureProviders } from '../../src/lib/server/providers/configure.ts';
import { nextCards, recentRatings } from '../../src/lib/server/ratings/queries.ts';
import { getPreflight } from '../../src/lib/server/runs/queries.ts';
import { type Scene, actorIn, inputFor, outcome, scenes } from '../support/data/scenes.ts';
import { useCases } from '../support/data/use-cases.ts';
import { type World, newWorld } from '../support/data/world.ts';
import type { Bench } from './environment.ts';
import type { Measure } from './measure.ts';
import { migrationsText } from './migrations-text.ts';
import { type Wrong, explainedIn, inVain, mark, whyRight, wrongIn } from './plans-read.ts';
import { seedPlans } from './plans-seed.ts';
import { busyInDatabase } from './processor.ts';

const examples = Number(process.env.BENCH_ROWS ?? (process.env.BENCH_QUICK ? 100_000 : 1_000_000));

/** A thousand teams beside a world with a project of a million: some minutes to write, and the same until a table changes. */
export const filling = {
	key: `plans ${examples} ${migrationsText()} ${fs.readFileSync('tests/bench/plans-seed.ts', 'utf8')}`,
	fill: async ({ owner }: Bench) => {
		configureProviders({ allowLocal: true });
		const { scopes, ...world } = await newWorld(owner, process.env.SANDBOX_URL!);
		await seedPlans(owner, world as World, examples);
		// as the janitor does, minute by minute: else each search, and each checklist, reads everything
		for (let marked = 0; marked < examples; marked += 400_000) await markExamples(scopes.owner);
		for (let signed = 0; signed < examples; signed += 90_000) await signExamples(scopes.owner);
		for (const { id: teamId } of await owner`select id from teams where slug like 'neighbour-%'`) {
			const theirs = scopeFor({ teamId, userId: null, role: 'owner', projectIds: 'all' });
			await markExamples(theirs);
			await signExamples(theirs);
		}
		return world;
	}
};

/** What scopes are made of is in it; the sandbox has another address by now. */
const backAgain = async (owner: postgres.Sql, kept: Omit<World, 'scopes'>): Promise<World> => {
	const sandboxUrl = process.env.SANDBOX_URL!;
	await owner`update connections set base_url = replace(base_url, ${kept.sandboxUrl}, ${sandboxUrl}) where team_id = ${kept.teamId}`;
	const scope = (role: 'owner' | 'trainer' | 'rater') => {
		const userId = kept.people[role];
		return { ...scopeFor({ teamId: kept.teamId, userId, role, projectIds: 'all' }), userId };
	};
	const scopes = { owner: scope('owner'), trainer: scope('trainer'), rater: scope('rater') };
	return { ...kept, sandboxUrl, scopes } as World;
};

/** `ready`: what has to be so before, and is no part of it. */
type Deed = { name: string; ready?: () => Promise<unknown>; work: () => Promise<unknown> };

/** An answer that comes in pieces is read to its end. */
const readWhole = async (answer: unknown) => {
	for (const part of Object.values((answer ?? {}) as object))
		if (typeof part?.[Symbol.asyncIterator] === 'function') for await (const _ of part as AsyncIterable<unknown>);
};

/** What cannot be asked of this world, as its own tests ask it. */
const elsewhere = ['servings.start', 'connections.lookForStrays', 'connections.stopStray', 'team.leave', 'team.delete'];

/** What shows a comparison that is revealed. */
const toldOfLarge = ['evaluations.get', 'evaluations.results', 'evaluations.export', 'evaluations.continuation'];

/** Every operation of the contract with its example, what pages ask in other words, and what the janitor does every minute. */
const deedsIn = async (owner: postgres.Sql, w: World): Promise<Deed[]> => {
	const cases = await useCases();
	const here = async () => actorIn(w, 'owner');
	const asRater = () => inProject(w.scopes.rater, w.project);
	const queue = { sort: 'newest', seed: 1, seen: [] as string[] } as const;
	const pages: Deed[] = [
		...(['owner', 'rater'] as const).flatMap((role): Deed[] => {
			const who = () => (role === 'owner' ? here() : asRater());
			return [
				...['project.frame', 'project.counts', 'activity.dashboard', 'ratings.recent'].flatMap((name) => {
					const useCase = cases.get(name);
					if (!useCase) return [];
					const ask = async () => useCase((await who()) as never, { projectId: w.projectId } as never);
					return [{ name: `${name}, as ${role}`, work: ask }];
				}),
				{ name: `recent ratings, as ${role}`, work: async () => recentRatings(await who()) },
				...(['unrated', 'second', 'below', 'all'] as const).map((filter) => ({
					name: `cards, ${filter}, as ${role}`,
					work: async () => nextCards(await who(), { ...queue, seen: [], filter })
				})),
				...[{}, { after: 10 }, { before: 5_000 }, { search: 'order' }, { search: 'zebra' }, { search: '%' }].map(
					(filter) => ({
						name: `examples ${JSON.stringify(filter)}, as ${role}`,
						work: async () => browseExamples(await who(), filter)
					})
				)
			];
		}),
		...[
			{ band: 'bad' },
			{ split: 'train' },
			{ band: 'great', split: 'validation' },
			{ band: 'unrated', split: 'none' }
		].map((filter) => ({
			name: `examples ${JSON.stringify(filter)}`,
			work: async () => browseExamples(await here(), filter as never)
		})),
		...[{}, { method: 'dpo' }].map((input) => ({
			name: `checklist ${JSON.stringify(input)}`,
			work: async () => getPreflight(await here(), input as never)
		}))
	];
	const asked = (operation: Operation, name: string, set: (owner: postgres.Sql, w: World) => Promise<Scene>): Deed => {
		let scene: Scene = {};
		return {
			name,
			ready: async () => {
				await owner`update projects set deleted_at = null, deleted_by = null where deleted_at is not null`;
				// as the worker does, some seconds after something has changed
				await compareAll(w.scopes.owner, w.projectId, new AbortController().signal);
				scene = await set(owner, w);
			},
			work: async () => {
				const actor = withTimeouts(scene.actor ?? (await actorIn(w, 'owner')), 'long');
				const { code, problem, answer } = await outcome(operation, actor, inputFor(operation, w, scene));
				await readWhole(answer);
				if (code !== 'ok') throw new AppError(code as never, `answers ${code}: ${problem}`);
			}
		};
	};
	const ofContract = (kind: 'query' | 'command') =>
		operations
			.filter((operation) => operation.kind === kind && (operation.within === 'team' || operation.within === 'project'))
			.filter(({ name }) => !elsewhere.includes(name))
			.map((operation) => asked(operation, operation.name, scenes[operation.name] ?? (async () => ({}))));
	// of the thousands that the large comparison asks they tell when it is revealed
	const revealed = operations
		.filter(({ name }) => toldOfLarge.includes(name))
		.map((operation) =>
			asked(operation, `${operation.name}, of the large one`, async () => ({ ids: { evaluation: w.voting } }))
		);
	const janitor: Deed[] = [{ name: 'the janitor', work: sweepAll }];
	return [...pages, ...ofContract('query'), ...ofContract('command'), ...revealed, ...janitor];
};

/** From now on every statement of these connections goes to the log with its plan, those inside functions too. */
const explainAll = async (owner: postgres.Sql) => {
	const settings = {
		session_preload_libraries: 'auto_explain',
		'auto_explain.log_min_duration': '0',
		'auto_explain.log_analyze': 'on',
		'auto_explain.log_timing': 'off',
		'auto_explain.log_nested_statements': 'on',
		'auto_explain.log_format': 'json',
		'auto_explain.log_parameter_max_length': '0'
	};
	// what is set has to be known to the connection that sets it
	const sql = await owner.reserve();
	await sql`load 'auto_explain'`;
	for (const [name, value] of Object.entries(settings)) await sql.unsafe(`alter system set ${name} = '${value}'`);
	await sql`select pg_reload_conf()`;
	sql.release();
	await closePools();
};

/** So long a statement may keep a processor, whatever it is of a million. */
const mostMs = 2_000;

/**
 * PLANS: every statement that the product sends, explained in a project of a million beside a thousand other teams: where far more rows
 * come than were expected and a nested loop was chosen for it, where an index leads to rows in vain, and which takes longest. By processor
 * time, whatever else goes on.
 */
export const run = async ({ owner, room }: Bench, kept: Omit<World, 'scopes'>): Promise<Measure[]> => {
	configureProviders({ allowLocal: true });
	const w = await backAgain(owner, kept);
	await explainAll(owner);
	const log = path.join(room, 'postgres.log');
	const from = fs.statSync(log).size;
	const failed: string[] = [];
	const busy: { name: string; ms: number }[] = [];
	const begin = (name: string) => owner.unsafe(`do $$ begin raise log '${mark}${name.replaceAll('%', '%%')}'; end $$`);
	const deeds = await deedsIn(owner, w);
	for (const { name, ready, work } of deeds) {
		const fails = (problem: Error) => failed.push(`${name}: ${problem.message.slice(0, 200)}`);
		await begin('');
		if (await ready?.().then(() => false, fails)) continue;
		await begin(name);
		const before = await busyInDatabase(owner);
		await work().catch(fails);
		busy.push({ name, ms: (await busyInDatabase(owner)) - before });
	}
	await begin('');
	const explained = await explainedIn(log, from);
	const each = (found: Wrong[]) => [...new Map(found.map((one) => [`${one.query} ${one.node}`, one])).values()];
	const wrong = each(explained.flatMap(wrongIn));
	const allVain = each(explained.flatMap(inVain));
	const vain = allVain.filter((one) => whyRight(one) === null);
	for (const one of allVain)
		if (!vain.includes(one))
			console.log(`right so: ${one.during}, ${one.came} in vain (${one.ms.toFixed(0)} ms): ${whyRight(one)}`);
	for (const [list, said] of [
		[wrong, 'came'],
		[vain, 'read in vain']
	] as const)
		for (const { during, node, expected, came, ms, query } of list)
			console.log(
				`${during}: ${node}, ${expected} rows expected, ${came} ${said} (${ms.toFixed(0)} ms): ${query.slice(0, 400)}`
			);
	for (const sentence of failed) console.log(`not asked: ${sentence}`);
	// one statement goes on at a time, so that it has kept a processor no longer than its deed did
	const used = new Map(busy.map(({ name, ms }) => [name, ms]));
	const longest = explained
		.map((one) => ({ ...one, used: Math.min(one.ms, used.get(one.during)!) }))
		.sort((a, b) => b.used - a.used);
	for (const { during, used: took, ms, query } of longest.slice(0, 5))
		console.log(
			`${took.toFixed(0)} ms of a processor, ${ms.toFixed(0)} by the clock, ${during}: ${query.slice(0, 200)}`
		);
	busy.sort((a, b) => b.ms - a.ms);
	for (const { name, ms } of busy.slice(0, 10)) console.log(`${ms.toFixed(0)} ms of the database: ${name}`);
	const base = { id: 'PLANS', judged: 'value', better: 'lower' } as const;
	const statements = new Set(explained.map(({ query }) => query)).size;
	return [
		{
			...base,
			what: `statements expecting less than a hundredth, of ${statements}`,
			unit: '',
			values: [wrong.length],
			target: 0,
			moonshot: 0,
			note: `${deeds.length - failed.length} of ${deeds.length} deeds, ${examples.toLocaleString('en')} examples beside a thousand teams`
		},
		{
			...base,
			what: 'statements whose index leads to ten thousand rows in vain',
			unit: '',
			values: [vain.length],
			target: 0,
			moonshot: 0
		},
		{
			...base,
			what: 'longest statement, by processor time',
			unit: 'ms',
			values: [longest[0]!.used],
			target: mostMs,
			moonshot: mostMs / 4,
			note: longest[0]!.during
		},
		{ ...base, what: 'deeds that could not be asked', unit: '', values: [failed.length], target: 0, moonshot: 0 }
	];
};
