import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { controlTokenIn } from '../../lib/core/examples/control-tokens.ts';
import { chatLine } from '../../lib/core/examples/formats/training.ts';
import { flawsOfExample, takesThoughts, takesWeights } from '../../lib/core/examples/trainable.ts';
import type { Pair } from '../../lib/core/runs/pair.ts';
import type { FlawedExamples } from '../../lib/core/runs/preflight.ts';
import { gatherUnreadable } from '../unreadable.ts';
import { type Example, type Side, examplesIn, isBlankLine, isUnreadable, readExample } from './examples.ts';
import { tailAt } from './fields.ts';
import { eachSpan } from './lines.ts';
import { eachPair } from './pairs.ts';
import { type PlainLine, plainLineAt, roleNames } from './plain-line.ts';
import { type Project, dataFolder } from './project.ts';
import { type Written, replacing } from './write.ts';

export type TrainingFiles = {
	train: number;
	validation: number;
	preference: number;
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
		/** Whether it has one. */
		add(example: Pick<Example, 'messages' | 'rewrite' | 'source' | 'line'>, id: string | null): boolean {
			const found = flawsOfExample(example);
			for (const { rule, words } of found) {
				const group = byRule.get(rule) ?? { rule, words, count: 0, examples: [] };
				byRule.set(rule, group);
				group.count++;
				if (group.examples.length < named)
					group.examples.push({ id: id ?? `#${example.line}`, number: Number(id ?? example.line) });
			}
			return found.length > 0;
		},
		all: () => [...byRule.values()]
	};
};

/** Whether a line's turns are what is sent, and nothing is wrong with them: nearly all of a large file is copied so. */
const trainsAsItStands = (buffer: Buffer, line: PlainLine, hasPrompt: boolean): boolean => {
	const first = roleNames[line.roles[0]!] === 'system' ? 1 : 0;
	if (!line.isCanonical || (hasPrompt && first === 0)) return false;
	for (let turn = first; turn < line.turns; turn++)
		if (roleNames[line.roles[turn]!] !== ((turn - first) % 2 === 0 ? 'user' : 'assistant')) return false;
	return !line.hasBracket || controlTokenIn(buffer.toString('latin1', line.from, line.to)) === null;
};

/** The same of a training with preferences. */
export const writePairFiles = (
	project: Project,
	unreadable: ReturnType<typeof gatherUnreadable>,
	folder = dataFolder(project)
): Pick<TrainingFiles, 'done'> => {
	mkdirSync(folder, { recursive: true });
	const isDerived = folder === dataFolder(project);
	const files = {
		train: replacing(path.join(folder, 'train.jsonl'), { isDerived }),
		val: replacing(path.join(folder, 'val.jsonl'), { isDerived })
	};
	const all = Object.values(files);
	try {
		const write = (side: Side, { parts }: Pair) => files[side].text(`${JSON.stringify(parts)}\n`);
		eachPair(project, project.config.provider, write, unreadable);
	} catch (problem) {
		for (const file of all) file.drop();
		throw problem;
	}
	return { done: () => all.forEach((file) => file.done()) };
};

/** Writes the files a training takes into a folder, beside their places until `done`. A side without examples gets an empty file. */
export const writeTrainingFiles = (
	project: Project,
	unreadable: ReturnType<typeof gatherUnreadable>,
	{ folder = dataFolder(project), provider = project.config.provider as string, preference = false } = {}
): TrainingFiles => {
	const { systemPrompt, qualityThreshold } = project.config;
	const taken = { thoughts: takesThoughts(provider), weights: takesWeights(provider) };
	const hasPrompt = (systemPrompt ?? '').trim() !== '';
	mkdirSync(folder, { recursive: true });
	const isDerived = folder === dataFolder(project); // what a run has sent is evidence
	const files = {
		train: replacing(path.join(folder, 'train.jsonl'), { isDerived }),
		val: replacing(path.join(folder, 'val.jsonl'), { isDerived }),
		...(preference && { preference: replacing(path.join(folder, 'preference.jsonl'), { isDerived }) })
	};
	const all = Object.values(files);
	const counts = { train: 0, val: 0, preference: 0 };
	const putPair = (pairs: Written, { parts }: Pair) => {
		pairs.text(`${JSON.stringify(parts)}\n`);
		counts.preference++;
	};
	const flaws = gatherFlaws();
	try {
		eachSpan(examplesIn(project), (buffer, from, to, line) => {
			const tail = tailAt(buffer, from, to);
			if (tail && sideInFiles(tail, qualityThreshold) === null) return;
			const plain = plainLineAt(buffer, from, to, tail);
			if (plain && trainsAsItStands(buffer, plain, hasPrompt)) {
				const side = plain.split!;
				counts[side]++;
				files[side].bytes('{"messages":');
				files[side].copy(buffer, plain.from, plain.to);
				return files[side].bytes('}\n');
			}
			const bytes = buffer.toString('latin1', from, to);
			if (isBlankLine(bytes)) return;
			const example = readExample(bytes, line);
			if (isUnreadable(example)) return unreadable.add(example);
			const side = sideInFiles(example, qualityThreshold);
			if (side === null) return;
			flaws.add(example, example.id);
			counts[side]++;
			files[side].text(`${chatLine(example, systemPrompt, taken)}\n`);
		});
		const { preference: pairs } = files;
		// what cannot be read was told by the walk before
		if (pairs)
			eachPair(project, provider, (side, pair) => side === 'train' && putPair(pairs, pair), gatherUnreadable());
	} catch (problem) {
		for (const file of all) file.drop();
		throw problem;
	}
	return {
		train: counts.train,
		validation: counts.val,
		preference: counts.preference,
		flawed: flaws.all(),
		done: () => all.forEach((file) => file.done()),
		drop: () => all.forEach((file) => file.drop())
	};
};
