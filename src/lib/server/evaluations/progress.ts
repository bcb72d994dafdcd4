import { and, count, eq, inArray, sql } from 'drizzle-orm';
import type { ShownEvaluation } from '../../contract/evaluations.ts';
import { thirdOf } from '../../core/evaluations/three-way.ts';
import { may } from '../../core/permissions.ts';
import { named, votersIn } from '../access/named.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { among } from '../platform/db/among.ts';
import { evaluations, outputs, servings } from '../platform/db/schema.ts';
import { leakedIn } from './leaks.ts';
import type { Evaluation, Letter } from './evaluation.ts';
import { contendersOf, evaluationOf, leadOf, sharedOf, titleFor } from './rows.ts';
import { runsOf, sideOf } from './sides.ts';
import { voteCounts } from './vote-counts.ts';
import { latestOf } from './votes.ts';

const answersOf = async (tx: Tx, evaluation: Evaluation) => {
	// a vote opens when everything is answered
	if (evaluation.status === 'voting')
		return { a: evaluation.planned, b: evaluation.kind === 'scoring' ? 0 : evaluation.planned };
	const rows = await tx
		.select({ contender: outputs.contender, count: count() })
		.from(outputs)
		.where(eq(outputs.evaluationId, evaluation.id))
		.groupBy(outputs.contender);
	const of = (letter: Letter) => rows.find((row) => row.contender === letter)?.count ?? 0;
	return { a: of('a'), b: of('b') };
};

/** The number of the evaluation that goes on here; null for one that stands alone. */
const continuedNumber = async (tx: Tx, { continuesId }: Evaluation): Promise<number | null> => {
	if (continuesId === null) return null;
	const [before] = await tx
		.select({ number: evaluations.number })
		.from(evaluations)
		.where(eq(evaluations.id, continuesId));
	return before!.number;
};

const awaited = ['starting', 'ready'] as const;

/** The servings that the answers wait for, or that are paid while they come. */
const servingsOf = async (tx: Tx, evaluation: Evaluation) => {
	const rows = await tx
		.select({ runId: servings.runId, baseModel: servings.baseModel, status: servings.status })
		.from(servings)
		.where(and(among(servings.runId, runsOf(evaluation).served), inArray(servings.status, [...awaited])));
	return rows as { runId: string; baseModel: string | null; status: (typeof awaited)[number] }[];
};

/** What is settled and what was skipped, as it is said of one: of what goes on in three, a third. */
type Said = (settled: number, skipped: number) => [number, number];

/** A step: what each person has judged and skipped in these together; of whoever took everything back, nothing is left. */
const votersOf = async (tx: Tx, shared: readonly Evaluation[], said: Said) => {
	const ids = shared.map(({ id }) => id);
	const rows = await tx
		.select({
			id: sql<string>`person_id`,
			judged: sql<number>`(count(*) filter (where choice <> 'skip'))::int`,
			skipped: sql<number>`(count(*) filter (where choice = 'skip'))::int`
		})
		.from(latestOf(ids, { of: 'person' }))
		.where(sql`choice is not null`)
		.groupBy(sql`person_id`);
	if (rows.length === 0) return [];
	const byPerson = new Map(rows.map((row) => [row.id, row]));
	const names = new Map<string, string>();
	for (const id of ids)
		for (const one of await tx.select({ id: named.id, name: named.name }).from(votersIn(id)))
			names.set(one.id, one.name);
	return [...names]
		.flatMap(([id, name]) => {
			const own = byPerson.get(id);
			if (!own) return [];
			const [judged, skipped] = said(own.judged, own.skipped);
			return [{ name, judged, skipped }];
		})
		.sort((one, two) => two.judged - one.judged || one.name.localeCompare(two.name));
};

/**
 * A step: how far the vote is, and how far whoever asks is in it. Of a three-way, until it is revealed, what all three have together, in even
 * parts: `thirdOf`.
 */
const voteOf = async (tx: Tx, scope: ProjectScope, evaluation: Evaluation) => {
	const shared = evaluation.revealedAt === null ? await sharedOf(tx, evaluation) : [evaluation];
	const said: Said = shared.length > 1 ? thirdOf : (settled, skipped) => [settled, skipped];
	const counts = (await voteCounts(tx, [evaluation.id], scope.voterId)).get(evaluation.id);
	const { judged, skipped, mine, skips } = counts ?? { judged: 0, skipped: 0, mine: 0, skips: 0 };
	return { judged, skipped, mine, skips, voters: await votersOf(tx, shared, said) };
};

/**
 * A step: how far one evaluation is. Who competes is told to those who set it up, and to everybody after the reveal; what was
 * voted, to nobody before it.
 */
export const progressOf = async (tx: Tx, scope: ProjectScope, evaluationId: string): Promise<ShownEvaluation> => {
	const evaluation = await evaluationOf(tx, scope.project.id, evaluationId);
	const { number, kind, status, problem, planned, createdAt, result, votesPerPrompt, delta, attempt } = evaluation;
	const revealed = evaluation.revealedAt !== null;
	const isSettingUp = may(scope.role, 'evaluations:create');
	const contenders = await contendersOf(tx, evaluation);
	const alive = await servingsOf(tx, evaluation);
	const side = (letter: Letter) => {
		const { kind, runId } = sideOf(evaluation, letter);
		const isIts = (serving: (typeof alive)[number]) =>
			serving.runId === runId && (serving.baseModel !== null) === (kind === 'base');
		return { label: contenders[letter].label, serving: alive.find(isIts)?.status ?? null };
	};
	return {
		id: evaluation.id,
		number,
		title: titleFor(scope, evaluation),
		kind,
		threeWay: leadOf(evaluation),
		status,
		planned,
		promptsFrom: evaluation.promptsFrom,
		votesPerPrompt,
		delta,
		attempt,
		continues: await continuedNumber(tx, evaluation),
		createdAt,
		revealed,
		verdict: revealed && result ? { kind: result.kind, title: result.title } : null,
		over: revealed,
		...(await voteOf(tx, scope, evaluation)),
		answers: await answersOf(tx, evaluation),
		// a provider's words may name the model
		problem: isSettingUp ? problem : null,
		contenders: isSettingUp || revealed ? { a: side('a'), b: kind === 'scoring' ? null : side('b') } : null,
		leaked: isSettingUp ? (await leakedIn(tx, evaluation)).length : 0,
		mayReveal: may(scope.role, 'evaluations:reveal')
	};
};
