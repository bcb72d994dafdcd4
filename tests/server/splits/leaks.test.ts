import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, expect, test } from 'vitest';
import type { Message } from '../../../src/lib/core/examples/example.ts';
import { AppError } from '../../../src/lib/core/errors.ts';
import { randomFrom } from '../../../src/lib/core/math/hash.ts';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { createEvaluation } from '../../../src/lib/server/evaluations/commands.ts';
import { getSetUp } from '../../../src/lib/server/evaluations/queries.ts';
import { compareExamples } from '../../../src/lib/server/examples/compare.ts';
import {
	addExample,
	deleteExamples,
	importExamples,
	restoreExamples
} from '../../../src/lib/server/examples/commands.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { evaluations, examples, pairings, runExamples } from '../../../src/lib/server/platform/db/schema.ts';
import { rewriteExample } from '../../../src/lib/server/ratings/commands.ts';
import { applySplit, moveExamples } from '../../../src/lib/server/splits/commands.ts';
import { addReadyRun, wish } from '../../support/data/evaluation.ts';
import { conversationsOf, disguises } from '../../support/data/planted.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

/** Questions that ask different things; each comes again and again in its seven disguises. */
const questions = conversationsOf('customer-support')
	.filter((messages) => messages.filter(({ role }) => role === 'user').length === 1)
	.map((messages) => messages.find(({ role }) => role === 'user')!.content)
	.filter((content) => content.length >= 80)
	.filter((_, at) => at % 3 === 0)
	.slice(0, 14);
const kinds = Object.values(disguises);

/** Two disguises of a question may have less in common than either has with it: what counts is who is beside the plain one. */
type Asked = { question: number; isPlain: boolean };
const bothIn = (some: readonly Asked[], others: readonly Asked[]): Asked[] =>
	some.filter((one) => others.some((other) => one.question === other.question && (one.isPlain || other.isPlain)));

/** A project in which whatever can be done is done in an order of chance, and what is known of it from outside. */
const newPlayground = async (seed: string) => {
	const random = randomFrom(seed);
	const some = (most: number) => Math.floor(most * random());
	const one = <T>(list: readonly T[]): T => list[some(list.length)]!;
	const team = await newTeam();
	const { project, connection } = await newProject(team.scope);
	const place = await inProject(team.scope, project.slug);
	/** Which question a conversation asks, by what it says: nobody has compared anything for that. */
	const asks = new Map<string, Asked>();
	const draw = (): Message[] => {
		const at = some(questions.length);
		const question = questions[at]!;
		const isPlain = random() < 0.5;
		const plain: Message[] = [
			{ role: 'user', content: question },
			{ role: 'assistant', content: `We look into it, for the ${some(3)}. time.` }
		];
		const messages = isPlain ? plain : one(kinds)(question, some(20));
		asks.set(JSON.stringify(messages), { question: at, isPlain });
		return messages;
	};
	const all = () => place.tx((tx) => tx.select().from(examples).orderBy(examples.number));
	const askedIn = ({ messages }: { messages: Message[] }) => asks.get(JSON.stringify(messages))!;
	const files: string[][] = [];
	const runs: { id: string; learnt: Asked[] }[] = [];
	const bring = (lines: string[]) =>
		importExamples(place, { fileName: 'x.jsonl', lines: lines.map((text, at) => ({ number: at + 1, text })) });
	const chosen = async () => {
		const rows = await all();
		return rows.filter(() => random() < 0.3).map(({ id }) => id);
	};
	const deeds: Record<string, () => Promise<unknown>> = {
		import: () => {
			const lines = Array.from({ length: 4 }, () => {
				const split = one([undefined, 'train', 'validation']);
				return JSON.stringify({ messages: draw(), rating: one([9, 9, 4]), ...(split && { split }) });
			});
			files.push(lines);
			return bring(lines);
		},
		'import again': async () => files.length > 0 && bring(one(files)),
		write: () => addExample(place, { messages: draw(), rating: 9, keepTwins: random() < 0.5 }),
		rewrite: async () => {
			const rows = await all();
			if (rows.length === 0) return;
			const { id: exampleId } = one(rows);
			await rewriteExample(place, { exampleId, output: `Better ${some(99)}`, score: 9, clientId: randomUUID() });
		},
		delete: async () => deleteExamples(place, { ids: await chosen() }),
		restore: async () => restoreExamples(place, { ids: await chosen() }),
		split: () => applySplit(place, { ratio: 0.6, seed: some(9) }),
		move: async () => moveExamples(place, { ids: [one(await all()).id], side: one(['train', 'validation'] as const) }),
		train: async () => {
			await compareExamples(team.scope, project.id);
			const learnt = (await all()).filter(({ split, deletedAt }) => split === 'train' && deletedAt === null);
			if (learnt.length === 0) return;
			const version = runs.length + 1;
			const { id } = await addReadyRun(team.scope, { projectId: project.id, connectionId: connection.id, version });
			await team.scope.tx((tx) =>
				tx
					.insert(runExamples)
					.values(
						learnt.map((row) => ({ projectId: project.id, runId: id, exampleId: row.id, kind: 'train' as const }))
					)
			);
			runs.push({ id, learnt: learnt.map(askedIn) });
		},
		evaluate: async () => {
			if (runs.length === 0) return;
			const { id } = one(runs);
			const { validation, runs: known } = await getSetUp(place);
			const pairs = validation - known.find((run) => run.id === id)!.leaks.length;
			if (pairs < 1) return;
			const made = await createEvaluation(place, wish(id, pairs));
			// what is being prepared is not prepared twice
			await place.tx((tx) => tx.update(evaluations).set({ status: 'voting' }).where(eq(evaluations.id, made.id)));
		}
	};
	return { place, project, deeds, one, all, askedIn, runs };
};

/** What a model of this project has learnt, measures nothing of it; and nothing that will be learnt stands beside what measures. */
const expectApart = async (
	{ place, project, all, askedIn, runs }: Awaited<ReturnType<typeof newPlayground>>,
	done: string
) => {
	await compareExamples(place, project.id);
	const rows = await all();
	const measuring = rows.filter(({ split }) => split === 'validation').map(askedIn);
	const mayTrain = rows.filter(({ split, deletedAt, trained }) => split === 'train' && deletedAt === null && !trained);
	expect(bothIn(mayTrain.map(askedIn), measuring), done).toEqual([]);
	// to the letter not even after something was learnt
	const learnt = rows.filter(({ trained }) => trained);
	const locked = new Set(
		rows.filter(({ split }) => split === 'validation').map(({ promptHash }) => promptHash.toString('hex'))
	);
	expect(
		learnt.filter(({ promptHash }) => locked.has(promptHash.toString('hex'))),
		done
	).toEqual([]);
	const asked = await place.tx((tx) =>
		tx
			.select({ runId: evaluations.runId, exampleId: pairings.exampleId })
			.from(pairings)
			.innerJoin(evaluations, eq(evaluations.id, pairings.evaluationId))
	);
	const byId = new Map(rows.map((row) => [row.id, row]));
	for (const { id, learnt } of runs) {
		const own = asked.filter(({ runId }) => runId === id).map(({ exampleId }) => askedIn(byId.get(exampleId!)!));
		expect(bothIn(learnt, own), done).toEqual([]);
	}
	return { measuring: measuring.length, learnt: learnt.length, asked: asked.length };
};

test.each(['b', 'c', 'f'])('in whatever order things are done, nothing is learnt and measured: %s', async (seed) => {
	const playground = await newPlayground(seed);
	const { deeds, one } = playground;
	const done: string[] = [];
	let seen = { measuring: 0, learnt: 0, asked: 0 };
	for (let step = 0; step < 36; step++) {
		const name = step < 3 ? 'import' : one([...Object.keys(deeds), 'train', 'evaluate']);
		const refused = await deeds[name]!().then(
			() => '',
			(problem: unknown) => {
				if (!(problem instanceof AppError)) throw problem;
				return ' (refused)';
			}
		);
		done.push(name + refused);
		seen = await expectApart(playground, done.join(', '));
	}
	// otherwise it has shown nothing
	expect(
		Math.min(seen.measuring, seen.learnt, seen.asked),
		`${JSON.stringify(seen)} ${done.join(', ')}`
	).toBeGreaterThan(0);
});
