import { existsSync } from 'node:fs';
import { type Example, type Unreadable, eachExample } from '../files/examples.ts';
import { copyHash } from '../files/hashes.ts';
import { type Project, examplesFile } from '../files/project.ts';
import { textMark } from './theirs.ts';

export const promptOf = ({ config }: Project): string | null => config.systemPrompt ?? null;

/** What an example of the file here is called in a sentence. */
export const calledHere = ({ id, line }: Pick<Example, 'id' | 'line'>): string =>
	id === null ? `line ${line}` : `example ${id}`;

/** Every example here, each content once: the first of its copies stands for it. */
export const eachOfMine = (
	project: Project,
	visit: (hash: number, example: Example, text: string) => void,
	unreadable: (line: Unreadable) => void
): void => {
	if (!existsSync(examplesFile(project))) return;
	const seen = new Set<number>();
	eachExample(
		project,
		(example) => {
			const hash = copyHash(example.messages, promptOf(project));
			if (seen.has(hash)) return;
			seen.add(hash);
			visit(hash, example, textMark(example.rewrite));
		},
		unreadable
	);
};
