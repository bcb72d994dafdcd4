import { existsSync } from 'node:fs';
import path from 'node:path';
import { promptText } from '../../lib/core/examples/fingerprint.ts';
import { chatLine, trainedTurns, weightIn } from '../../lib/core/examples/formats/training.ts';
import { takesThoughts, takesWeights } from '../../lib/core/examples/trainable.ts';
import type { Method } from '../../lib/core/runs/method.ts';
import type { PreflightFacts } from '../../lib/core/runs/preflight.ts';
import type { Recipe } from '../../lib/core/runs/recipe.ts';
import { promptTokens, tokensOf } from '../../lib/core/text/tokens.ts';
import type { gatherUnreadable } from '../unreadable.ts';
import { answerOf, eachExample } from './examples.ts';
import { type NumberSet, numberOf as number, numberSet, promptNumber } from './hashes.ts';
import { decoded, eachLine } from './lines.ts';
import type { LocalRun, Project } from './project.ts';
import { eachPair } from './pairs.ts';
import { runFolder, trainedPrompts, versionOf } from './runs.ts';
import { gatherFlaws, sideInFiles } from './training-files.ts';

export type DataFacts = Omit<
	PreflightFacts,
	'recipe' | 'contextTokens' | 'keyOk' | 'keyReason' | 'model' | 'today' | 'fitted'
> & {
	validationTokens: number;
};

type LastRun = { run: LocalRun; version: number; before: NumberSet };

/** The newest run that was neither called off nor refused, with its training lines, by their numbers; null where it kept none. */
const lastRunOf = (project: Project): LastRun | null => {
	const run = project.config.runs.findLast(({ status }) => status !== 'failed' && status !== 'cancelled');
	if (!run) return null;
	const version = versionOf(project, run);
	const file = path.join(runFolder(project, version), 'train.jsonl');
	if (!existsSync(file)) return null;
	const before = numberSet();
	eachLine(file, (bytes) => void before.add(number(decoded(bytes))));
	return { run, version, before };
};

const isOtherRecipe = (run: LocalRun, recipe: Recipe, model: string): boolean =>
	(run.baseModel ?? model) !== model ||
	(run.recipe !== undefined &&
		(Object.keys(recipe) as (keyof Recipe)[]).some((name) => recipe[name] !== run.recipe![name]));

/** Against the newest run that still counts: its lines are known by their bytes. */
const differenceFrom = (
	last: LastRun | null,
	{ lines, recipe, model, method }: { lines: NumberSet; recipe: Recipe; model: string; method: Method }
): DataFacts['lastRun'] => {
	if (!last) return null;
	const kept = last.before.countIn(lines);
	return {
		version: last.version,
		newExamples: lines.size() - kept,
		removedExamples: last.before.size() - kept,
		recipeChanged: isOtherRecipe(last.run, recipe, model),
		methodChanged: (last.run.method ?? 'sft') !== method
	};
};

/** The same before a training with preferences, pair by pair. */
export const readPairFacts = (
	project: Project,
	recipe: Recipe,
	unreadable: ReturnType<typeof gatherUnreadable>
): DataFacts => {
	const { qualityThreshold: threshold, provider, model } = project.config;
	const lines = numberSet();
	const counts = { train: 0, val: 0 };
	const tokens = { train: 0, val: 0 };
	let [longestTokens, duplicates, thoughtful, weighted] = [0, 0, 0, 0];
	const pairs = eachPair(
		project,
		provider,
		(side, pair) => {
			counts[side]++;
			tokens[side] += pair.tokens;
			longestTokens = Math.max(longestTokens, pair.longestTokens);
			if (side === 'val') return;
			const text = JSON.stringify(pair.parts);
			if ((pair.parts.weight ?? 1) !== 1) weighted++;
			if (/"reasoning(_content)?":/.test(text)) thoughtful++;
			if (!lines.add(number(text))) duplicates++;
		},
		unreadable
	);
	return {
		method: 'dpo',
		pairs,
		...{ threshold, provider, longestTokens, duplicates, thoughtful, weighted },
		qualityCount: counts.train,
		trainCount: counts.train,
		validationCount: counts.val,
		tokens: tokens.train,
		validationTokens: tokens.val,
		leaks: 0,
		contested: 0,
		flawed: [],
		lastRun: differenceFrom(lastRunOf(project), { lines, recipe, model, method: 'dpo' })
	};
};

/** What the examples of a project say before a training with this recipe: one pass over the file. */
export const readFacts = (
	project: Project,
	recipe: Recipe,
	unreadable: ReturnType<typeof gatherUnreadable>
): DataFacts => {
	const { qualityThreshold: threshold, systemPrompt, provider, model } = project.config;
	const prompt = promptTokens(systemPrompt ?? '');
	const taken = { thoughts: takesThoughts(provider), weights: takesWeights(provider) };
	const [learnt, asked, targets, lines] = [trainedPrompts(project), [] as number[], numberSet(), numberSet()];
	const flaws = gatherFlaws();
	const facts = {
		qualityCount: 0,
		trainCount: 0,
		validationCount: 0,
		tokens: 0,
		validationTokens: 0,
		longestTokens: 0
	};
	let [duplicates, thoughtful, weighted] = [0, 0, 0];
	eachExample(
		project,
		(example) => {
			const { messages, rewrite, rating, split } = example;
			if (rating !== null && rating >= threshold) facts.qualityCount++;
			const question = split === null ? '' : promptText(messages);
			if (split === 'train') learnt.add(promptNumber(messages));
			if (split === 'val') asked.push(promptNumber(messages));
			const side = sideInFiles(example, threshold);
			if (side === null) return;
			flaws.add(example, example.id);
			if (trainedTurns({ messages, rewrite }).some((turn) => turn.reasoning != null || turn.reasoning_content != null))
				thoughtful++;
			if ((weightIn(example.source) ?? 1) !== 1) weighted++;
			const tokens = tokensOf(messages) + prompt;
			facts.longestTokens = Math.max(facts.longestTokens, tokens);
			if (side === 'val') {
				facts.validationCount++;
				facts.validationTokens += tokens;
				return;
			}
			facts.trainCount++;
			facts.tokens += tokens;
			if (!targets.add(number(`${question}\n\n${answerOf(example)}`))) duplicates++;
			lines.add(number(chatLine(example, systemPrompt, taken)));
		},
		unreadable.add
	);
	return {
		...facts,
		threshold,
		provider,
		leaks: asked.filter((each) => learnt.has(each)).length,
		duplicates,
		contested: 0, // one person rates here
		flawed: flaws.all(),
		thoughtful,
		weighted,
		lastRun: differenceFrom(lastRunOf(project), { lines, recipe, model, method: 'sft' })
	};
};
