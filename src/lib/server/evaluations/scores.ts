import { and, eq, isNotNull, isNull, or, sql } from 'drizzle-orm';
import type { Locked } from '../../contract/evaluation-results.ts';
import type { Scores, ShownScore } from '../../contract/scoring.ts';
import { agreement, shifts } from '../../core/evaluations/agreement.ts';
import { flawOf } from '../../core/evaluations/answers.ts';
import { keptTexts } from '../../core/evaluations/kept-texts.ts';
import {
	type CountedScores,
	type ScoreShow,
	type Scored,
	scoreMarks,
	summaryOf
} from '../../core/evaluations/scoring.ts';
import { named, votersIn } from '../access/named.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { config } from '../platform/config.ts';
import { among } from '../platform/db/among.ts';
import { outputs, pairings } from '../platform/db/schema.ts';
import { outOf, peopleOf } from './electorate.ts';
import { leakedIn } from './leaks.ts';
import { lockedOf } from './results.ts';
import { type Evaluation, keptScores } from './evaluation.ts';
import { contendersOf, scoringOf, titleFor } from './rows.ts';
import { numbersOf } from './asked.ts';
import { textsOf } from './texts.ts';
import { type Given, givenIn, pairingsOf } from './votes.ts';

const rowsOnPage = 20;

const summaryIn = ({ sendableFrom }: Evaluation, scores: readonly number[]) => summaryOf(scores, sendableFrom!);

/** The mean of the first scores of an answer; null where it lacks some. */
const meanOf = (given: readonly Given[], votes: number): number | null =>
	given.length < votes ? null : given.slice(0, votes).reduce((sum, { choice }) => sum + Number(choice), 0) / votes;

/** A step: counts what the scores come to: every score and every answer is read. At the reveal, and where that has not kept it. */
const countAnew = async (tx: Tx, evaluation: Evaluation): Promise<CountedScores> => {
	const { id, votesPerPrompt: votes } = evaluation;
	const standing = await givenIn(tx, id);
	const byPairing = Map.groupBy(standing.votes, ({ pairingId }) => pairingId);
	const pairings = await pairingsOf(tx, id);
	const counted = pairings.map((pairing) => ({ ...pairing, score: meanOf(byPairing.get(pairing.id) ?? [], votes) }));
	const scoreAt = new Map(counted.map(({ position, score }) => [position, score]));
	const judgements = standing.votes.map(({ pairingId, personId, choice }) => ({
		item: pairingId,
		rater: personId,
		value: Number(choice)
	}));
	const shiftOf = new Map(shifts(judgements).map(({ rater, shift }) => [rater, shift]));
	return {
		answers: Array.from({ length: 1 + (pairings.at(-1)?.position ?? -1) }, (_, at) => scoreAt.get(at) ?? null),
		skipped: outOf(standing, await peopleOf(tx, id), votes).size,
		broken: await brokenAmong(
			tx,
			counted.filter(({ score }) => score !== null).map((pairing) => pairing.id)
		),
		voters: [...Map.groupBy(judgements, ({ rater }) => rater)]
			.map(([rater, given]) => ({
				id: rater,
				summary: summaryIn(
					evaluation,
					given.map(({ value }) => value)
				),
				shift: shiftOf.get(rater) ?? null
			}))
			.sort((one, two) => (one.id < two.id ? -1 : 1)),
		agreement: agreement(judgements, { level: 'ordinal', categories: scoreMarks.length })
	};
};

/** A step: what came out, as it is kept at the scoring for whoever lists it and for its page. */
export const countedScores = async (
	tx: Tx,
	evaluation: Evaluation
): Promise<{ scored: Scored; counted: CountedScores }> => {
	const counted = await countAnew(tx, evaluation);
	const { a } = await contendersOf(tx, evaluation);
	const summary = summaryIn(
		evaluation,
		counted.answers.filter((score) => score !== null)
	);
	return { scored: { version: a.label, sendableFrom: evaluation.sendableFrom!, ...summary }, counted };
};

const isComplete = (answer: Pick<typeof outputs.$inferSelect, 'text' | 'finishReason' | 'told'>): boolean =>
	answer.told?.complete ?? flawOf(answer) === null;

/** An answer that has its scores, and their mean. */
type Scoring = { position: number; score: number };

/** A step: these answers with their texts, and what each person gave. */
const withTexts = async (
	tx: Tx,
	{ id }: Evaluation,
	list: readonly Scoring[],
	people: ReadonlyMap<string, string>
): Promise<ShownScore[]> => {
	if (list.length === 0) return [];
	const places = sql.param(list.map(({ position }) => position));
	const rows = await tx
		.select({ id: pairings.id, position: pairings.position })
		.from(pairings)
		.where(and(eq(pairings.evaluationId, id), sql`${pairings.position} = any (${places}::int[])`));
	const idAt = new Map(rows.map((pairing) => [pairing.position, pairing.id]));
	const { votes: given } = await givenIn(tx, id, 'person', { pairings: [...idAt.values()] });
	const texts = await textsOf(tx, [...idAt.values()]);
	const asked = [...texts.values()].map(({ askedId }) => askedId);
	const numbers = await numbersOf(tx, 'validation', asked);
	const byPairing = Map.groupBy(given, ({ pairingId }) => pairingId);
	return list.map(({ position, score }) => {
		const pairingId = idAt.get(position)!;
		const { askedId, prompt, reference, a } = texts.get(pairingId)!;
		return {
			position,
			number: numbers.get(askedId)!,
			score,
			given: byPairing.get(pairingId)!.map(({ personId, choice, position: order, at }) => ({
				voter: people.get(personId) ?? 'somebody',
				score: Number(choice),
				order,
				at
			})),
			prompt,
			// a scoring asks validation examples only, and those have one
			expected: reference!,
			answer: { text: a.told ? null : a.text, complete: isComplete(a) }
		};
	});
};

/** A text that may be nothing but thoughts and white space (`spoken`). */
const mayBeEmpty = sql`(${outputs.text} !~ '[[:alnum:]]' or ${outputs.text} ~* '</?think')`;

/** How many of these answers were cut off, or say nothing. Read is the text of those that may be without one. */
const brokenAmong = async (tx: Tx, ids: readonly string[]): Promise<number> => {
	const { finishReason, told } = outputs;
	const text = sql<string>`case when ${mayBeEmpty} then ${outputs.text} else 'said' end`;
	const rows = await tx
		.select({ text, finishReason, told })
		.from(outputs)
		.where(
			and(
				among(outputs.pairingId, ids),
				or(isNotNull(told), isNull(finishReason), eq(finishReason, 'length'), mayBeEmpty)
			)
		);
	return rows.filter((answer) => !isComplete(answer)).length;
};

/**
 * A step: what came out of a scoring, or only how far it is until somebody reveals it: the same for every role.
 */
export const scoresOf = async (
	tx: Tx,
	scope: ProjectScope,
	evaluationId: string,
	wanted: 'all' | { show: ScoreShow; page: number }
): Promise<{ locked: Locked } | { scores: Scores }> => {
	const evaluation = await scoringOf(tx, scope.project.id, evaluationId);
	const { id, number, revealedAt, planned, votesPerPrompt: votes, temperature, maxTokens, thinking } = evaluation;
	if (revealedAt === null) return { locked: await lockedOf(tx, scope, evaluation) };
	const counted = keptScores(evaluation) ?? (await countAnew(tx, evaluation));
	const scored = counted.answers.flatMap((score, position): Scoring[] => (score === null ? [] : [{ position, score }]));
	const names = await tx.select({ id: named.id, name: named.name }).from(votersIn(id));
	const people = new Map(names.map((person) => [person.id, person.name]));
	const sendableFrom = evaluation.sendableFrom!;
	const { show, page } = wanted === 'all' ? { show: 'all' as const, page: 1 } : wanted;
	const below = () => scored.filter(({ score }) => score < sendableFrom).sort((one, two) => one.score - two.score);
	const some = show === 'all' ? scored : below();
	const size = wanted === 'all' ? Math.max(1, some.length) : rowsOnPage;
	const pages = Math.max(1, Math.ceil(some.length / size));
	const at = Math.min(page, pages);
	return {
		scores: {
			number,
			title: titleFor(scope, evaluation),
			revealedAt,
			...keptTexts({ revealedAt, textsRemovedAt: evaluation.textsRemovedAt }, config().keepDays.answers),
			version: (await contendersOf(tx, evaluation)).a.label,
			ownPrompt: evaluation.fewShot,
			plan: { prompts: planned, votes, sendableFrom, temperature, maxTokens, thinking },
			summary: summaryIn(
				evaluation,
				scored.map(({ score }) => score)
			),
			skipped: counted.skipped,
			open: planned - scored.length - counted.skipped,
			broken: counted.broken,
			leaked: (await leakedIn(tx, evaluation)).length,
			people: counted.voters
				.map(({ id: voter, summary, shift }) => ({ name: people.get(voter) ?? 'somebody', shift, summary }))
				.sort((one, two) => one.name.localeCompare(two.name)),
			agreement: counted.agreement,
			next: { runId: evaluation.runId },
			rows: {
				show,
				page: at,
				pages,
				count: some.length,
				list: await withTexts(tx, evaluation, some.slice((at - 1) * size, at * size), people)
			}
		}
	};
};
