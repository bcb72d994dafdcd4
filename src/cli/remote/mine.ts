import { existsSync } from 'node:fs';
import { type Example, type Unreadable, isBlankLine, isUnreadable, readExample } from '../files/examples.ts';
import { copyHash, copyHashAt, hashesAt, promptNumber } from '../files/hashes.ts';
import { eachSpan } from '../files/lines.ts';
import { plainLineAt } from '../files/plain-line.ts';
import { type Project, examplesFile } from '../files/project.ts';
import { textMark } from './theirs.ts';

export const promptOf = ({ config }: Project): string | null => config.systemPrompt ?? null;

/** What an example of the file here is called in a sentence. */
export const calledHere = ({ id, line }: Pick<Example, 'id' | 'line'>): string =>
	id === null ? `line ${line}` : `example ${id}`;

export type Mine = Pick<Example, 'id' | 'line' | 'rating' | 'rewrite' | 'split'> & {
	/** Of its line, in bytes. */
	length: number;
	/** Of its rewrite, as the server names a text. */
	text: string;
	/** `promptNumber` of one that has a side. */
	prompt: number | null;
};

/** Every example here, each content once: the first of its copies stands for it. */
export const eachOfMine = (
	project: Project,
	visit: (hash: number, mine: Mine) => void,
	unreadable: (line: Unreadable) => void
): void => {
	if (!existsSync(examplesFile(project))) return;
	const systemPrompt = promptOf(project);
	const seen = new Set<number>();
	const give = (hash: number, mine: () => Mine) => {
		if (seen.has(hash)) return;
		seen.add(hash);
		visit(hash, mine());
	};
	eachSpan(examplesFile(project), (buffer, from, to, line) => {
		const length = to - from;
		const plain = plainLineAt(buffer, from, to);
		if (plain) {
			const { rating, split, id } = plain;
			return give(copyHashAt(buffer, plain, systemPrompt), () => ({
				...{ id: String(id), line, length, rating, split, rewrite: null, text: textMark(null) },
				prompt: split && hashesAt(buffer, plain).prompt
			}));
		}
		const bytes = buffer.toString('latin1', from, to);
		if (isBlankLine(bytes)) return;
		const read = readExample(bytes, line);
		if (isUnreadable(read)) return unreadable(read);
		const { id, messages, rating, rewrite, split } = read;
		give(copyHash(messages, systemPrompt), () => ({
			...{ id, line, length, rating, split, rewrite, text: textMark(rewrite) },
			prompt: split && promptNumber(messages)
		}));
	});
};
