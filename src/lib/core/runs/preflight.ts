// Longer than most: the whole checklist before training, one rule for each line, in the order of the page.
import { figure } from '../text/figure.ts';
import { type TrainingRule, refusedBy, takesThoughts, takesWeights } from '../examples/trainable.ts';
import { type BudgetFacts, budgetFit } from '../budget/fits.ts';
import { formatCents } from './cost.ts';
import { isCounted } from './lengths.ts';
import { type Method, methodsOf } from './method.ts';
import { type PairCounts, leftOutInWords, pairsInWords } from './pairs.ts';
import { type Recipe, rateOf, rateWarning } from './recipe.ts';
import { retirementProblem } from './retirement.ts';
import { readyAt, trainingSentence } from '../project/readiness.ts';
import { whatValidationProves } from '../splits/plan.ts';

type Level = 'block' | 'warn' | 'ok';

export type Finding = {
	id: string;
	/** `block`: training cannot start. */
	level: Level;
	title: string;
	sentence: string;
	/** The page on which it can be mended; given where there is something to mend. */
	fix?: 'rate' | 'split' | 'examples' | 'settings' | 'model' | 'move' | 'recipe' | 'pairs' | 'method';
	/** The first of the examples it is about. */
	examples?: { id: string; number: number }[];
};

/** Examples that break the same rule of training files: how many, the first of them, and what is wrong with that. */
export type FlawedExamples = {
	rule: TrainingRule;
	words: string;
	count: number;
	examples: { id: string; number: number }[];
};

/** No provider trains on fewer. */
export const fewestExamples = 10;

export type PreflightFacts = {
	/** Without it: with examples. */
	method?: Method;
	/** Of a training with preferences: where its pairs come from. */
	pairs?: PairCounts | null;
	threshold: number;
	/** Good examples: rating at or above the threshold. */
	qualityCount: number;
	/** Good examples in train and in validation: what would be sent. */
	trainCount: number;
	validationCount: number;
	tokens: number;
	longestTokens: number;
	/** The context of the model. `null`: not known. */
	contextTokens: number | null;
	/** Examples whose prompt is both in train and in validation. */
	leaks: number;
	duplicates: number;
	/** Examples in train about which raters disagree. */
	contested: number;
	/** Where it would be trained, by its id. */
	provider: string | null;
	/** What is wrong with examples of either file, by rule. */
	flawed: readonly FlawedExamples[];
	/** Examples with what the model thought before it answered. */
	thoughtful: number;
	/** Pairs whose better or worse answer was thought about first: a pair has no place for that anywhere. */
	answerThoughts?: number;
	/** Examples that count more, or less, than the others. */
	weighted: number;
	/** `null`: not tried yet. */
	keyOk: boolean | null;
	keyReason?: string | null;
	/** `null`: none chosen, or the provider does not know it. */
	model: {
		trainable: boolean;
		servable: boolean | null;
		/** How it can be trained; missing: as everything there. */
		methods?: readonly Method[];
		until?: string | null;
		note?: string | null;
		answersAtOnce?: boolean;
		/** Of one that does not: what an hour of it costs, deployed as it is. null: it cannot be deployed so, or nobody names the price. */
		deployedCentsPerHour?: number | null;
	} | null;
	/** The day on which it is asked, `YYYY-MM-DD`. */
	today: string;
	/** Settings that gave way to the provider's limits, in sentences. */
	fitted?: readonly string[];
	recipe: Pick<Recipe, 'learningRate'>;
	/** What is left of the month, and the estimate; missing where nobody asks about it. */
	budget?: BudgetFacts & { cents: number | null };
	/** Fewest examples the provider accepts. */
	minimumExamples?: number;
	/** The newest run, and what is different now. */
	lastRun?: {
		version: number;
		newExamples: number;
		removedExamples: number;
		recipeChanged: boolean;
		methodChanged?: boolean;
	} | null;
};

type Judged = [level: Level, sentence: string, examples?: Finding['examples'], fix?: Finding['fix']];

const count = (n: number, one: string, many = `${one}s`) => `${figure(n)} ${n === 1 ? one : many}`;

const quality = ({ qualityCount, threshold }: PreflightFacts): Judged => {
	const have = `${count(qualityCount, 'example')} rated ${threshold} or better.`;
	const level = qualityCount < readyAt.experiment ? 'block' : qualityCount < readyAt.minimum ? 'warn' : 'ok';
	return [level, `${have} ${trainingSentence(qualityCount)}`];
};

/** So few teach little: what differs between two answers is a matter of many of them. */
const usefulPairs = 50;

const pairs = ({ pairs: counts, trainCount, minimumExamples = fewestExamples }: PreflightFacts): Judged => {
	if (!counts) return ['ok', 'It trains with examples.'];
	const left = leftOutInWords(counts);
	const words = `${pairsInWords(counts)}${left.length > 0 ? ` Left out: ${left.join('; ')}.` : ''}`;
	if (trainCount < minimumExamples)
		return [
			'block',
			`${words} At least ${minimumExamples} are needed: rewrite answers in train, choose between two in the playground, or import a file of pairs.`
		];
	return trainCount < usefulPairs ? ['warn', `${words} Fewer than ${usefulPairs} seldom change much.`] : ['ok', words];
};

const method = ({ method: chosen = 'sft', provider, model: on }: PreflightFacts): Judged => {
	if (!methodsOf(provider).includes(chosen))
		return ['block', 'This provider trains with examples only. Train with examples, or choose another connection.'];
	if (on?.methods && !on.methods.includes(chosen))
		return [
			'block',
			'The provider trains this model with examples only. Train with examples, or choose another model.'
		];
	return ['ok', 'The provider trains with preferences.'];
};

const train = ({ trainCount, minimumExamples = fewestExamples }: PreflightFacts): Judged => {
	const have = `${count(trainCount, 'good example')} in train`;
	return trainCount < minimumExamples
		? ['block', `${have}; the provider accepts no fewer than ${minimumExamples}.`]
		: ['ok', `${have}.`];
};

/** With preferences only the loss is measured on pairs; what is compared afterwards is the validation set. */
const heldOut = ({ validationCount }: PreflightFacts): Judged =>
	validationCount === 0
		? ['ok', 'No validation example is rewritten, so the loss is measured on what it trains with.']
		: [
				'ok',
				`The loss is also measured on ${count(validationCount, 'rewritten example')} of validation, from which nothing is learnt.`
			];

const validation = ({ validationCount }: PreflightFacts): Judged => [
	validationCount < readyAt.verdict ? 'warn' : 'ok',
	whatValidationProves(validationCount)
];

/** Said of what cannot train. */
export const leaksInWords = (n: number): string =>
	`${count(n, 'example has', 'examples have')} a prompt that is both in train and in validation: the model would know the answers. Move them to one side.`;

const leaks = ({ leaks: n }: PreflightFacts): Judged =>
	n === 0 ? ['ok', 'No prompt is both in train and in validation.'] : ['block', leaksInWords(n)];

const duplicates = ({ duplicates: n }: PreflightFacts): Judged =>
	n === 0
		? ['ok', 'No example is there twice.']
		: ['warn', `${count(n, 'example repeats', 'examples repeat')} another one, which then weighs double.`];

const contested = ({ contested: n }: PreflightFacts): Judged =>
	n === 0
		? ['ok', 'Nobody disagrees about an example in train.']
		: ['warn', `Raters disagree about ${count(n, 'example')} in train. Talk about ${n === 1 ? 'it' : 'them'} first.`];

const length = (facts: PreflightFacts): Judged => {
	const { longestTokens, contextTokens, tokens, provider, method: chosen = 'sft' } = facts;
	const have = `By our estimate about ${figure(tokens)} tokens in all, the longest example about ${figure(longestTokens)}`;
	const counts = isCounted(provider, chosen);
	const later = counts ? ' The provider counts them exactly once it has the file, before anything is ordered.' : '';
	if (contextTokens === null) return ['ok', `${have}. The provider does not say how many fit.${later}`];
	if (longestTokens > contextTokens)
		return ['block', `${have}, but only ${figure(contextTokens)} fit. Shorten it, or leave it out.`];
	// Our count is an estimate, and what is cut off is the end: the answer.
	if (longestTokens > contextTokens * 0.85)
		return counts
			? ['warn', `${have}, close to the ${figure(contextTokens)} that fit.${later} If it does not fit, nothing is.`]
			: ['warn', `${have}, close to the ${figure(contextTokens)} that fit. Its end may be cut off.`];
	return ['ok', `${have}; ${figure(contextTokens)} fit.${later}`];
};

/** What a provider would refuse the whole file for. */
const turns = ({ flawed, provider }: PreflightFacts): Judged => {
	if (flawed.length === 0) return ['ok', 'Turns, tools and weights are as providers want them.'];
	const refused = refusedBy(provider);
	const isRefused = flawed.some(({ rule }) => refused.includes(rule));
	const sentences = flawed.map(({ count: n, examples, words }) => {
		const others = n === 1 ? '' : ` (and ${n === 2 ? 'another one' : `${figure(n - 1)} others like it`})`;
		return `Example ${examples[0]?.number}${others}: ${words}.`;
	});
	const isControl = flawed.every(({ rule }) => rule === 'control');
	const consequence = isRefused
		? 'The provider would refuse the file.'
		: isControl
			? 'Some models refuse that; others learn to stop there.'
			: 'Some servers refuse that.';
	const shown = new Map(flawed.flatMap(({ examples }) => examples.map((each) => [each.id, each])));
	return [
		isRefused ? 'block' : 'warn',
		`${sentences.join(' ')} ${consequence} Mend them, or leave them out of the split.`,
		[...shown.values()]
	];
};

/** What stands beside an answer, and whether it goes along. */
const beside = ({ thoughtful, answerThoughts = 0, weighted, provider }: PreflightFacts): Judged => {
	const notHere = 'this provider does not train with';
	const found = [
		{
			n: answerThoughts,
			isTaken: false,
			who: 'no training with preferences takes',
			words: (n: number) => `${count(n, 'pair has', 'pairs have')} thoughts before ${n === 1 ? 'its' : 'their'} answer`,
			goes: '',
			stays: 'only the answers are compared, and the thoughts are left out'
		},
		{
			n: thoughtful,
			isTaken: takesThoughts(provider),
			who: notHere,
			words: (n: number) => `${count(n, 'example has', 'examples have')} thoughts beside the answer`,
			goes: 'they are trained too',
			stays: 'they are left out'
		},
		{
			n: weighted,
			isTaken: takesWeights(provider),
			who: notHere,
			words: (n: number) => `${count(n, 'example has', 'examples have')} a weight of ${n === 1 ? 'its' : 'their'} own`,
			goes: 'it goes along',
			stays: 'it is left out, and each example counts the same'
		}
	].filter(({ n }) => n > 0);
	if (found.length === 0) return ['ok', 'No example has thoughts or a weight beside its answer.'];
	const said = found.map(({ n, isTaken, who, words, goes, stays }) =>
		isTaken ? `${words(n)}: ${goes}.` : `${words(n)}, which ${who}: ${stays}.`
	);
	return [found.every(({ isTaken }) => isTaken) ? 'ok' : 'warn', said.join(' ')];
};

const key = ({ keyOk, keyReason }: PreflightFacts): Judged => {
	if (keyOk === null) return ['warn', 'The connection has not been tested. Test it before you start.'];
	return keyOk
		? ['ok', 'The provider accepts the key.']
		: ['block', keyReason || 'The provider refuses the key. Enter another one.'];
};

const model = ({ model: chosen, today }: PreflightFacts): Judged => {
	if (!chosen) return ['block', 'The provider does not offer the chosen model. Choose another one.'];
	if (!chosen.trainable) return ['block', 'The provider does not train this model. Choose another one.'];
	const ends = retirementProblem(chosen.until, today);
	if (ends) return ['block', ends, undefined, 'move'];
	const note = chosen.note ? ` ${chosen.note}` : '';
	const until = chosen.until ? ` The provider offers it until ${chosen.until}.` : '';
	if (chosen.servable === false)
		return ['block', `It can be trained, but not called afterwards.${until} Choose another one.`];
	const afterwards = 'It can be trained, and called afterwards.';
	if (chosen.answersAtOnce === false)
		return ['warn', `${afterwards} ${baseWords(chosen.deployedCentsPerHour ?? null)}${note}${until}`];
	if (chosen.servable === null)
		return ['warn', `It can be trained.${note || ' Whether it can be called afterwards is not known yet.'}${until}`];
	return [chosen.until ? 'warn' : 'ok', `${afterwards}${note}${until}`];
};

/** What a comparison with a base costs that does not answer at once. */
const baseWords = (centsPerHour: number | null): string => {
	const asItIs = 'As it is, untrained, it does not answer unless it is deployed';
	if (centsPerHour === null)
		return `${asItIs}, and nobody says at what price: compare runs with one another, or choose a base that answers at once.`;
	const price = centsPerHour === 0 ? 'which costs nothing' : `at about ${formatCents(centsPerHour)} an hour each`;
	return `${asItIs}: a comparison with it deploys both, on the same hardware, ${price}.`;
};

const rate = ({ recipe, provider, method: chosen }: PreflightFacts): Judged => {
	const warning = rateOf(provider) === 'learningRate' ? rateWarning(recipe.learningRate, chosen) : null;
	return warning ? ['warn', warning] : ['ok', 'The steps are neither too small nor too large.'];
};

const settings = ({ fitted = [] }: PreflightFacts): Judged =>
	fitted.length === 0 ? ['ok', 'The provider accepts the settings.'] : ['warn', fitted.join(' ')];

const difference = ({ lastRun }: PreflightFacts): Judged => {
	if (!lastRun) return ['ok', 'This is the first run.'];
	const { version, newExamples, removedExamples, recipeChanged, methodChanged } = lastRun;
	if (methodChanged) return ['ok', `v${version} was trained the other way.`];
	const changes = [
		newExamples > 0 ? `${count(newExamples, 'example')} more` : '',
		removedExamples > 0 ? `${count(removedExamples, 'example')} fewer` : '',
		recipeChanged ? 'other settings' : ''
	].filter((change) => change !== '');
	return changes.length === 0
		? ['warn', `The same examples and settings as v${version}: expect the same model.`]
		: ['ok', `Against v${version}: ${changes.join(', ')}.`];
};

const budget = ({ budget: facts }: PreflightFacts): Judged =>
	facts ? budgetFit(facts, facts.cents) : ['ok', 'Nothing is paid here.'];

type Line = {
	id: string;
	title: string;
	fix: NonNullable<Finding['fix']>;
	rule: (facts: PreflightFacts) => Judged;
	/** The method that it is about; the others are about both. */
	only?: Method;
};

const checklist: readonly Line[] = [
	{ id: 'method', title: 'Method', fix: 'method', rule: method, only: 'dpo' },
	{ id: 'pairs', title: 'Pairs', fix: 'pairs', rule: pairs, only: 'dpo' },
	{ id: 'held-out', title: 'Validation set', fix: 'split', rule: heldOut, only: 'dpo' },
	{ id: 'quality', title: 'Good examples', fix: 'rate', rule: quality, only: 'sft' },
	{ id: 'train', title: 'Training set', fix: 'split', rule: train, only: 'sft' },
	{ id: 'validation', title: 'Validation set', fix: 'split', rule: validation, only: 'sft' },
	{ id: 'leaks', title: 'Leaks', fix: 'split', rule: leaks, only: 'sft' },
	{ id: 'duplicates', title: 'Duplicates', fix: 'examples', rule: duplicates },
	{ id: 'contested', title: 'Agreement', fix: 'rate', rule: contested, only: 'sft' },
	{ id: 'turns', title: 'Turns and tools', fix: 'examples', rule: turns, only: 'sft' },
	{ id: 'beside', title: 'Thoughts and weights', fix: 'examples', rule: beside },
	{ id: 'length', title: 'Length', fix: 'examples', rule: length },
	{ id: 'key', title: 'Connection', fix: 'settings', rule: key },
	{ id: 'model', title: 'Model', fix: 'model', rule: model },
	{ id: 'rate', title: 'Learning rate', fix: 'recipe', rule: rate },
	{ id: 'limits', title: 'Settings', fix: 'recipe', rule: settings },
	{ id: 'budget', title: 'Budget', fix: 'settings', rule: budget },
	{ id: 'difference', title: 'Since the last run', fix: 'examples', rule: difference }
];

const linesFor = ({ method = 'sft', budget: facts }: PreflightFacts) =>
	checklist.filter(({ id, only }) => (only === undefined || only === method) && (id !== 'budget' || facts));

/** Everything worth knowing before money is spent: what is wrong, and where to mend it. */
export const preflight = (facts: PreflightFacts): Finding[] =>
	linesFor(facts).map(({ id, title, fix, rule }) => {
		const [level, sentence, examples, otherFix] = rule(facts);
		return level === 'ok'
			? { id, level, title, sentence }
			: { id, level, title, sentence, fix: otherFix ?? fix, ...(examples && { examples }) };
	});

/** Whether training may start. */
export const isClear = (findings: readonly Finding[]): boolean => findings.every(({ level }) => level !== 'block');
