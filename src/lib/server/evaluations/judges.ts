import { and, eq, sql } from 'drizzle-orm';
import type { Judged } from '../../contract/evaluation-results.ts';
import type { Judge } from '../../contract/judgings.ts';
import { longerOf } from '../../core/evaluations/counted.ts';
import { readReply } from '../../core/evaluations/judge-reply.ts';
import { type ModelOutcome, isSame, judgeSummary } from '../../core/evaluations/judging.ts';
import { may } from '../../core/permissions.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { among } from '../platform/db/among.ts';
import { judgments } from '../platform/db/schema.ts';
import { type JudgedPair, type Pairs, pairsIn } from './judged-pairs.ts';
import { judgingsIn, outcomesOf, saidBy, shownJudgings } from './judging-rows.ts';
import type { Evaluation } from './evaluation.ts';
import { pairingsOf } from './votes.ts';

const longerSide = { longer: 'a', shorter: 'b' } as const;

/** What judges say of an evaluation, what the newest that is through says of each pair, and which of those people see differently. */
export type Judges = {
	list: Judge[];
	newest: { id: string; outcomes: ReadonlyMap<string, ModelOutcome | null>; differs: string[] } | null;
};

/**
 * A step: what judges came to, beside what people said on the pairs that count. Of an evaluation that is revealed, and of itself alone: on
 * what it continues other judges may have been asked. `filedFrom`: with every reply, for a file, counting pairs from there.
 */
export const judgesOf = async (
	tx: Tx,
	scope: ProjectScope,
	evaluation: Evaluation,
	pairs: Pairs,
	{ filedFrom }: { filedFrom?: number } = {}
): Promise<Judges> => {
	const rows = await judgingsIn(tx, evaluation.id);
	if (rows.length === 0) return { list: [], newest: null };
	const shown = await shownJudgings(tx, evaluation, rows, { withProblems: may(scope.role, 'evaluations:judge') });
	const through = rows.filter(({ status }) => status === 'done').map(({ id }) => id);
	const said = await saidBy(tx, through);
	const asked = await pairingsOf(tx, evaluation.id);
	const counted = through.length === 0 ? [] : await pairsIn(tx, pairs, evaluation.votesPerPrompt, { where: sql`true` });
	const people = new Map(counted.map((pair) => [pair.id, pair]));
	const outcomes = new Map(through.map((id) => [id, outcomesOf(said.get(id)!)]));
	const summaryOf = (id: string) =>
		judgeSummary(
			asked.map((pair) => {
				const own = people.get(pair.id);
				const longer = own ? longerOf(own) : null;
				return {
					model: outcomes.get(id)!.get(pair.id) ?? null,
					people: own ? { outcome: own.outcome, score: own.score } : null,
					longer: longer && longerSide[longer]
				};
			})
		);
	const repliesOf = (id: string, from: number) =>
		asked.map((pair) => ({
			position: from + pair.position,
			...(said.get(id)!.get(pair.id) ?? { straight: null, swapped: null })
		}));
	const list = shown.map((judge) => {
		const isThrough = judge.status === 'done';
		return {
			...judge,
			summary: isThrough ? summaryOf(judge.id) : null,
			said: isThrough && filedFrom !== undefined ? repliesOf(judge.id, filedFrom) : null
		};
	});
	const [newest] = through;
	if (newest === undefined) return { list, newest: null };
	const model = outcomes.get(newest)!;
	const differs = counted.flatMap(({ id, outcome }) => {
		const own = model.get(id);
		return own && !isSame(own, outcome) ? [id] : [];
	});
	return { list, newest: { id: newest, outcomes: model, differs } };
};

/** A step: what the newest judge said of these pairs, by their ids, in its own words too. */
export const onPairs = async (
	tx: Tx,
	{ newest }: Judges,
	pairs: readonly JudgedPair[]
): Promise<Map<string, Judged['judge']>> => {
	const judged = pairs.filter(({ id }) => newest?.outcomes.get(id));
	if (!newest || judged.length === 0) return new Map();
	const rows = await tx
		.select({ pairingId: judgments.pairingId, swapped: judgments.swapped, reply: judgments.reply })
		.from(judgments)
		.where(
			and(
				eq(judgments.judgingId, newest.id),
				among(
					judgments.pairingId,
					judged.map(({ id }) => id)
				)
			)
		)
		.orderBy(judgments.swapped);
	const replies = Map.groupBy(rows, ({ pairingId }) => pairingId);
	return new Map(
		judged.map(({ id, outcome: people }) => {
			const model = newest.outcomes.get(id)!;
			const why = replies.get(id)!.flatMap(({ reply }) => readReply(reply)?.why || []);
			return [id, { outcome: model.outcome, steady: model.steady, agrees: isSame(model, people), why }];
		})
	);
};
