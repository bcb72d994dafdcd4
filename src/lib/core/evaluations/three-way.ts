import type { VerdictKind } from './rules.ts';

/**
 * The three comparisons of a three-way: what training adds to the best prompt, what the prompt adds to the base, and what the trained model
 * is worth beside the base. The first is the question that was asked before anybody voted; the answer goes by it.
 */
export const threeParts = ['training', 'prompt', 'tuned'] as const;
export type ThreePart = (typeof threeParts)[number];

/** Who competes: the base as it is, the base with examples in its prompt, and the trained model. */
export const threeRoles = ['base', 'prompt', 'trained'] as const;
export type ThreeRole = (typeof threeRoles)[number];

/** Whose wins are counted, and against whom. */
export const sidesOfPart: Record<ThreePart, readonly [a: ThreeRole, b: ThreeRole]> = {
	training: ['trained', 'prompt'],
	prompt: ['prompt', 'base'],
	tuned: ['trained', 'base']
};

/** A place in the one queue of a voter: those of the three lie beside each other, in an order that changes from place to place. */
const orders = [
	[0, 1, 2],
	[0, 2, 1],
	[1, 0, 2],
	[1, 2, 0],
	[2, 0, 1],
	[2, 1, 0]
] as const;

/** Which of the three comes how manieth at a place. `random`: by place, from a key that only the server can make. */
const rankAt = (part: number, place: number, random: (place: number) => number) =>
	orders[Math.floor(random(place) * orders.length)]!.indexOf(part as never);

/** The place of a ballot of one of three comparisons among all of them. */
export const sharedPlace = (part: number, place: number, random: (place: number) => number): number =>
	3 * place + rankAt(part, place, random);

/** The other way round: the last place of this one that is not beyond that shared place; −1: none. */
export const ownPlace = (part: number, shared: number, random: (place: number) => number): number => {
	if (shared < 0) return -1;
	const place = Math.floor(shared / 3);
	return rankAt(part, place, random) <= shared % 3 ? place : place - 1;
};

/**
 * How far each of the three is said to be before the reveal: a third of all that is settled, and of what is settled besides. How far one is
 * by itself would tell from which of them a pair was, and so who wrote an answer that stands in two of them.
 */
export const thirdOf = (settled: number, besides: number): [settled: number, besides: number] => {
	const one = Math.floor(settled / 3);
	return [one, Math.floor((settled + besides) / 3) - one];
};

export const answerKinds = ['train', 'prompt', 'base', 'open', 'unfair'] as const;
export type AnswerKind = (typeof answerKinds)[number];

/**
 * Whether one needs to train at all. It goes by the first comparison; the others decide only between the prompt and the base, and take a
 * yes back that would ship what is worse than the base.
 */
export const answerOf = ({ training, prompt, tuned }: Record<ThreePart, VerdictKind>): AnswerKind => {
	if (training === 'blocked') return 'unfair';
	if (training === 'ship-it') return tuned === 'dont-ship' ? 'base' : 'train';
	if (training !== 'dont-ship' && training !== 'too-close') return 'open';
	if (tuned === 'dont-ship' && prompt !== 'ship-it') return 'base';
	// worse than the base, and the trained model no better than that, but better than the base: that goes round in a circle
	if (prompt === 'dont-ship') return tuned === 'ship-it' ? 'open' : 'base';
	return prompt === 'too-close' && tuned !== 'ship-it' ? 'base' : 'prompt';
};

export const answerTitles: Record<AnswerKind, string> = {
	train: 'Yes: training is worth it',
	prompt: 'No: the prompt is enough',
	base: 'No: the base model is enough',
	open: 'Not known yet',
	unfair: 'Not a fair test'
};

/** What came out of one of the three, as the answer speaks of it. */
type Out = { kind: VerdictKind; words: string | null };

/** How the trained model did, told with its numbers: `+30 points (6 to 50)`. */
const withWords = ({ words }: Out) => (words === null ? '' : `: ${words}`);

const ofPrompt = ({ prompt }: Record<ThreePart, Out>): string =>
	prompt.kind === 'ship-it'
		? `The prompt is better than the base model by itself${withWords(prompt)}.`
		: prompt.kind === 'too-close'
			? `The prompt makes no difference that matters to the base model${withWords(prompt)}.`
			: prompt.kind === 'dont-ship'
				? `The prompt is worse than the base model by itself${withWords(prompt)}.`
				: `Whether the prompt is better than the base model by itself is not shown yet${withWords(prompt)}.`;

const ofTuned = ({ tuned }: Record<ThreePart, Out>): string =>
	tuned.kind === 'ship-it'
		? `It is better than the base model too${withWords(tuned)}.`
		: `That it is better than the base model is not shown by itself${withWords(tuned)}.`;

/** The answer in words. */
export const answerSentence = (kind: AnswerKind, out: Record<ThreePart, Out>): string => {
	const { training, tuned } = out;
	const noGain =
		training.kind === 'dont-ship'
			? `The trained model is worse than the base model with examples in its prompt${withWords(training)}.`
			: `The trained model makes no difference that matters to the base model with examples in its prompt${withWords(training)}.`;
	switch (kind) {
		case 'train':
			return `The trained model is better than the base model with examples in its prompt${withWords(training)}. ${ofTuned(out)}`;
		case 'prompt':
			return `${noGain} ${ofPrompt(out)}`;
		case 'base':
			return tuned.kind === 'dont-ship'
				? `The trained model is worse than the base model${withWords(tuned)}. ${ofPrompt(out)}`
				: `${noGain} ${ofPrompt(out)}`;
		case 'open':
			return training.kind === 'dont-ship' || training.kind === 'too-close'
				? `The three comparisons contradict each other: ${ofPrompt(out)} ${noGain} Yet the trained model is better than the base model${withWords(tuned)}. Compare again with more prompts.`
				: `The votes do not show whether the trained model is better than the base model with examples in its prompt${withWords(training)}. ${ofPrompt(out)}`;
		case 'unfair':
			return 'The comparison of the trained model with the prompt is blocked, so there is no answer. Its results say why.';
	}
};

/** How answers are paid: by the token, by the hour of a deployment, or not at all. */
export type Billed = 'token' | 'hour' | 'free';
export type AnswerCost = { billed: Billed; centsPerAnswer: number | null; centsPerHour: number | null };

/**
 * After how many answers a training has paid for itself beside the prompt: `answers`; `never`, where an answer costs no less; `perHour`,
 * where the trained model is paid by the hour: from so many answers an hour on it costs less; `unknown`, where a price is missing.
 */
export type Payback =
	| { kind: 'answers'; answers: number }
	| { kind: 'perHour'; answers: number }
	| { kind: 'never' }
	| { kind: 'unknown' };

const asCost = ({ billed, centsPerAnswer }: AnswerCost) => (billed === 'free' ? 0 : centsPerAnswer);

export const paybackOf = (trainingCents: number | null, prompt: AnswerCost, trained: AnswerCost): Payback => {
	const [before, after] = [asCost(prompt), asCost(trained)];
	if (trained.billed === 'hour') {
		if (trained.centsPerHour === null || prompt.billed === 'hour' || before === null) return { kind: 'unknown' };
		return before === 0 ? { kind: 'never' } : { kind: 'perHour', answers: Math.ceil(trained.centsPerHour / before) };
	}
	if (before === null || after === null || prompt.billed === 'hour') return { kind: 'unknown' };
	if (after >= before) return { kind: 'never' };
	return trainingCents === null
		? { kind: 'unknown' }
		: { kind: 'answers', answers: Math.ceil(trainingCents / (before - after)) };
};
