// The answers to a rater, a person or a key, are the same bytes whatever others have said, before the rater has said something
// themselves.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ids } from '../../src/lib/contract/ids.ts';
import type { Operation } from '../../src/lib/contract/operation.ts';
import { operations } from '../../src/lib/contract/operations.ts';
import { may } from '../../src/lib/core/permissions.ts';
import { type ProjectScope, inProject } from '../../src/lib/server/access/scope.ts';
import { addRemark, castVote, createScoring, scoreAnswer } from '../../src/lib/server/evaluations/commands.ts';
import { nextAnswers, nextPairs } from '../../src/lib/server/evaluations/queries.ts';
import { closePools } from '../../src/lib/server/platform/db/pools.ts';
import { rateExample } from '../../src/lib/server/ratings/commands.ts';
import { nextCards } from '../../src/lib/server/ratings/queries.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { answerScoring } from '../support/data/evaluation.ts';
import { letOthersSay, othersWorlds } from '../support/data/others-scores.ts';
import { newScript } from '../support/app/script.ts';
import { useCases } from '../support/data/use-cases.ts';
import { type World, newWorld } from '../support/data/world.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 2, onnotice: () => {} });
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let here: World;
let rater: ProjectScope;
/** A key that rates. */
let script: ProjectScope;
/** Nothing of the rater's or the script's is on it. */
let unrated: string;
/** Answers of one model that are being scored. */
let scoring: string;
beforeAll(async () => {
	sandbox = await startSandbox({ port: 0, speed: 20 });
	here = await newWorld(owner, sandbox.url);
	rater = await inProject(here.scopes.rater, here.project);
	const { cards } = await nextCards(rater, { filter: 'all', sort: 'random', seed: 3, seen: [] });
	unrated = cards[7]!.id;
	// own scores in every band, so that lists, filters and counts by them have something to say
	script = await inProject(await newScript(here.scopes.owner, 'rater'), here.project);
	for (const [at, { id }] of cards.slice(0, 7).entries())
		for (const reader of [rater, script])
			await rateExample(reader, { exampleId: id, score: at + 2, clientId: randomUUID() });
	const trainer = await inProject(here.scopes.trainer, here.project);
	const other = await inProject(await newScript(here.scopes.owner, 'rater', { name: 'Other' }), here.project);
	await rateExample(other, { exampleId: unrated, score: 5, clientId: randomUUID() });
	const asked = { runId: here.run, pairs: 3, votes: 2, temperature: 0, maxTokens: 512, thinking: false };
	scoring = (await createScoring(await inProject(here.scopes.owner, here.project), asked)).id;
	await answerScoring(here.scopes.owner, scoring);
	for (const voter of [trainer, other]) {
		const { pairs } = await nextPairs(voter, { evaluationId: here.voting, after: -1 });
		for (const { ballotId } of pairs.slice(0, 3)) {
			const on = { evaluationId: here.voting, ballotId };
			await castVote(voter, { ...on, choice: 'first', clientId: randomUUID() });
			await addRemark(voter, { ...on, first: 7, second: 4, note: 'x', clientId: randomUUID() });
		}
		const { list } = await nextAnswers(voter, { evaluationId: scoring, after: -1 });
		for (const { ballotId } of list.slice(0, 2))
			await scoreAnswer(voter, { evaluationId: scoring, ballotId, score: 6, clientId: randomUUID() });
	}
}, 60_000);
afterAll(async () => {
	await closePools();
	await owner.end();
	await sandbox.stop();
});

/** The example of the contract asks one thing; these ask what could tell the most. */
const alsoAsked: Record<string, object[]> = {
	'examples.list': [
		{},
		...['unrated', 'bad', 'okay', 'great'].map((band) => ({ band })),
		{ split: 'train' },
		{ split: 'none' }
	],
	'examples.browse': [{}, { band: 'great' }, { split: 'validation' }],
	'ratings.nextCards': ['unrated', 'all', 'below', 'needs-rewrite'].flatMap((filter) =>
		['newest', 'random', 'rating'].map((sort) => ({ filter, sort, seed: 5 }))
	),
	'project.frame': [{ projectId: null }]
};
const reads = operations.filter(
	({ kind, within, action }) =>
		kind === 'query' && (within === 'team' || within === 'project') && (action === null || may('rater', action))
);
const inputsOf = (operation: Operation): never[] => {
	const asked = [operation.example.input as object, ...(alsoAsked[operation.name] ?? [])];
	return asked.flatMap((input) => {
		const text = JSON.stringify(input);
		return (text.includes(ids.evaluation) ? [here.voting, scoring] : [here.voting]).map((evaluation) => {
			const known: Record<string, string> = { example: unrated, evaluation, project: here.projectId, run: here.run };
			const withIds = Object.entries(ids).reduce(
				(all, [key, id]) => all.replaceAll(id, known[key] ?? randomUUID()),
				text
			);
			return v.parse(operation.input, JSON.parse(withIds)) as never;
		});
	});
};

/** The bytes of an answer, or of a refusal. */
const answered = async (reader: ProjectScope, operation: Operation, input: never): Promise<string> => {
	const useCase = (await useCases()).get(operation.name)!;
	const answer = await useCase(reader as never, input).catch((problem) => ({ problem: String(problem) }));
	const { pieces } = (answer ?? {}) as { pieces?: AsyncIterable<unknown> };
	return JSON.stringify(pieces ? { ...(answer as object), pieces: await Array.fromAsync(pieces) } : answer);
};

test('every read that a rater may make is asked', () => {
	expect(reads.length).toBeGreaterThan(15);
	for (const name of [
		...['examples.histogram', 'examples.count', 'activity.dashboard', 'project.counts', 'project.frame'],
		...['evaluations.nextAnswers', 'evaluations.scores']
	])
		expect(reads.map((each) => each.name)).toContain(name);
});

/** Everything is asked in one world after the other: making a world takes longer than all the questions. */
const readTheSame = (who: () => ProjectScope) => {
	const found = new Map<never, string[]>();
	const inputs = new Map<Operation, never[]>();
	beforeAll(async () => {
		for (const operation of reads) inputs.set(operation, inputsOf(operation));
		for (const world of othersWorlds) {
			await letOthersSay(owner, here, world, who().voterId!);
			for (const [operation, each] of inputs)
				for (const input of each)
					found.set(input, [...(found.get(input) ?? []), await answered(who(), operation, input)]);
		}
	});

	test.each(reads.map((operation) => [operation.name, operation] as const))('%s', (_, operation) => {
		for (const input of inputs.get(operation)!) {
			const [nothing, worst, best] = found.get(input)!;
			expect(worst, JSON.stringify(input)).toBe(nothing);
			expect(best, JSON.stringify(input)).toBe(nothing);
		}
	});
};

describe('whatever others have said, the rater reads the same:', () => readTheSame(() => rater));

test('and the owner reads something else: the worlds differ', async () => {
	const seen = new Set<string>();
	const useCase = (await useCases()).get('activity.dashboard')!;
	const scope = await inProject(here.scopes.owner, here.project);
	for (const world of othersWorlds) {
		await letOthersSay(owner, here, world);
		seen.add(JSON.stringify(await useCase(scope as never, {} as never)));
	}
	expect(seen.size).toBe(3);
});

test('a rater’s dashboard has no histogram, no quality and no readiness', async () => {
	const useCase = (await useCases()).get('activity.dashboard')!;
	const dashboard = (await useCase(rater as never, {} as never)) as Record<string, unknown>;
	expect(dashboard).toMatchObject({ bars: [], readiness: null, runs: [] });
	expect(dashboard.counts).toMatchObject({ quality: 0, train: 0, validation: 0, unassigned: 0 });
	const { total, unrated } = dashboard.counts as { total: number; unrated: number };
	expect(total - unrated).toBe(7);
});

test('what a rater can ask for is counted by their own scores', async () => {
	const counts = (await (await useCases()).get('examples.count')!(rater as never, {} as never)) as Record<
		string,
		number
	>;
	expect(counts).toMatchObject({ bad: 3, okay: 3, great: 1, quality: 1, below: 6, unrated: counts.total! - 7 });
	const bars = await (await useCases()).get('examples.histogram')!(rater as never, {} as never);
	expect(bars).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
	const projects = (await (await useCases()).get('project.counts')!(rater as never, {} as never)) as Record<
		string,
		number
	>[];
	expect(projects[0]).toMatchObject({ rated: 7, quality: 1, total: counts.total });
});

// at the end, because the rater becomes one of the others
describe('whatever others have said, a key that rates reads the same:', () => readTheSame(() => script));
