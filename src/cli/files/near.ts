// What nearly asks the same (core/examples/near.ts), in the file of a project: named where one is added, and never on both sides.
import type { Message } from '../../lib/core/examples/conversation.ts';
import { type Sayings, familiesOf, indexFor, mostAtOnce, sayingsOf } from '../../lib/core/examples/near.ts';
import { type Example, eachExample, editedLine, readExample } from './examples.ts';
import { promptNumber } from './hashes.ts';
import { rewriteLines } from './lines.ts';
import { type Project, examplesFile } from './project.ts';
import { trainedPrompts } from './runs.ts';

/** More prompts than this are not compared with each other: it takes a second for every few thousand. The app does it in a job. */
export const mostCompared = 20_000;

type Called = Pick<Example, 'id' | 'line'>;

/** What a person calls it on the command line. */
export const idOf = ({ id, line }: Called): string => id ?? `#${line}`;
export const nameOf = (example: Called): string => `example ${idOf(example)}`;

/** The names of those that nearly ask the same as these turns. Among more than `mostAtOnce` none is looked for. */
export const twinsAmong = (
	others: readonly { name: string; sayings: Sayings }[],
	messages: readonly Message[]
): string[] => {
	if (others.length > mostAtOnce) return [];
	const index = indexFor(others.map(({ sayings }) => sayings));
	index.add(sayingsOf(messages));
	return others.filter(({ sayings }) => index.twinsOf(sayings).length > 0).map(({ name }) => name);
};

export type Parted = { example: string; twin: string };

type Prompt = { name: string; split: Example['split']; isTrained: boolean; lines: number[]; sayings: Sayings };

/**
 * Takes out of train what asks nearly the same as an example in validation, and says which: that one measures, and stays. What a run has
 * learnt stays too. The rule is the app's (server/examples/compare.ts).
 */
export const partTwins = (project: Project): Parted[] => {
	const trained = trainedPrompts(project);
	const prompts = new Map<number, Prompt>();
	const read = ({ id, line, messages, split }: Example) => {
		if (split === null) return;
		const number = promptNumber(messages);
		const known = prompts.get(number);
		const isTrained = trained.has(number);
		if (known) known.lines.push(line);
		else
			prompts.set(number, {
				...{ name: nameOf({ id, line }), split, isTrained, lines: [line] },
				sayings: sayingsOf(messages)
			});
	};
	eachExample(project, read, () => {}); // what cannot be read has no side
	const all = [...prompts.values()];
	const families = familiesOf(all.map(({ sayings }) => sayings));
	const measures = new Map<number, string>();
	for (const [at, { name, split }] of all.entries())
		if (split === 'val' && !measures.has(families[at]!)) measures.set(families[at]!, name);
	const parted: Parted[] = [];
	const leaving = new Set<number>();
	for (const [at, { name, split, isTrained, lines }] of all.entries()) {
		const twin = measures.get(families[at]!);
		if (split !== 'train' || isTrained || twin === undefined) continue;
		parted.push({ example: name, twin });
		for (const line of lines) leaving.add(line);
	}
	if (leaving.size > 0)
		rewriteLines(
			examplesFile(project),
			(bytes, line) => editedLine(readExample(bytes, line) as Example, { split: null }),
			{ only: leaving }
		);
	return parted;
};
