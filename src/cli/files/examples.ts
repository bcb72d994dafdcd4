import { statSync } from 'node:fs';
import type { Message } from '../../lib/core/examples/conversation.ts';
import { answerAt, targetOf } from '../../lib/core/examples/example.ts';
import { notUtf8 } from '../../lib/core/examples/import/lines.ts';
import { parseLine } from '../../lib/core/examples/import/parse.ts';
import { Failure } from '../exit-codes.ts';
import { withFields } from './fields.ts';
import { decoded, eachLine, encoded } from './lines.ts';
import { type Project, examplesFile } from './project.ts';
import { asFailure } from './write.ts';

export type Side = 'train' | 'val';

/** An example of `data/examples.jsonl`. */
export type Example = {
	line: number;
	/** What the file calls it; null where it calls it nothing. */
	id: string | null;
	messages: Message[];
	rating: number | null;
	/** A better answer than the model gave, by a person; in `messages` stands the model's. */
	rewrite: string | null;
	split: Side | null;
	/** The line as it came, where it says more than its conversation, as core keeps it. */
	source: string | null;
	/** The whole line, as it is written. */
	text: string;
};

export type Unreadable = { line: number; reason: string };

const sides = { train: 'train', validation: 'val' } as const;

/** A line by the rules of every import, or why it cannot be read. */
export const readExample = (bytes: string, line: number): Example | Unreadable => {
	const text = decoded(bytes);
	if (text !== bytes && encoded(text) !== bytes) return { line, reason: `Line ${line} ${notUtf8}` };
	const parsed = parseLine(text, line);
	if (!parsed.ok) return { line, reason: parsed.reason };
	const { id, messages, rating, rewrite, split, source } = parsed;
	return { line, id, messages, rating, rewrite, split: split && sides[split], source, text };
};

export const isUnreadable = (read: object): read is Unreadable => 'reason' in read;

export const isBlankLine = (bytes: string): boolean => bytes.trim() === '';

const isThere = (file: string): boolean => {
	try {
		return statSync(file, { throwIfNoEntry: false }) !== undefined;
	} catch (problem) {
		throw asFailure(problem, file, 'read');
	}
};

/** Throws a failure where the project has no examples yet. */
export const examplesIn = (project: Project): string => {
	const file = examplesFile(project);
	if (!isThere(file)) throw new Failure('This project has no data/examples.jsonl yet.', 'ait add, or ait import FILE');
	return file;
};

/** Every example, and every line that cannot be read. */
export const eachExample = (
	project: Project,
	visit: (example: Example) => void,
	unreadable: (line: Unreadable) => void
): void =>
	eachLine(examplesIn(project), (bytes, number) => {
		if (isBlankLine(bytes)) return;
		const read = readExample(bytes, number);
		if (isUnreadable(read)) unreadable(read);
		else visit(read);
	});

/** The answer that trains. */
export const answerOf = (example: Pick<Example, 'messages' | 'rewrite'>): string => targetOf(example);

/** The last thing the person said before it. */
export const questionOf = ({ messages }: Pick<Example, 'messages'>): string =>
	messages.slice(0, answerAt(messages)).findLast(({ role }) => role === 'user')?.content ?? '';

/** What changes about an example. `rewrite`: null takes it back. */
export type Edit = {
	rating?: number | null;
	rewrite?: string | null;
	messages?: readonly Message[];
	split?: Side | null;
};

/** The turns as the original writes them: a rewrite stands in the place of the answer. */
const written = (messages: readonly Message[], rewrite: string | null): Message[] =>
	rewrite === null
		? [...messages]
		: messages.map((turn, at) => (at === answerAt(messages) ? { ...turn, content: rewrite } : turn));

const versionIn = (text: string): number => {
	const { version } = JSON.parse(text) as { version?: unknown };
	return typeof version === 'number' && Number.isInteger(version) ? version : 1;
};

/**
 * The line of an example after an edit, as bytes. The model's own words of a rewritten answer are kept in `originalOutput`, as
 * the original does, and another text is another version. Fields that nobody touches stay as they are written.
 */
export const editedLine = (example: Example, edit: Edit): string => {
	const messages = edit.messages ?? example.messages;
	const rewrite = edit.rewrite === undefined ? example.rewrite : edit.rewrite;
	const isOtherText = edit.messages !== undefined || rewrite !== example.rewrite;
	const values: Record<string, string | undefined> = {
		...(edit.rating !== undefined && { rating: JSON.stringify(edit.rating) }),
		...(edit.split !== undefined && { split: edit.split === null ? undefined : JSON.stringify(edit.split) })
	};
	const isOurs =
		/^\s*\{/.test(example.text) && Array.isArray((JSON.parse(example.text) as { messages?: unknown }).messages);
	if (isOtherText || !isOurs) {
		values.messages = JSON.stringify(written(messages, rewrite));
		values.originalOutput = rewrite === null ? undefined : JSON.stringify(messages[answerAt(messages)]!.content);
		values.rewrite = undefined;
		values.version = String(versionIn(example.text) + 1);
	}
	const line = withFields(example.text, values);
	if (line === null) throw new Failure(`Line ${example.line} of data/examples.jsonl is no object.`, 'ait doctor');
	return encoded(line);
};

/** A new line, as the original writes it, with the fields of an imported line that have no place of their own. */
export const newLine = (
	id: number,
	{
		messages,
		rating = null,
		rewrite = null,
		split = null
	}: { messages: readonly Message[]; rating?: number | null; rewrite?: string | null; split?: Side | null },
	createdAt: Date,
	others: Record<string, unknown> = {}
): string =>
	JSON.stringify({
		id,
		messages: written(messages, rewrite),
		rating,
		...(rewrite !== null && { originalOutput: messages[answerAt(messages)]!.content }),
		createdAt: createdAt.toISOString(),
		version: 1,
		...(split && { split }),
		...others
	});
