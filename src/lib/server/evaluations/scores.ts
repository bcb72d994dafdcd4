import { and, eq, isNotNull, isNull, or, sql } from 'drizzle-orm';
import type { Locked } from '../../contract/evaluation-results.ts';
import type { Scores, ShownScore } from '../../contract/scoring.ts';
import { agreement, shifts } from '../../core/evaluations/agreement.ts';
import { flawOf } from '../../core/evaluations/answers.ts';
import { keptTexts } from '../../core/evaluations/kept-texts.ts';
import { type ScoreShow, type Scored, scoreMarks, summaryOf } from '../../core/evaluations/scoring.ts';
import { named, votersIn } from '../access/named.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { config } from '../platform/config.ts';
import { among } from '../platform/db/among.ts';
import { outputs } from '../platform/db/schema.ts';
import { outOf, peopleOf } from './electorate.ts';
import { leakedIn } from './leaks.ts';
import { lockedOf } from './results.ts';
import type { Evaluation } from './evaluation.ts';
import { contendersOf, scoringOf, titleFor } from './rows.ts';
import { numbersOf } from './asked.ts';
import { textsOf } from './texts.ts';
import { type Given, givenIn, pairingsOf } from './votes.ts';

const rowsOnPage = 20;

/** An answer that has its scores: the mean of the first of them. */
type Counted = { id: string; position: number; score: number };

const countedOf = async (tx: Tx, { id, votesPerPrompt }: Evaluation, given: readonly Given[]): Promise<Counted[]> => {
	const byPairing = Map.groupBy(given, ({ pairingId }) => pairingId);
	return (await pairingsOf(tx, id)).flatMap((pairing) => {
		const first = (byPairing.get(pairing.id) ?? []).slice(0, votesPerPrompt);
		if (first.length < votesPerPrompt) return [];
		const score = first.reduce((sum, { choice }) => sum + Number(choice), 0) / votesPerPrompt;
		return [{ id: pairing.id, position: pairing.position, score }];
	});
};

const summaryIn = ({ sendableFrom }: Evaluation, scores: readonly number[]) => summaryOf(scores, sendableFrom!);

/** A step: what came out, as it is kept at the scoring for whoever lists it. */
export const countedScores = async (tx: Tx, evaluation: Evaluation): Promise<Scored> => {
	const counted = await countedOf(tx, evaluation, (await givenIn(tx, evaluation.id)).votes);
	const { a } = await contendersOf(tx, evaluation);
	const summary = summaryIn(
		evaluation,
		counted.map(({ score }) => score)
	);
	return { version: a.label, sendableFrom: evaluation.sendableFrom!, ...summary };
};

const isComplete = (answer: Pick<typeof outputs.$inferSelect, 'text' | 'finishReason' | 'told'>): boolean =>
	answer.told?.complete ?? flawOf(answer) === null;

const withTexts = async (
	tx: Tx,
	counted: readonly Counted[],
	given: readonly Given[],
	people: ReadonlyMap<string, string>
): Promise<ShownScore[]> => {
	const texts = await textsOf(
		tx,
		counted.map(({ id }) => id)
	);
	const asked = [...texts.values()].map(({ askedId }) => askedId);
	const numbers = await numbersOf(tx, 'validation', asked);
	const byPairing = Map.groupBy(given, ({ pairingId }) => pairingId);
	return counted.map(({ id, position, score }) => {
		const { askedId, prompt, reference, a } = texts.get(id)!;
		return {
			position,
			number: numbers.get(askedId)!,
			score,
			given: byPairing.get(id)!.map(({ personId, choice, position: order, at }) => ({
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
const brokenAmong = async (tx: Tx, counted: readonly Counted[]): Promise<number> => {
	const ids = counted.map(({ id }) => id);
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
	const standing = await givenIn(tx, id);
	const counted = await countedOf(tx, evaluation, standing.votes);
	const skipped = outOf(standing, await peopleOf(tx, id), votes).size;
	const names = await tx.select({ id: named.id, name: named.name }).from(votersIn(id));
	const people = new Map(names.map((person) => [person.id, person.name]));
	const judgements = standing.votes.map(({ pairingId, personId, choice }) => ({
		item: pairingId,
		rater: personId,
		value: Number(choice)
	}));
	const shiftOf = new Map(shifts(judgements).map(({ rater, shift }) => [rater, shift]));
	const sendableFrom = evaluation.sendableFrom!;
	const { show, page } = wanted === 'all' ? { show: 'all' as const, page: 1 } : wanted;
	const below = () => counted.filter(({ score }) => score < sendableFrom).sort((one, two) => one.score - two.score);
	const some = show === 'all' ? counted : below();
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
				counted.map(({ score }) => score)
			),
			skipped,
			open: planned - counted.length - skipped,
			broken: await brokenAmong(tx, counted),
			leaked: (await leakedIn(tx, evaluation)).length,
			people: [...Map.groupBy(standing.votes, ({ personId }) => personId)]
				.map(([personId, given]) => ({
					name: people.get(personId) ?? 'somebody',
					shift: shiftOf.get(personId) ?? null,
					summary: summaryIn(
						evaluation,
						given.map(({ choice }) => Number(choice))
					)
				}))
				.sort((one, two) => one.name.localeCompare(two.name)),
			agreement: agreement(judgements, { level: 'ordinal', categories: scoreMarks.length }),
			next: { runId: evaluation.runId },
			rows: {
				show,
				page: at,
				pages,
				count: some.length,
				list: await withTexts(tx, some.slice((at - 1) * size, at * size), standing.votes, people)
			}
		}
	};
};
