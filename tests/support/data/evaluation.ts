import { createHash, randomUUID } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import type { NewEvaluation } from '../../../src/lib/contract/evaluations.ts';
import type { Message } from '../../../src/lib/core/examples/example.ts';
import { promptText } from '../../../src/lib/core/examples/fingerprint.ts';
import { defaultRecipe } from '../../../src/lib/core/runs/recipe.ts';
import { config } from '../../../src/lib/server/platform/config.ts';
import { seal } from '../../../src/lib/server/platform/crypto.ts';
import {
	ballots,
	connections,
	evaluations,
	examples,
	outputs,
	pairings,
	runs
} from '../../../src/lib/server/platform/db/schema.ts';
import { addRemark, castVote, createEvaluation, createScoring } from '../../../src/lib/server/evaluations/commands.ts';
import { addPrompts } from '../../../src/lib/server/prompts/commands.ts';
import { nextPairs } from '../../../src/lib/server/evaluations/queries.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { newProject, newTeam } from './team.ts';

const digest = (text: string) => createHash('sha256').update(text).digest();

export const conversation = (question: string, answer = `The answer to ${question}`): Message[] => [
	{ role: 'user', content: question },
	{ role: 'assistant', content: answer }
];

/** Examples straight into the table, numbered from `from`. Returns their ids. */
export const addExamples = (
	scope: Scope,
	projectId: string,
	questions: string[],
	{ split, from = 1 }: { split: 'train' | 'validation' | null; from?: number }
) =>
	scope.tx(async (tx) => {
		const rows = questions.map((question, i) => {
			const messages = conversation(question);
			return {
				projectId,
				number: from + i,
				messages,
				split,
				contentHash: digest(JSON.stringify(messages)),
				promptHash: digest(promptText(messages)),
				tokens: 10,
				rating: 9,
				ratingsCount: 1,
				origin: 'written' as const
			};
		});
		const ids: string[] = [];
		// thousands in one statement would not end within its time on a machine that does other things too
		for (let at = 0; at < rows.length; at += 250)
			for (const { id } of await tx
				.insert(examples)
				.values(rows.slice(at, at + 250))
				.returning({ id: examples.id }))
				ids.push(id);
		return ids;
	});

/** A run whose model is there, without a provider. */
export const addReadyRun = (
	scope: Scope,
	{
		projectId,
		connectionId,
		version = 1,
		...more
	}: { projectId: string; connectionId: string; version?: number } & Partial<typeof runs.$inferInsert>
) =>
	scope.tx(async (tx) => {
		const [run] = await tx
			.insert(runs)
			.values({
				projectId,
				connectionId,
				version,
				baseModel: 'sandbox-small',
				recipe: defaultRecipe,
				seed: 1,
				status: 'ready',
				mark: randomUUID(),
				model: `ana/sandbox-small:zebra-${version}`,
				modelObject: `ml_zebra${version}`,
				trainCount: 1,
				validationCount: 1,
				tokens: 100,
				...more
			})
			.returning();
		return run!;
	});

/** A team with a project, `validation` validation examples and one ready run. */
export const newContest = async (
	validation = 4,
	project: Parameters<typeof newProject>[1] = {},
	model: Partial<typeof runs.$inferInsert> = {}
) => {
	const team = await newTeam();
	const made = await newProject(team.scope, project);
	const projectId = made.project.id;
	const questions = Array.from({ length: validation }, (_, i) => `Question ${i + 1}?`);
	const exampleIds = validation > 0 ? await addExamples(team.scope, projectId, questions, { split: 'validation' }) : [];
	const run = await addReadyRun(team.scope, {
		projectId,
		connectionId: made.connection.id,
		baseModel: made.project.baseModel,
		...model
	});
	return { ...team, ...made, slug: made.project.slug, exampleIds, run };
};

export const wish = (runId: string, pairs: number, more: Partial<NewEvaluation> = {}): NewEvaluation => ({
	runId,
	against: 'base',
	promptsFrom: 'validation',
	pairs,
	votes: 1,
	delta: 20,
	temperature: 0,
	maxTokens: 512,
	thinking: false,
	...more
});

/** Another connection of a team, to a server that speaks OpenAI's protocol. */
export const addOwnServer = async (
	scope: Scope,
	baseUrl: string,
	{ name = 'On this machine', key = `key-${randomUUID()}` } = {}
) => {
	const id = randomUUID();
	const sealedKey = seal(config().keks, key, `${scope.teamId}|connection|${id}`);
	await scope.tx((tx) =>
		tx.insert(connections).values({ id, provider: 'openai-compatible', name, baseUrl, sealedKey, status: 'ok' })
	);
	return { id, key };
};

/**
 * An evaluation whose answers are written without a provider: `write` says what each contender answers; what ends with …
 * was cut.
 */
export const newBallot = async (
	pairs: number,
	write: (letter: 'a' | 'b', position: number) => string = (letter, position) =>
		`${letter === 'a' ? 'Apple' : 'Beech'} ${position}`,
	more: Partial<NewEvaluation> & { spare?: number } = {}
) => {
	const { spare = 0, ...plan } = more;
	const isPool = plan.promptsFrom === 'pool';
	const contest = await newContest(isPool ? 0 : pairs + spare);
	if (isPool)
		await addPrompts(await inProject(contest.scope, contest.slug), {
			prompts: Array.from({ length: pairs + spare }, (_, at) => `Question ${at + 1}?`)
		});
	// as many people as the plan asks for votes
	for (let people = 1; people < (plan.votes ?? 1); people++) await contest.as('rater');
	const { id } = await createEvaluation(
		await inProject(contest.scope, contest.slug),
		wish(contest.run.id, pairs, plan)
	);
	await answerAll(contest.scope, id, write);
	return { ...contest, id };
};

/** A scoring whose answers are written without a provider. */
export const newScoring = async (
	pairs: number,
	{ votes = 1, spare = 0, write }: { votes?: number; spare?: number; write?: (position: number) => Answered } = {}
) => {
	const contest = await newContest(pairs + spare);
	for (let people = 1; people < votes; people++) await contest.as('rater');
	const voter = await inProject(contest.scope, contest.slug);
	const asked = { runId: contest.run.id, pairs, votes, temperature: 0, maxTokens: 512, thinking: false };
	const { id } = await createScoring(voter, asked);
	await answerScoring(contest.scope, id, write);
	return { ...contest, id, voter };
};

type Answered = Pick<typeof outputs.$inferInsert, 'text' | 'finishReason'>;

/** The answers of the one model that is scored, without a provider; then they can be scored. */
export const answerScoring = (
	scope: Scope,
	id: string,
	write = (position: number): Answered => ({ text: `Apple ${position}`, finishReason: 'stop' })
) =>
	scope.tx(async (tx) => {
		const all = await tx.select().from(pairings).where(eq(pairings.evaluationId, id));
		await tx.insert(outputs).values(
			all.map(({ projectId, id: pairingId, position }) => ({
				...{ projectId, evaluationId: id, pairingId, contender: 'a' as const },
				...write(position)
			}))
		);
		await tx.update(evaluations).set({ status: 'voting' }).where(eq(evaluations.id, id));
	});

/** Answers of both contenders to whatever has none, without a provider; then the vote is open. */
export const answerAll = (
	scope: Scope,
	id: string,
	write: (letter: 'a' | 'b', position: number) => string = (letter, position) =>
		`${letter === 'a' ? 'Apple' : 'Beech'} ${position}`
) =>
	scope.tx(async (tx) => {
		const all = await tx.select().from(pairings).where(eq(pairings.evaluationId, id));
		const answered = await tx.select({ id: outputs.pairingId }).from(outputs).where(eq(outputs.evaluationId, id));
		const rows = all.filter((row) => !answered.some((answer) => answer.id === row.id));
		if (rows.length > 0)
			await tx.insert(outputs).values(
				rows.flatMap((row) =>
					(['a', 'b'] as const).map((contender) => {
						const text = write(contender, row.position);
						const finishReason = text.endsWith('…') ? null : 'stop';
						return { projectId: row.projectId, evaluationId: id, pairingId: row.id, contender, text, finishReason };
					})
				)
			);
		await tx.update(evaluations).set({ status: 'voting' }).where(eq(evaluations.id, id));
	});

/**
 * Lets a person vote on everything that is left, or on `most` pairs: a = the run's answer is better, `isFirst` = it stands
 * first. Needs `newBallot`'s own words.
 */
export const voteAs = async (
	person: Scope,
	slug: string,
	evaluationId: string,
	decide: (position: number, isFirst: boolean) => 'a' | 'b' | 'tie' | 'both_bad',
	most = Infinity
) => {
	const voter = await inProject(person, slug);
	/** Whoever gets a pair a second time says the same; it is none of the `most`. */
	const said = new Map<number, ReturnType<typeof decide>>();
	for (let done = 0; done < most;) {
		const { pairs } = await nextPairs(voter, { evaluationId, after: -1 });
		if (pairs.length === 0) return;
		for (const { ballotId, first } of pairs.slice(0, most - done)) {
			const place = Number(/\d+/.exec(first)![0]);
			if (!said.has(place)) done++;
			const wanted = said.get(place) ?? decide(place, first.startsWith('Apple'));
			said.set(place, wanted);
			const isFirst = first.startsWith(wanted === 'a' ? 'Apple' : 'Beech');
			const choice = wanted === 'tie' || wanted === 'both_bad' ? wanted : isFirst ? 'first' : 'second';
			await castVote(voter, { evaluationId, ballotId, choice, clientId: randomUUID() });
		}
	}
};

/** Lets a person give scores to all that they have judged, as they stood on the screen; `null` gives none. */
export const remarkAs = async (
	person: Scope,
	slug: string,
	evaluationId: string,
	decide: (at: number) => [first: number | null, second: number | null]
) => {
	const voter = await inProject(person, slug);
	const own = await voter.tx((tx) =>
		tx
			.select({ id: ballots.id, position: ballots.position })
			.from(ballots)
			.where(and(eq(ballots.evaluationId, evaluationId), eq(ballots.personId, voter.userId!)))
	);
	for (const { id: ballotId, position } of own) {
		const [first, second] = decide(position);
		await addRemark(voter, { evaluationId, ballotId, first, second, note: '', clientId: randomUUID() });
	}
};

/** A contest whose models answer at once: a server of OpenAI's protocol at `url`. The run's model is `tuned`. */
export const newLiveContest = async (
	url: string,
	validation: number,
	{ tuned = 'sandbox-large', baseModel = 'sandbox-small', key = `key-${randomUUID()}` } = {}
) => {
	const contest = await newContest(validation, { baseModel }, { model: tuned });
	const { id, teamId } = contest.connection;
	const sealedKey = seal(config().keks, key, `${teamId}|connection|${id}`);
	await contest.scope.tx(async (tx) => {
		await tx
			.update(connections)
			.set({ provider: 'openai-compatible', baseUrl: `${url}/openai/v1`, sealedKey })
			.where(eq(connections.id, id));
	});
	const { id: evaluationId } = await createEvaluation(
		await inProject(contest.scope, contest.slug),
		wish(contest.run.id, validation)
	);
	/** The next requests of this team go wrong. */
	const failNext = async (fault: string, times: number) => {
		const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
		const body = JSON.stringify({ fault, times, path: '/chat' });
		const answer = await fetch(`${url}/faults`, { method: 'POST', headers, body });
		if (!answer.ok) throw new Error(await answer.text());
	};
	return { ...contest, evaluationId, key, failNext };
};
