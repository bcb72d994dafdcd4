import { tokensOf } from '../catalogue.ts';
import type { Job } from '../timeline.ts';
import type { Pair } from './knowledge.ts';
import { type LanguageModel, newLanguageModel, wordsOf } from './language-model.ts';
import { randomFrom, shuffled } from './random.ts';

export type Course = Pick<
	Job,
	'epochs' | 'batch' | 'steps' | 'learningRate' | 'warmupRatio' | 'beta' | 'evals' | 'seed'
>;
type Place = { step: number; epoch: number; learningRate: number };
export type LossPoint = Place & { series: 'train' | 'validation'; loss: number };
/** The losses step by step, and how far the training went, 0 to 1. */
export type Lessons = { points: LossPoint[]; strength: number };

const mostTokens = 60_000; // seen over all epochs: under half a second of counting, whatever the file's size
const mostSteps = 120; // points that are recorded
const mostValidationTokens = 4_000;

/** The step size as a weight of counts: small, so that the losses fall step by step as a large model’s do. */
const weightAt = (learningRate: number) => 0.01 * (learningRate / 1e-5) ** 0.4;

/** Rises to 1 during the warm-up, then falls along half a cosine. */
const scheduleAt = (share: number, warmup: number) =>
	share < warmup ? share / warmup : 0.5 * (1 + Math.cos(Math.PI * ((share - warmup) / Math.max(1e-9, 1 - warmup))));

/**
 * Goes through the answers epoch by epoch and measures, before each step, how unexpected the next batch is: real
 * losses, in nats per character or those of DPO, of a small language model. `pause` is awaited between batches, so that others can work.
 */
export async function teach(
	pairs: readonly Pair[],
	validation: readonly Pair[],
	course: Course,
	pause: () => Promise<void>
): Promise<Lessons> {
	const model = newLanguageModel();
	const random = randomFrom(course.seed);
	const read = (list: readonly Pair[], most: number) => {
		let tokens = 0;
		const some = list.filter(({ answer }, at) => (tokens += tokensOf(answer.slice(0, longest))) <= most || at === 0);
		return some.map(textOf);
	};
	const texts = read(shuffled(pairs, random), mostTokens / course.epochs);
	const held = read(validation, mostValidationTokens);

	const perEpoch = Math.min(Math.round(course.steps / course.epochs), texts.length, mostSteps / course.epochs);
	const rounds = Math.max(1, Math.floor(perEpoch));
	const total = rounds * course.epochs;
	const checks = Array.from({ length: course.evals }, (_, at) => Math.round(((at + 1) * total) / course.evals) || 1);
	const { beta } = course;
	const lossOf = beta == null ? surpriseIn(model) : preferenceIn(model, beta);

	const points: LossPoint[] = [];
	const peak = weightAt(course.learningRate);
	let studied = 0;
	for (let epoch = 0; epoch < course.epochs; epoch++) {
		const order = shuffled(texts, random);
		for (let round = 0; round < rounds; round++) {
			const done = epoch * rounds + round + 1;
			const cut = (at: number) => Math.floor((at * order.length) / rounds);
			const batch = order.slice(cut(round), cut(round + 1));
			const share = scheduleAt((done - 0.5) / total, course.warmupRatio);
			const where: Place = {
				step: Math.max(1, Math.round((done * course.steps) / total)),
				epoch: (done * course.epochs) / total,
				learningRate: course.learningRate * share
			};
			points.push({ series: 'train', loss: lossOf(batch), ...where });
			// Half of the weight is there from the start: counts, unlike gradients, would forget a cold batch.
			const weight = peak * (0.5 + share);
			for (const text of batch) model.learn(text.words, weight);
			studied += weight / rounds;
			if (held.length && checks.includes(done)) points.push({ series: 'validation', loss: lossOf(held), ...where });
			await pause();
		}
	}
	// preferences take small steps that pull hard, the harder the less they are held back
	const pull = beta == null ? 1 : 3 * Math.sqrt(0.1 / beta);
	return { points, strength: 1 - Math.exp(-80 * pull * studied) };
}

const longest = 8_000; // characters of an answer that are read

type Text = { words: string[]; characters: number; rejected: string[] };
const textOf = ({ answer, rejected = '' }: Pair): Text => ({
	words: wordsOf(answer.slice(0, longest)),
	characters: Math.min(answer.length, longest),
	rejected: wordsOf(rejected.slice(0, longest))
});

/** How unexpected the answers are, in nats per character. */
const surpriseIn = (model: LanguageModel) => (list: readonly Text[]) => {
	const characters = list.reduce((sum, text) => sum + text.characters, 0);
	return list.reduce((sum, text) => sum + model.surprise(text.words), 0) / Math.max(1, characters);
};

/** The loss of DPO: how little the model has moved towards the better answers, and not the worse ones, from where it began (ln 2). */
const preferenceIn = (model: LanguageModel, beta: number) => {
	const base = newLanguageModel();
	const gained = (words: readonly string[]) => base.surprise(words) - model.surprise(words);
	return (list: readonly Text[]) => {
		const losses = list.map(({ words, rejected }) => Math.log1p(Math.exp(-beta * (gained(words) - gained(rejected)))));
		return losses.reduce((sum, loss) => sum + loss, 0) / Math.max(1, losses.length);
	};
};
