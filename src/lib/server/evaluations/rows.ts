import { type SQL, and, asc, count, desc, eq, gt, isNull, lt, or } from 'drizzle-orm';
import type { ListedEvaluation } from '../../contract/evaluations.ts';
import { rowsOnPage } from '../../contract/fields.ts';
import type { ContenderKind } from '../../core/evaluations/contender.ts';
import { dueOf } from '../../core/evaluations/due.ts';
import type { Names } from '../../core/evaluations/naming-words.ts';
import { AppError } from '../../core/errors.ts';
import { may } from '../../core/permissions.ts';
import type { ProjectScope, Scope, Tx } from '../access/scope.ts';
import { among } from '../platform/db/among.ts';
import { evaluations, outputs, runs } from '../platform/db/schema.ts';
import type { Evaluation, Letter } from './evaluation.ts';
import { runsOf, sideOf } from './sides.ts';
import { voteCounts } from './vote-counts.ts';

/** One side of an evaluation: how people call it, and the ids by which an answer would give it away. */
export type Contender = { label: string; kind: ContenderKind } & Pick<Names, 'models' | 'own'>;

export const noEvaluation = () => new AppError('not_found', 'There is no such evaluation, or it is not yours to see.');

/** A step: the evaluation with this id in this project. Throws *not found*. `lock` makes other changes of it wait. */
export const evaluationOf = async (
	tx: Tx,
	projectId: string,
	id: string,
	{ lock = false } = {}
): Promise<Evaluation> => {
	const query = tx
		.select()
		.from(evaluations)
		.where(and(eq(evaluations.id, id), eq(evaluations.projectId, projectId)));
	const [evaluation] = await (lock ? query.for('update') : query);
	if (!evaluation) throw noEvaluation();
	return evaluation;
};

/** Of a three-way its first comparison, which stands for all; null of any other evaluation. */
export const leadOf = ({ id, threePart, threeOf }: Pick<Evaluation, 'id' | 'threePart' | 'threeOf'>): string | null =>
	threePart === null ? null : (threeOf ?? id);

/**
 * A step: what is answered, voted on and revealed together with an evaluation: itself, or the three of a three-way, in the order of `threeParts`.
 * `lock` makes other changes of them wait. Throws *not found* for what may not be changed.
 */
export const sharedOf = async (tx: Tx, evaluation: Evaluation, { lock = false } = {}): Promise<Evaluation[]> => {
	const lead = leadOf(evaluation);
	if (lead === null && !lock) return [evaluation];
	const isIts =
		lead === null ? eq(evaluations.id, evaluation.id) : or(eq(evaluations.id, lead), eq(evaluations.threeOf, lead));
	const query = tx.select().from(evaluations).where(isIts).orderBy(evaluations.number);
	const found = await (lock ? query.for('update') : query);
	// what one may see and not change is not there to be locked
	if (found.length === 0) throw noEvaluation();
	return found;
};

/** A step: what goes on with each of these, and on with that, by the first; the newest last. */
export const goingOnWith = async (tx: Tx, some: readonly Evaluation[]): Promise<Map<string, Evaluation[]>> => {
	const chains = new Map<string, Evaluation[]>();
	for (const { id } of some) {
		const chain: Evaluation[] = [];
		for (let before = id; ;) {
			const [next] = await tx.select().from(evaluations).where(eq(evaluations.continuesId, before));
			if (!next) break;
			chain.push(next);
			before = next.id;
		}
		chains.set(id, chain);
	}
	return chains;
};

/** A step: the evaluation with this id, where two models are compared. Throws *conflict* for a scoring. */
export const comparisonOf = async (tx: Tx, projectId: string, id: string): Promise<Evaluation> => {
	const evaluation = await evaluationOf(tx, projectId, id);
	if (evaluation.kind === 'comparison') return evaluation;
	throw new AppError('conflict', `Scoring ${evaluation.number} has one model: it has answers and scores, no pairs.`);
};

/** A step: the same, where the answers of one model are scored. Throws *conflict* for a comparison. */
export const scoringOf = async (tx: Tx, projectId: string, id: string): Promise<Evaluation> => {
	const evaluation = await evaluationOf(tx, projectId, id);
	if (evaluation.kind === 'scoring') return evaluation;
	throw new AppError('conflict', `Comparison ${evaluation.number} has two models: it has pairs and votes, no scores.`);
};

/** A step: who A and B are. Never for somebody who votes. */
export const contendersOf = async (tx: Tx, evaluation: Evaluation): Promise<Record<Letter, Contender>> => {
	const rows = await tx
		.select()
		.from(runs)
		.where(among(runs.id, runsOf(evaluation).learnt));
	const contender = (letter: Letter): Contender => {
		const { kind, runId, origin } = sideOf(evaluation, letter);
		const run = kind === 'run' && rows.find((row) => row.id === runId);
		if (run) {
			const own = [run.model, run.modelObject, run.mark].filter((name) => name !== null);
			return { label: `v${run.version}`, kind, models: [run.baseModel], own };
		}
		const label = letter === 'a' ? evaluation.label : evaluation.againstLabel;
		return { label: label ?? 'base', kind, models: origin ? [origin.model] : [], own: [] };
	};
	return { a: contender('a'), b: contender('b') };
};

/** By what both contenders could be told: what may not be read while people vote. `project`: its name, whose words may. */
export const namesOf = ({ a, b }: Record<Letter, Contender>, project: string): Names => ({
	models: [...a.models, ...b.models],
	own: [...a.own, ...b.own],
	project
});

/** The same of all that are voted on together: an answer that comes in two comparisons is masked alike in both. */
export const sharedNames = async (tx: Tx, shared: readonly Evaluation[], project: string): Promise<Names> => {
	const all: Names[] = [];
	for (const one of shared) all.push(namesOf(await contendersOf(tx, one), project));
	const each = (what: 'models' | 'own') => [...new Set(all.flatMap((names) => names[what]))];
	return { models: each('models'), own: each('own'), project };
};

/**
 * What an evaluation is called. Its name tells who competes, which whoever may not know that yet learns at the reveal.
 */
export const titleFor = (
	scope: Pick<Scope, 'role'>,
	evaluation: Pick<Evaluation, 'name' | 'number' | 'kind' | 'revealedAt'>
) =>
	evaluation.revealedAt !== null || may(scope.role, 'evaluations:seeIdentities')
		? evaluation.name
		: `${evaluation.kind === 'scoring' ? 'Scoring' : 'Comparison'} ${evaluation.number}`;

const answerCounts = async (tx: Tx, ids: string[]): Promise<Map<string, number>> => {
	if (ids.length === 0) return new Map();
	const rows = await tx
		.select({ id: outputs.evaluationId, count: count() })
		.from(outputs)
		.where(among(outputs.evaluationId, ids))
		.groupBy(outputs.evaluationId);
	return new Map(rows.map((row) => [row.id, row.count]));
};

type Some = { where?: SQL; limit: number; upwards?: boolean };

const find = async (tx: Tx, scope: ProjectScope, { where, limit, upwards = false }: Some) => {
	const rows = await tx
		.select({
			id: evaluations.id,
			number: evaluations.number,
			threePart: evaluations.threePart,
			threeOf: evaluations.threeOf,
			name: evaluations.name,
			runId: evaluations.runId,
			kind: evaluations.kind,
			status: evaluations.status,
			planned: evaluations.planned,
			createdAt: evaluations.createdAt,
			revealedAt: evaluations.revealedAt,
			result: evaluations.result,
			scored: evaluations.scored
		})
		.from(evaluations)
		.where(and(eq(evaluations.projectId, scope.project.id), where))
		.orderBy(upwards ? asc(evaluations.number) : desc(evaluations.number))
		.limit(limit);
	if (rows.length === 0) return [];
	const ids = rows.map(({ id }) => id);
	// a vote opens when everything is answered
	const answering = rows.filter(({ status }) => status !== 'voting').map(({ id }) => id);
	const [answers, votes] = [await answerCounts(tx, answering), await voteCounts(tx, ids, scope.voterId)];
	return rows.map(({ name, revealedAt, runId, result, scored, threePart, threeOf, ...row }): ListedEvaluation => ({
		...row,
		threeWay: leadOf({ id: row.id, threePart, threeOf }),
		title: titleFor(scope, { name, revealedAt, number: row.number, kind: row.kind }),
		revealed: revealedAt !== null,
		answers: row.status === 'voting' ? (row.kind === 'scoring' ? 1 : 2) * row.planned : (answers.get(row.id) ?? 0),
		judged: votes.get(row.id)?.judged ?? 0,
		skipped: votes.get(row.id)?.skipped ?? 0,
		mine: votes.get(row.id)?.mine ?? 0,
		skips: votes.get(row.id)?.skips ?? 0,
		score: revealedAt !== null && result ? { runId, ...result } : null,
		scored: revealedAt === null ? null : scored
	}));
};

/**
 * A step: a page of the project's evaluations, the newest first, each with its progress; what came out only after its reveal,
 * as it was counted then. `older` and `newer` are the `before` and `after` of the pages beside it, or null.
 */
export const listedPage = async (
	tx: Tx,
	scope: ProjectScope,
	{
		before,
		after,
		limit = rowsOnPage
	}: { before?: number | undefined; after?: number | undefined; limit?: number | undefined }
) => {
	const oneMore = limit + 1;
	const above =
		after === undefined
			? []
			: await find(tx, scope, { where: gt(evaluations.number, after), limit: oneMore, upwards: true });
	// the way up ends at the first page, and that one is full
	if (above.length > limit) {
		const rows = above.slice(0, limit).reverse();
		return { rows, older: rows.at(-1)!.number, newer: rows[0]!.number };
	}
	const isFirst = before === undefined || after !== undefined;
	const found = await find(tx, scope, { where: isFirst ? undefined : lt(evaluations.number, before), limit: oneMore });
	const rows = found.slice(0, limit);
	return {
		rows,
		older: found.length > limit ? rows.at(-1)!.number : null,
		newer: isFirst ? null : (rows[0]?.number ?? before - 1)
	};
};

/** A dashboard need not know of more that wait. */
const mostOpen = 50;

const waits = (one: ListedEvaluation) => one.status === 'voting' && !one.revealed && dueOf(one) > 0;

/**
 * A step: what a dashboard knows of the project's evaluations: the newest `limit`; the comparisons by which it says what is next, which are the newest and
 * those whose vote is open, up to one that waits for whoever asks; and the ids of all that are not revealed, among both.
 */
export const recentEvaluations = async (tx: Tx, scope: ProjectScope, limit: number) => {
	const newest = await find(tx, scope, { limit });
	const comparisons = newest.filter(({ kind }) => kind === 'comparison');
	const open = newest.filter(({ revealed }) => !revealed).map(({ id }) => id);
	if (newest.length < limit) return { newest, comparisons, open };
	const isComparison = eq(evaluations.kind, 'comparison');
	if (comparisons.length === 0) comparisons.push(...(await find(tx, scope, { where: isComparison, limit: 1 })));
	const isOpen = and(isComparison, eq(evaluations.status, 'voting'), isNull(evaluations.revealedAt));
	const older = (
		await tx
			.select({ id: evaluations.id })
			.from(evaluations)
			.where(and(eq(evaluations.projectId, scope.project.id), isOpen, lt(evaluations.number, newest.at(-1)!.number)))
			.orderBy(desc(evaluations.number))
			.limit(mostOpen)
	).map(({ id }) => id);
	// mostly the first of them waits
	for (let [at, count] = [0, 1]; at < older.length && !comparisons.some(waits); at += count, count *= 2) {
		const where = among(evaluations.id, older.slice(at, at + count));
		comparisons.push(...(await find(tx, scope, { where, limit: count })));
	}
	return { newest, comparisons, open: [...open, ...older] };
};
