import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Message } from '../../lib/core/examples/conversation.ts';
import { eachLine } from './lines.ts';
import { isBlankLine, isUnreadable, readExample } from './examples.ts';
import { type NumberSet, numberSet, promptNumber } from './hashes.ts';
import { type LocalRun, type Project, dataFolder } from './project.ts';

/** Where the exact bytes lie that a run has sent. */
export const runFolder = (project: Pick<Project, 'folder'>, version: number) =>
	path.join(dataFolder(project), 'runs', `v${version}`);

/** Runs count from 1; the original's have no number, so their place counts. */
export const versionOf = (project: Project, run: LocalRun): number =>
	run.version ?? project.config.runs.indexOf(run) + 1;

/** Questions that a run has learnt from, which can never measure again. */
export const trainedPrompts = (
	project: Project,
	runs: readonly LocalRun[] = project.config.runs,
	numberOf: (messages: readonly Message[]) => number = promptNumber
): NumberSet => {
	const prompts = numberSet();
	for (const run of runs) {
		const file = path.join(runFolder(project, versionOf(project, run)), 'train.jsonl');
		if (!existsSync(file)) continue;
		eachLine(file, (bytes, number) => {
			const read = isBlankLine(bytes) ? null : readExample(bytes, number);
			if (read && !isUnreadable(read)) prompts.add(numberOf(read.messages));
		});
	}
	return prompts;
};
