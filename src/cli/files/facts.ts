import { existsSync } from 'node:fs';
import path from 'node:path';
import { promptText } from '../../lib/core/examples/fingerprint.ts';
import { chatLine, trainedTurns, weightIn } from '../../lib/core/examples/formats/training.ts';
import { takesThoughts, takesWeights } from '../../lib/core/examples/trainable.ts';
import type { PreflightFacts } from '../../lib/core/runs/preflight.ts';
import type { Recipe } from '../../lib/core/runs/recipe.ts';
import { promptTokens, tokensOf } from '../../lib/core/text/tokens.ts';
import type { gatherUnreadable } from '../unreadable.ts';
import { answerOf, eachExample } from './examples.ts';
import { numberOf as number, numberSet } from './hashes.ts';
import { decoded, eachLine } from './lines.ts';
import type { LocalRun, Project } from './project.ts';
import { runFolder, trainedPrompts, versionOf } from './runs.ts';
import { gatherFlaws, sideInFiles } from './training-files.ts';

export type DataFacts = Omit<
	PreflightFacts,
	'recipe' | 'contextTokens' | 'keyOk' | 'keyReason' | 'model' | 'today' | 'fitted'
> & {
	validationTokens: number;
};

/** The newest run that was neither called off nor refused. */
const lastRunOf = ({ config }: Project): LocalRun | undefined =>
	config.runs.findLast(({ status }) => status !== 'failed' && status !== 'cancelled');

/** The training lines of a run, by their numbers; null where it kept none. */
const linesOfRun = (project: Project, run: LocalRun) => {
	const file = path.join(runFolder(project, versionOf(project, run)), 'train.jsonl');
	if (!existsSync(file)) return null;
	const lines = numberSet();
	eachLine(file, (bytes) => void lines.add(number(decoded(bytes))));
	return lines;
};

const isOtherRecipe = (run: LocalRun, recipe: Recipe, model: string): boolean =>
	(run.baseModel ?? model) !== model ||
	(run.recipe !== undefined &&
		(Object.keys(recipe) as (keyof Recipe)[]).some((name) => recipe[name] !== run.recipe![name]));

/** What the examples of a project say before a training with this recipe: one pass over the file. */
export const readFacts = (
	project: Project,
	recipe: Recipe,
	unreadable: ReturnType<typeof gatherUnreadable>
): DataFacts => {
	const { qualityThreshold: threshold, systemPrompt, provider, model } = project.config;
	const prompt = promptTokens(systemPrompt ?? '');
	const taken = { thoughts: takesThoughts(provider), weights: takesWeights(provider) };
	const last = lastRunOf(project);
	const before = last ? linesOfRun(project, last) : null;
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
	let [duplicates, thoughtful, weighted, newExamples] = [0, 0, 0, 0];
	eachExample(
		project,
		(example) => {
			const { messages, rewrite, rating, split } = example;
			if (rating !== null && rating >= threshold) facts.qualityCount++;
			const question = split === null ? '' : promptText(messages);
			if (split === 'train') learnt.add(number(question));
			if (split === 'val') asked.push(number(question));
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
			const line = number(chatLine(example, systemPrompt, taken));
			if (lines.add(line) && before && !before.has(line)) newExamples++;
		},
		unreadable.add
	);
	const kept = lines.size() - newExamples;
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
		lastRun:
			last && before
				? {
						version: versionOf(project, last),
						newExamples,
						removedExamples: before.size() - kept,
						recipeChanged: isOtherRecipe(last, recipe, model)
					}
				: null
	};
};
