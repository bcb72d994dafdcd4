import { eq } from 'drizzle-orm';
import { GetThreeWay, type ThreeWay } from '../../contract/three-way.ts';
import { AppError } from '../../core/errors.ts';
import {
	type ThreePart,
	type ThreeRole,
	answerOf,
	answerSentence,
	answerTitles,
	paybackOf,
	threeParts
} from '../../core/evaluations/three-way.ts';
import { points, range } from '../../core/evaluations/words.ts';
import { may } from '../../core/permissions.ts';
import { query } from '../access/operation.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { among } from '../platform/db/among.ts';
import { outputs, runs } from '../platform/db/schema.ts';
import type { Evaluation } from './evaluation.ts';
import { comparisonOf, contendersOf, goingOnWith, sharedOf, titleFor } from './rows.ts';
import { fewShotsOf, sideOf } from './sides.ts';
import { billerOf, pricesOf, spentBy } from './three-way-cost.ts';
import { ownVoteCounts, voteCounts } from './vote-counts.ts';

type Out = ThreeWay['comparisons'][number];

const partsOf = async (tx: Tx, scope: ProjectScope, shared: readonly Evaluation[]): Promise<Out[]> => {
	const counts = await voteCounts(
		tx,
		shared.map(({ id }) => id),
		scope.voterId
	);
	const revealed = shared[0]!.revealedAt !== null;
	const chains = revealed ? await goingOnWith(tx, shared) : new Map<string, Evaluation[]>();
	return shared.map((one) => {
		const chain = chains.get(one.id) ?? [];
		const newest = chain.at(-1);
		const counted = [one, ...chain].findLast(({ revealedAt, result }) => revealedAt !== null && result !== null);
		return {
			id: one.id,
			number: one.number,
			part: revealed || may(scope.role, 'evaluations:seeIdentities') ? one.threePart : null,
			judged: counts.get(one.id)?.judged ?? 0,
			skipped: counts.get(one.id)?.skipped ?? 0,
			planned: one.planned,
			title: titleFor(scope, one),
			result: counted?.result ?? null,
			goesOn: newest ? { id: newest.id, number: newest.number, revealed: newest.revealedAt !== null } : null
		};
	});
};

const wordsOf = ({ netPreference, interval }: NonNullable<Out['result']>) =>
	netPreference === null || interval === null ? null : `${points(netPreference)} points (${range(interval)})`;

/** What came out, in words; null until each of the three is counted. */
const saidOf = (parts: readonly Out[]): ThreeWay['answer'] => {
	const found = parts.flatMap(({ part, result }) => (part && result ? [[part, result] as const] : []));
	if (found.length < threeParts.length) return null;
	const results = Object.fromEntries(found) as Record<ThreePart, NonNullable<Out['result']>>;
	const each = <T>(what: (result: NonNullable<Out['result']>) => T) =>
		Object.fromEntries(threeParts.map((part) => [part, what(results[part])])) as Record<ThreePart, T>;
	const kind = answerOf(each((result) => result.kind));
	const sentence = answerSentence(
		kind,
		each((result) => ({ kind: result.kind, words: wordsOf(result) }))
	);
	return { kind, title: answerTitles[kind], sentence };
};

/** Who stands where: each of the three in one of its two comparisons. */
const placesOf = ([training, , tuned]: readonly Evaluation[]) => [
	{ role: 'base' as const, evaluation: tuned!, letter: 'b' as const },
	{ role: 'prompt' as const, evaluation: training!, letter: 'b' as const },
	{ role: 'trained' as const, evaluation: training!, letter: 'a' as const }
];

const trainingOf = async (tx: Tx, runId: string) => {
	const [run] = await tx
		.select({ version: runs.version, cents: runs.costCents, estimate: runs.estimateCents })
		.from(runs)
		.where(eq(runs.id, runId));
	return { runId, version: run!.version, cents: run!.cents ?? run!.estimate, estimated: run!.cents === null };
};

/**
 * Three comparisons on one page, and one answer: whether training is worth it. Before the reveal only how far it is. Prices are asked for
 * outside any transaction, and only of whoever sees the budget.
 */
export const getThreeWay = query(GetThreeWay, async (scope, { evaluationId }) => {
	const seesMoney = may(scope.role, 'budget:see');
	const found = await scope.tx(async (tx) => {
		const shared = await sharedOf(tx, await comparisonOf(tx, scope.project.id, evaluationId));
		const [lead] = shared as [Evaluation];
		if (lead.threePart === null)
			throw new AppError('conflict', `Comparison ${lead.number} stands alone: it belongs to no three-way.`);
		const revealed = lead.revealedAt !== null;
		const mine = await ownVoteCounts(
			tx,
			shared.map(({ id }) => id),
			scope.voterId
		);
		const places = revealed ? placesOf(shared) : [];
		const spent = [];
		for (const place of places) {
			const contenders = await contendersOf(tx, place.evaluation);
			spent.push({
				...place,
				label: contenders[place.letter].label,
				...(await spentBy(tx, place.evaluation, place.letter)),
				biller: seesMoney ? await billerOf(tx, place.evaluation, place.letter) : null
			});
		}
		const ids = shared.map(({ id }) => id);
		const written = lead.status === 'voting' ? null : await tx.$count(outputs, among(outputs.evaluationId, ids));
		const isSettingUp = may(scope.role, 'evaluations:create');
		return {
			shared,
			lead,
			revealed,
			spent,
			mine,
			comparisons: await partsOf(tx, scope, shared),
			// each answer stands in two comparisons
			answers: written === null ? 3 * lead.planned : Math.floor(written / 2),
			problem: isSettingUp ? (shared.find(({ problem }) => problem !== null)?.problem ?? null) : null,
			training: revealed && seesMoney ? await trainingOf(tx, lead.runId!) : null
		};
	});
	const { lead, revealed, comparisons, shared, mine } = found;
	const priced = await pricesOf(scope, found.spent);
	const costOf = (role: ThreeRole) => priced.find((one) => one.role === role)?.cost ?? null;
	const sum = (what: 'judged' | 'skipped' | 'mine' | 'skips') =>
		shared.reduce((all, { id }) => all + (mine.get(id)?.[what] ?? 0), 0);
	const [before, after] = [costOf('prompt'), costOf('trained')];
	const base = sideOf(shared[2] ?? lead, 'b').origin;
	return {
		id: lead.id,
		number: lead.number,
		status: lead.status,
		problem: found.problem,
		planned: lead.planned,
		votesPerPrompt: lead.votesPerPrompt,
		delta: lead.delta,
		promptsFrom: lead.promptsFrom,
		answers: found.answers,
		judged: sum('judged'),
		skipped: sum('skipped'),
		mine: sum('mine'),
		skips: sum('skips'),
		revealed,
		mayReveal: may(scope.role, 'evaluations:reveal'),
		comparisons,
		contenders: revealed
			? found.spent.map(({ role, label, promptTokens, completionTokens, counted, medianMs }) => ({
					...{ role, label, promptTokens, completionTokens, counted, medianMs },
					cost: costOf(role)
				}))
			: null,
		answer: revealed ? saidOf(comparisons) : null,
		training:
			found.training && before && after
				? { ...found.training, payback: paybackOf(found.training.cents, before, after) }
				: null,
		ask:
			revealed && base && may(scope.role, 'servings:edit')
				? { ...base, runId: lead.runId!, prompt: fewShotsOf(lead).b! }
				: null
	};
});
