import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { preferenceLine } from '../../lib/core/examples/formats/preference.ts';
import { chatLine } from '../../lib/core/examples/formats/training.ts';
import { flawsOfExample, takesThoughts } from '../../lib/core/examples/trainable.ts';
import type { FlawedExamples } from '../../lib/core/runs/preflight.ts';
import { promptTokens, tokensOf } from '../../lib/core/text/tokens.ts';
import type { gatherUnreadable } from '../unreadable.ts';
import { type Example, type Side, eachExample } from './examples.ts';
import { type Project, dataFolder } from './project.ts';
import { replacing } from './write.ts';

export type TrainingFiles = {
	train: number;
	validation: number;
	preference: number;
	tokens: number;
	flawed: FlawedExamples[];
	/** Puts the files in their place. */
	done(): void;
	/** Forgets them; what was there stays. */
	drop(): void;
};

const named = 5;

/** Whether it goes into a file, and which: what is good and in train, and all of validation. */
export const sideInFiles = ({ split, rating }: Pick<Example, 'split' | 'rating'>, threshold: number): Side | null =>
	split === 'val' || (split === 'train' && rating !== null && rating >= threshold) ? split : null;

/** Flaws by rule, with the first examples that have them. */
export const gatherFlaws = () => {
	const byRule = new Map<string, FlawedExamples>();
	return {
		add(example: Example) {
			for (const { rule, words } of flawsOfExample(example)) {
				const group = byRule.get(rule) ?? { rule, words, count: 0, examples: [] };
				byRule.set(rule, group);
				group.count++;
				if (group.examples.length < named)
					group.examples.push({ id: example.id ?? `#${example.line}`, number: Number(example.id ?? example.line) });
			}
		},
		all: () => [...byRule.values()]
	};
};

/** Writes the files a training takes into a folder, beside their places until `done`. A side without examples gets an empty file. */
export const writeTrainingFiles = (
	project: Project,
	unreadable: ReturnType<typeof gatherUnreadable>,
	{ folder = dataFolder(project), provider = project.config.provider as string, preference = false } = {}
): TrainingFiles => {
	const { systemPrompt, qualityThreshold } = project.config;
	const thoughts = takesThoughts(provider);
	const prompt = promptTokens(systemPrompt ?? '');
	mkdirSync(folder, { recursive: true });
	const files = {
		train: replacing(path.join(folder, 'train.jsonl')),
		val: replacing(path.join(folder, 'val.jsonl')),
		...(preference && { preference: replacing(path.join(folder, 'preference.jsonl')) })
	};
	const all = Object.values(files);
	const counts = { train: 0, val: 0, preference: 0, tokens: 0 };
	const flaws = gatherFlaws();
	try {
		eachExample(
			project,
			(example) => {
				const side = sideInFiles(example, qualityThreshold);
				if (side === null) return;
				flaws.add(example);
				files[side].text(`${chatLine(example, systemPrompt, { thoughts })}\n`);
				counts[side]++;
				if (side === 'train') counts.tokens += tokensOf(example.messages) + prompt;
				const { rewrite } = example;
				if (side !== 'train' || rewrite === null || !files.preference) return;
				files.preference.text(`${preferenceLine({ ...example, rewrite }, systemPrompt)}\n`);
				counts.preference++;
			},
			unreadable.add
		);
	} catch (problem) {
		for (const file of all) file.drop();
		throw problem;
	}
	return {
		train: counts.train,
		validation: counts.val,
		preference: counts.preference,
		tokens: counts.tokens,
		flawed: flaws.all(),
		done: () => all.forEach((file) => file.done()),
		drop: () => all.forEach((file) => file.drop())
	};
};
