import { eq } from 'drizzle-orm';
import { agreement } from '../../core/evaluations/agreement.ts';
import { namesAModel } from '../../core/evaluations/ballots.ts';
import { type Check, lengthCheck } from '../../core/evaluations/checks.ts';
import type { Outcome } from '../../core/evaluations/tally.ts';
import { examples, outputs, pairings } from '../platform/db/schema.ts';
import type { Tx } from '../access/scope.ts';
import type { Evaluation, Letter } from './rows.ts';
import { type Vote, outcomesOf } from './votes.ts';

export type Answered = { text: string; /** The model's name it gives away. */ named: string | null; complete: boolean };

/** One judged pairing, with everything that was hidden before the reveal. */
export type Judged = {
	position: number;
	number: number;
	pairingId: string;
	outcome: Outcome;
	said: Record<Outcome, number>;
} & Record<Letter, Answered>;

const countSaid = (votes: readonly Vote[]): Record<Outcome, number> => {
	const said = { a: 0, b: 0, tie: 0, both_bad: 0 };
	for (const { outcome } of votes) said[outcome]++;
	return said;
};

/** A step: every pairing that was judged, in the order it was drawn. */
export const judgedPairings = async (
	tx: Tx,
	evaluation: Evaluation,
	votes: readonly Vote[],
	names: string[]
): Promise<Judged[]> => {
	const outcomes = outcomesOf(votes);
	const rows = await tx
		.select({ id: pairings.id, position: pairings.position, number: examples.number, output: outputs })
		.from(pairings)
		.innerJoin(examples, eq(examples.id, pairings.exampleId))
		.innerJoin(outputs, eq(outputs.pairingId, pairings.id))
		.where(eq(pairings.evaluationId, evaluation.id))
		.orderBy(pairings.position);
	const byPairing = Map.groupBy(rows, (row) => row.id);
	const voters = Map.groupBy(votes, (vote) => vote.pairingId);
	const answer = (list: typeof rows, letter: Letter): Answered => {
		const { text, finishReason } = list.find(({ output }) => output.contender === letter)!.output;
		return { text, named: namesAModel(text, names), complete: finishReason !== null };
	};
	return [...byPairing]
		.filter(([id]) => outcomes.has(id))
		.map(([id, list]) => ({
			pairingId: id,
			position: list[0]!.position,
			number: list[0]!.number,
			outcome: outcomes.get(id)!,
			said: countSaid(voters.get(id)!),
			a: answer(list, 'a'),
			b: answer(list, 'b')
		}));
};

const codes: Record<Outcome, number> = { a: 0, b: 1, tie: 2, both_bad: 3 };

const agreementCheck = (votes: readonly Vote[]): Check => {
	const meant = votes.map(({ pairingId, personId, outcome }) => ({
		item: pairingId,
		rater: personId,
		value: codes[outcome]
	}));
	const found = agreement(meant, { level: 'nominal' });
	return { name: 'agreement', state: found.label === 'unreliable' ? 'warn' : 'ok', sentence: found.sentence };
};
const namedCheck = (judged: readonly Judged[]): Check => {
	const named = judged.filter(({ a, b }) => a.named || b.named).length;
	if (named === 0) return { name: 'names', state: 'ok', sentence: 'No answer named a model.' };
	const answers = named === 1 ? '1 pair has an answer that names' : `${named} pairs have answers that name`;
	return {
		name: 'names',
		state: 'warn',
		sentence: `${answers} a model. The name was hidden from the voters; read these yourself.`
	};
};

const incompleteCheck = (judged: readonly Judged[]): Check[] => {
	const cut = judged.filter(({ a, b }) => !a.complete || !b.complete).length;
	if (cut === 0) return [];
	const answers = cut === 1 ? '1 pair has an answer' : `${cut} pairs have answers`;
	return [{ name: 'complete', state: 'warn', sentence: `${answers} that the provider cut off three times.` }];
};

const lengthsOf = (judged: readonly Judged[]) =>
	judged
		.filter(({ outcome }) => outcome === 'a' || outcome === 'b')
		.map(({ outcome, a, b }) => {
			const [chosen, other] = outcome === 'a' ? [a, b] : [b, a];
			return { chosen: chosen.text.length, other: other.text.length };
		});

/** What the answers themselves warn of, besides the checks that belong to the verdict. */
export const checksOf = (judged: readonly Judged[], votes: readonly Vote[]): Check[] => [
	lengthCheck(lengthsOf(judged)),
	agreementCheck(votes),
	namedCheck(judged),
	...incompleteCheck(judged)
];
