import { randomInt } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import type { NewEvaluation } from '../../contract/evaluations.ts';
import { AppError } from '../../core/errors.ts';
import { type FewShot, withFewShot } from '../../core/evaluations/few-shot.ts';
import type { PromptSource } from '../../core/evaluations/plan.ts';
import { repeatsFor } from '../../core/evaluations/repeats.ts';
import { many } from '../../core/evaluations/words.ts';
import type { Message } from '../../core/examples/example.ts';
import { figure } from '../../core/text/figure.ts';
import { tokensOf } from '../../core/text/tokens.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { record } from '../events/record.ts';
import { enqueue } from '../jobs/queue.ts';
import { evaluations, members, pairings, projects } from '../platform/db/schema.ts';
import { drawing, isKnown, namesAsked, questionsOf } from './asked.ts';
import { shownNames } from './few-shot.ts';
import { trainedAmong } from './leaks.ts';
import { usualMaxTokens } from './longest-answer.ts';
import { sortOf } from './generation.ts';
import type { Evaluation } from './evaluation.ts';
import { type Competitor, columnsOf, fewShotsOf, keyOf, keysIn, learntBy } from './sides.ts';

/** A step: how many people of the team may vote in this project. */
export const voterCount = (tx: Tx, projectId: string): Promise<number> =>
	tx.$count(members, sql`${members.projectIds} is null or ${projectId}::uuid = any (${members.projectIds})`);

/** A step: more votes on a prompt than there are people would never be given. */
const asManyVoters = async (tx: Tx, projectId: string, votes: number) => {
	const people = await voterCount(tx, projectId);
	if (votes <= people) return;
	const have = people === 1 ? 'Only one person' : `Only ${people} people`;
	throw new AppError(
		'invalid',
		`${have} may vote in this project, so a prompt cannot get ${votes} votes. Invite more, or ask for fewer.`,
		'votes'
	);
};

/** What the contenders know already. */
type Known = { runIds: string[]; fewShots: (FewShot | null)[] };

/** How many are wanted, in the order of a seed, and what they must not be near. */
type Drawn = { most: number; seed: number; but?: ReadonlySet<string> };

/**
 * A step: some that no contender has trained on, or is shown with its answer: what a model knows by heart measures nothing. Fewer than are
 * wanted only where there are no more.
 */
export const fair = async (
	tx: Tx,
	projectId: string,
	{ runIds, fewShots }: Known,
	from: PromptSource,
	{ most, seed, but = new Set() }: Drawn
): Promise<string[]> => {
	const shown = await shownNames(tx, projectId, fewShots);
	const found: string[] = [];
	for await (const part of drawing(tx, projectId, from, { seed, wanted: most })) {
		const names = namesAsked(part);
		const known = [shown, but];
		for (const id of runIds) known.push(await trainedAmong(tx, id, names));
		for (const one of part) if (!known.some((prompts) => isKnown(prompts)(one))) found.push(one.id);
		if (found.length >= most) break;
	}
	return found.slice(0, most);
};

/** A step: the same are not prepared twice at once: that was a second click. `b`: null of a scoring. */
export const refuseTwin = async (tx: Tx, projectId: string, a: Competitor, b: Competitor | null) => {
	const kind = b === null ? 'scoring' : 'comparison';
	const [twin] = await tx
		.select({ number: evaluations.number })
		.from(evaluations)
		.where(
			and(
				eq(evaluations.projectId, projectId),
				eq(evaluations.status, 'generating'),
				eq(evaluations.kind, kind),
				eq(keysIn.a, keyOf(a)),
				b === null ? undefined : eq(keysIn.b, keyOf(b))
			)
		);
	if (!twin) return;
	const which = b === null ? `Scoring ${twin.number} of this model` : `Comparison ${twin.number} of these two`;
	throw new AppError('conflict', `${which} is being prepared. Wait for it.`);
};

/** A step: what will be compared, prompt by prompt, in the order of `ids`, from place `from` on. Never changed afterwards. */
export const addPairings = async (tx: Tx, evaluation: Evaluation, ids: readonly string[], from = 0) => {
	if (ids.length === 0) return [];
	const { id: evaluationId, projectId } = evaluation;
	const asked = await questionsOf(tx, evaluation, ids);
	await tx
		.insert(pairings)
		.values(ids.map((id, at) => ({ projectId, evaluationId, position: from + at, ...asked.get(id)! })));
	return ids.map((id) => asked.get(id)!.prompt);
};

/** Examples, the longest question and the longest answer have to fit where a model reads. */
const mustFit = (evaluation: Evaluation, prompts: readonly Message[][], room: Contest['room']) => {
	const { systemPrompt, maxTokens } = evaluation;
	for (const [at, fewShot] of Object.values(fewShotsOf(evaluation)).entries()) {
		const most = room[at] ?? null;
		if (fewShot === null || most === null) continue;
		const longest = Math.max(...prompts.map((prompt) => tokensOf(withFewShot(prompt, fewShot, systemPrompt))));
		if (longest + maxTokens <= most) continue;
		throw new AppError(
			'conflict',
			`With ${fewShot.shots.length} examples the longest question takes about ${figure(longest)} tokens and its answer up to ${figure(maxTokens)}; this model takes ${figure(most)} in all. Choose fewer examples or shorter answers.`,
			at === 0 ? 'contender' : 'against'
		);
	}
};

/** A step: what was just set up begins: it has its number and its event, and its answers are written. */
export const begin = async (tx: Tx, scope: Scope, evaluation: Evaluation) => {
	const { id, projectId, number, name, planned } = evaluation;
	await tx
		.update(projects)
		.set({ nextEvaluation: number + 1 })
		.where(eq(projects.id, projectId));
	// of a three-way the first has the answers of all written
	if (evaluation.threeOf === null) await enqueue(tx, 'evaluation.generate', { evaluationId: id });
	await record(tx, scope, {
		event: 'evaluation.created',
		subject: id,
		projectId,
		details: { name, planned, ...sortOf(evaluation) }
	});
	return { id, number };
};

type Contest = {
	project: typeof projects.$inferSelect;
	a: Competitor;
	/** null of a scoring. */
	b: Competitor | null;
	from: PromptSource;
	/** How many tokens each takes, where it is known. */
	room: readonly (number | null)[];
};
type Wanted = Pick<NewEvaluation, 'pairs' | 'votes' | 'temperature' | 'maxTokens' | 'thinking'>;
type Own = Pick<
	typeof evaluations.$inferInsert,
	'name' | 'kind' | 'sendableFrom' | 'delta' | 'attempt' | 'threePart' | 'threeOf'
>;

const onlySo = (count: number, from: PromptSource): string => {
	const [before, behind] = from === 'pool' ? ['', ' of the pool'] : ['validation ', ''];
	return count === 0 ? `No ${before}prompt${behind}` : `Only ${many(count, `${before}prompt`)}${behind}`;
};

/** What is asked, in an order of its own, and how long answers may be: of one evaluation, or of several on the same prompts. */
type Asks = { chosen: readonly string[]; seed: number; maxTokens: number };

/**
 * A step: the prompts of an evaluation, none of which its models have learnt. Throws *invalid* for more prompts or votes than there can
 * be. `what`: what is done with them.
 */
export const asksFor = async (
	tx: Tx,
	projectId: string,
	{ competitors, from, what }: { competitors: readonly Competitor[]; from: PromptSource; what: 'asked' | 'compared' },
	wanted: Wanted
): Promise<Asks> => {
	const runIds = competitors.map(learntBy).filter((id) => id !== null);
	const seed = randomInt(2 ** 31);
	const known = { runIds, fewShots: competitors.map(({ fewShot }) => fewShot) };
	const chosen = await fair(tx, projectId, known, from, { most: wanted.pairs, seed });
	if (wanted.pairs > chosen.length)
		throw new AppError('invalid', `${onlySo(chosen.length, from)} can be ${what} fairly.`, 'pairs');
	await asManyVoters(tx, projectId, wanted.votes);
	return { chosen, seed, maxTokens: wanted.maxTokens ?? (await usualMaxTokens(tx, projectId)) };
};

/** A step: an evaluation on these prompts, which nobody is asked yet. */
export const setUpOn = async (
	tx: Tx,
	scope: Scope,
	{ project, a, b, from, room }: Contest,
	{ chosen, seed, maxTokens }: Asks,
	wanted: Wanted,
	own: Own
): Promise<Evaluation> => {
	const [made] = await tx
		.insert(evaluations)
		.values({
			...own,
			projectId: project.id,
			number: project.nextEvaluation,
			...columnsOf(a, b),
			systemPrompt: project.systemPrompt,
			promptsFrom: from,
			planned: chosen.length,
			repeats: b === null ? 0 : repeatsFor(chosen.length),
			votesPerPrompt: wanted.votes,
			temperature: wanted.temperature,
			maxTokens,
			thinking: wanted.thinking,
			seed,
			status: 'generating',
			createdBy: scope.userId
		})
		.returning();
	mustFit(made!, await addPairings(tx, made!, chosen), room);
	return made!;
};

/** A step: an evaluation begins. Throws *invalid* for more prompts or votes than there can be. */
export const setUp = async (tx: Tx, scope: Scope, contest: Contest, wanted: Wanted, own: Own) => {
	const { project, a, b, from } = contest;
	const what = own.kind === 'scoring' ? 'asked' : 'compared';
	const asks = await asksFor(tx, project.id, { competitors: b ? [a, b] : [a], from, what }, wanted);
	return begin(tx, scope, await setUpOn(tx, scope, contest, asks, wanted, own));
};
