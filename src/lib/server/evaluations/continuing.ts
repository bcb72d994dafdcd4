import { and, eq, isNull } from 'drizzle-orm';
import { randomInt } from 'node:crypto';
import { ContinueEvaluation, GetContinuation } from '../../contract/evaluation-results.ts';
import { AppError } from '../../core/errors.ts';
import { mostAsked } from '../../core/evaluations/plan.ts';
import { repeatsFor } from '../../core/evaluations/repeats.ts';
import type { VerdictKind } from '../../core/evaluations/rules.ts';
import { many } from '../../core/evaluations/words.ts';
import { command, query } from '../access/operation.ts';
import type { Tx } from '../access/scope.ts';
import { among } from '../platform/db/among.ts';
import { evaluations, outputs, pairings } from '../platform/db/schema.ts';
import { lockedProject } from '../project/rows.ts';
import { awaitPromptsCompared } from '../prompts/compare.ts';
import { chainOf, countAnew } from './counting.ts';
import { askedId, familiesAsked } from './asked.ts';
import { addPairings, begin, fair } from './contest.ts';
import { type Evaluation, keptVotes } from './evaluation.ts';
import { contendersOf, evaluationOf, goingOnWith, sharedOf } from './rows.ts';
import { fewShotsOf, readyRun, runsOf } from './sides.ts';
import { outcomesOf, pairingsOf, standingOf } from './votes.ts';

/** After these a few prompts more may still tell. */
const inconclusive: readonly VerdictKind[] = ['promising', 'need-more-data', 'too-close'];

/** A step: what one of a three-way and all that goes on with it has beside it: the other two, and what goes on with them. */
const besideOf = async (tx: Tx, evaluation: Evaluation) => {
	const [root] = await chainOf(tx, evaluation);
	const others = (await sharedOf(tx, root!)).filter(({ id }) => id !== root!.id);
	return { others, goingOn: [...(await goingOnWith(tx, others)).values()].flat() };
};

/** A step: what was asked beside it and is known, or will be: of the three what their common reveal has shown, and all that goes on. There stand the answers of this one, too. */
const askedBeside = async (tx: Tx, evaluation: Evaluation): Promise<Set<string>> => {
	const asked = new Set<string>();
	const { others, goingOn } = await besideOf(tx, evaluation);
	for (const other of others) {
		const counted = outcomesOf((await standingOf(tx, other.id)).votes, other.votesPerPrompt);
		for (const { id, askedId } of await pairingsOf(tx, other.id)) if (counted.has(id)) asked.add(askedId);
	}
	for (const { id } of goingOn) for (const { askedId } of await pairingsOf(tx, id)) asked.add(askedId);
	return asked;
};

/** A step: the pairings that did not get their votes: they were not shown at the reveal. What is out, people did not want to judge. */
const hiddenOf = async (tx: Tx, evaluation: Evaluation) => {
	const counted =
		keptVotes(evaluation) ?? (await countAnew(tx, evaluation, await contendersOf(tx, evaluation))).counted;
	if (counted.missing.length === 0) return [];
	const beside = await askedBeside(tx, evaluation);
	const missing = new Set(counted.missing.filter((askedId) => !beside.has(askedId)));
	return (await pairingsOf(tx, evaluation.id)).filter(({ askedId }) => missing.has(askedId));
};

/**
 * A step: prompts that a comparison, those it continues and what goes on beside them have not asked, and that no contender has trained on: all, or
 * as many as are wanted.
 */
const unseenBy = async (
	tx: Tx,
	evaluation: Evaluation,
	{ most = mostAsked, seed = 0 }: { most?: number; seed?: number } = {}
): Promise<string[]> => {
	const { goingOn } = await besideOf(tx, evaluation);
	const ids = [...(await chainOf(tx, evaluation)), ...goingOn].map(({ id }) => id);
	const asked = await familiesAsked(tx, evaluation.promptsFrom, among(pairings.evaluationId, ids));
	const { learnt } = runsOf(evaluation);
	const known = { runIds: learnt, fewShots: Object.values(fewShotsOf(evaluation)) };
	return fair(tx, evaluation.projectId, known, evaluation.promptsFrom, { most, seed, but: asked });
};

/** A step: that nothing is left to go on with, and why. */
const nothingLeft = async (tx: Tx, evaluation: Evaluation): Promise<string> => {
	const more = evaluation.promptsFrom === 'pool' ? 'Add new ones to the pool.' : 'Put new examples into validation.';
	const numbers = (await besideOf(tx, evaluation)).goingOn.map(({ number }) => number).sort((one, two) => one - two);
	if (numbers.length === 0) return `There are no prompts left that nobody has seen. ${more}`;
	const where = numbers.length === 1 ? `comparison ${numbers[0]}` : `comparisons ${numbers.join(' and ')}`;
	return `What was left goes on in ${where}. Asked here as well, it would tell who wrote the answer that two of them share. ${more}`;
};

const onlyLeft = (count: number) =>
	count === 0 ? 'No prompt is' : `Only ${many(count, 'prompt')} ${count === 1 ? 'is' : 'are'}`;

/** A step: why it does not go on, in a sentence; null when it may. */
const whyNot = async (tx: Tx, { id, kind, revealedAt, result }: Evaluation): Promise<string | null> => {
	if (kind === 'scoring') return 'It scores one model. Score anew, with more answers, instead.';
	if (revealedAt === null) return 'It is still open: go on voting instead.';
	if (!result || !inconclusive.includes(result.kind)) return 'It has its verdict. Compare anew instead.';
	const [next] = await tx
		.select({ number: evaluations.number })
		.from(evaluations)
		.where(eq(evaluations.continuesId, id));
	return next ? `It goes on as comparison ${next.number} already.` : null;
};

/** Whether an evaluation may go on, and with how many prompts: those left hidden at the reveal, and those that nobody has seen. */
export const getContinuation = query(GetContinuation, (scope, { evaluationId }) =>
	scope.tx(async (tx) => {
		const evaluation = await evaluationOf(tx, scope.project.id, evaluationId);
		const reason = await whyNot(tx, evaluation);
		if (reason !== null) return { reason, hidden: 0, unseen: 0 };
		const hidden = (await hiddenOf(tx, evaluation)).length;
		const unseen = (await unseenBy(tx, evaluation)).length;
		const none = hidden + unseen === 0 ? await nothingLeft(tx, evaluation) : null;
		return { reason: none, hidden, unseen };
	})
);

/** The pairs that stayed hidden come first, with the answers they have. */
const takeAlong = async (tx: Tx, from: Evaluation, to: Evaluation, hidden: readonly { id: string }[]) => {
	if (hidden.length === 0) return;
	const ids = hidden.map(({ id }) => id);
	const old = await tx.select().from(pairings).where(among(pairings.id, ids)).orderBy(pairings.position);
	const made = await tx
		.insert(pairings)
		.values(
			old.map(({ projectId, exampleId, promptId, prompt, reference }, position) => ({
				projectId,
				evaluationId: to.id,
				exampleId,
				promptId,
				position,
				prompt,
				reference
			}))
		)
		.returning({ id: pairings.id, askedId });
	const newId = new Map(made.map(({ id, askedId }) => [askedId, id]));
	const byOld = new Map(old.map(({ id, exampleId, promptId }) => [id, newId.get((exampleId ?? promptId)!)!]));
	const answers = await tx
		.select()
		.from(outputs)
		// what was removed is answered anew
		.where(and(eq(outputs.evaluationId, from.id), among(outputs.pairingId, ids), isNull(outputs.removedAt)));
	if (answers.length === 0) return;
	await tx.insert(outputs).values(
		answers.map(({ id: _id, teamId: _team, createdAt: _at, ...answer }) => ({
			...answer,
			evaluationId: to.id,
			pairingId: byOld.get(answer.pairingId)!
		}))
	);
};

/**
 * Goes on with prompts that nobody has seen, after a reveal that gave no verdict: a new vote, whose result counts both, by evidence
 * that holds at any time. What was shown stays closed.
 */
export const continueEvaluation = command(ContinueEvaluation, async (scope, { evaluationId, prompts }) => {
	await awaitPromptsCompared(scope);
	return scope.tx(async (tx) => {
		const project = await lockedProject(tx, scope);
		const before = await evaluationOf(tx, project.id, evaluationId, { lock: true });
		const reason = await whyNot(tx, before);
		if (reason !== null) throw new AppError('conflict', reason);
		for (const runId of runsOf(before).served) await readyRun(tx, project.id, runId, 'runId');
		const hidden = await hiddenOf(tx, before);
		const seed = randomInt(2 ** 31);
		const chosen = await unseenBy(tx, before, { most: prompts, seed });
		if (prompts > chosen.length)
			throw new AppError('invalid', `${onlyLeft(chosen.length)} left that nobody has seen.`, 'prompts');
		if (prompts + hidden.length === 0)
			throw new AppError('invalid', 'Choose how many prompts to go on with.', 'prompts');
		const {
			id: _id,
			teamId: _team,
			createdAt: _at,
			wantedAt: _wanted,
			revealedAt: _revealed,
			result: _result,
			counted: _counted,
			electorate: _electorate,
			textsRemovedAt: _removed,
			threePart: _part,
			threeOf: _three,
			...same
		} = before;
		const [made] = await tx
			.insert(evaluations)
			.values({
				...same,
				number: project.nextEvaluation,
				name: `${before.name.replace(/, continued$/, '')}, continued`,
				planned: hidden.length + chosen.length,
				repeats: repeatsFor(hidden.length + chosen.length),
				continuesId: before.id,
				seed,
				status: 'generating',
				problem: null,
				createdBy: scope.userId
			})
			.returning();
		await takeAlong(tx, before, made!, hidden);
		await addPairings(tx, made!, chosen, hidden.length);
		return begin(tx, scope, made!);
	});
});
