import fs from 'node:fs';
import path from 'node:path';
import type postgres from 'postgres';
import { operations } from '../../src/lib/contract/operations.ts';
import { AppError } from '../../src/lib/core/errors.ts';
import { withTimeouts, inProject, scopeFor } from '../../src/lib/server/access/scope.ts';
import { browseExamples } from '../../src/lib/server/examples/queries.ts';
import { markExamples } from '../../src/lib/server/examples/marks.ts';
import { signExamples } from '../../src/lib/server/examples/signatures.ts';
import { sweepAll } from '../../src/lib/server/jobs/worker.ts';
import { closePools } from '../../src/lib/server/platform/db/pools.ts';
import { configureProviders } from '../../src/lib/server/providers/configure.ts';
import { nextCards, recentRatings } from '../../src/lib/server/ratings/queries.ts';
import { getPreflight } from '../../src/lib/server/runs/queries.ts';
import { actorIn, inputFor, outcome, scenes } from '../support/data/scenes.ts';
import { useCases } from '../support/data/use-cases.ts';
import { type World, newWorld } from '../support/data/world.ts';
import type { Bench } from './environment.ts';
import type { Measure } from './measure.ts';
import { migrationsText } from './migrations-text.ts';
import { type Wrong, explainedIn, inVain, mark, wrongIn } from './plans-read.ts';
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

type Deed = { name: string; work: () => Promise<unknown> };

/** An answer that comes in pieces is read to its end. */
const readWhole = async (answer: unknown) => {
	for (const part of Object.values((answer ?? {}) as object))
		if (typeof part?.[Symbol.asyncIterator] === 'function') for await (const _ of part as AsyncIterable<unknown>);
};

/** What cannot be asked of this world, as its own tests ask it. */
const elsewhere = ['servings.start', 'connections.lookForStrays', 'connections.stopStray', 'team.leave', 'team.delete'];

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
	const ofContract = (kind: 'query' | 'command') =>
		operations
			.filter((operation) => operation.kind === kind && (operation.within === 'team' || operation.within === 'project'))
			.filter(({ name }) => !elsewhere.includes(name))
			.map((operation): Deed => ({
				name: operation.name,
				work: async () => {
					const scene = (await scenes[operation.name]?.(owner, w)) ?? {};
					const actor = withTimeouts(scene.actor ?? (await actorIn(w, 'owner')), 'long');
					const { code, answer } = await outcome(operation, actor, inputFor(operation, w, scene));
					await readWhole(answer);
					await owner`update projects set deleted_at = null, deleted_by = null where deleted_at is not null`;
					if (code !== 'ok') throw new AppError(code as never, `answers ${code}`);
				}
			}));
	const janitor: Deed[] = [{ name: 'the janitor', work: sweepAll }];
	return [...pages, ...ofContract('query'), ...ofContract('command'), ...janitor];
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
 * come than were expected and a nested loop was chosen for it, and what keeps the database busiest. By processor time, whatever else goes on.
 */
export const run = async ({ owner, room }: Bench, kept: Omit<World, 'scopes'>): Promise<Measure[]> => {
	configureProviders({ allowLocal: true });
	const w = await backAgain(owner, kept);
	await explainAll(owner);
	const log = path.join(room, 'postgres.log');
	const from = fs.statSync(log).size;
	const failed: string[] = [];
	const busy: { name: string; ms: number }[] = [];
	for (const { name, work } of await deedsIn(owner, w)) {
		await owner.unsafe(`do $$ begin raise log '${mark}${name.replaceAll("'", '').replaceAll('%', '%%')}'; end $$`);
		const before = await busyInDatabase(owner);
		await work().catch((problem: Error) => failed.push(`${name}: ${problem.message.slice(0, 200)}`));
		busy.push({ name, ms: (await busyInDatabase(owner)) - before });
	}
	const explained = await explainedIn(log, from);
	const each = (found: Wrong[]) => [...new Map(found.map((one) => [`${one.query} ${one.node}`, one])).values()];
	const wrong = each(explained.flatMap(wrongIn));
	const vain = each(explained.flatMap(inVain));
	for (const [list, said] of [
		[wrong, 'came'],
		[vain, 'read in vain']
	] as const)
		for (const { during, node, expected, came, ms, query } of list)
			console.log(
				`${during}: ${node}, ${expected} rows expected, ${came} ${said} (${ms.toFixed(0)} ms): ${query.slice(0, 400)}`
			);
	for (const sentence of failed) console.log(`not asked: ${sentence}`);
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
			note: `${busy.length - failed.length} of ${busy.length} deeds, ${examples.toLocaleString('en')} examples beside a thousand teams`
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
			what: 'database of the busiest deed',
			unit: 'ms',
			values: [busy[0]!.ms],
			target: mostMs,
			moonshot: mostMs / 4,
			note: busy[0]!.name
		},
		{ ...base, what: 'deeds that could not be asked', unit: '', values: [failed.length], target: 0, moonshot: 0 }
	];
};
