import { createHash } from 'node:crypto';
import { ExportExamples } from '../../lib/contract/examples.ts';
import { linesOfFile } from '../../lib/core/examples/import/file-lines.ts';
import { type Parsed, parseLine } from '../../lib/core/examples/import/parse.ts';
import type { Side } from '../files/examples.ts';
import { copyHash } from '../files/hashes.ts';
import type { Io } from '../terminal/io.ts';
import { ask, lost } from './ask.ts';
import { requestOf, rowOf } from './call.ts';
import type { Link } from './link.ts';
import type { Server } from './logins.ts';

/** By which the server knows what was read when a rating was given. */
export const textMark = (rewrite: string | null): string =>
	rewrite === null ? '' : createHash('sha256').update(rewrite).digest('hex');

export type Theirs = {
	/** The server's. */
	id: string;
	/** Of everybody; rounded, as a file takes whole ratings only. */
	rating: number | null;
	rewrite: string | null;
	text: string;
	split: Side | null;
};

const sides = { train: 'train', validation: 'val' } as const;

const idIn = (line: string): string => {
	const { id, exampleId } = JSON.parse(line) as { id: string; exampleId?: string };
	return exampleId ?? id;
};

/**
 * Every example of the server's project, oldest first, as it arrives. Throws *refused* where the role may not take them out, and a failure
 * where the connection breaks off before the end.
 */
export const eachOfTheirs = async (
	server: Server,
	link: Link,
	io: Pick<Io, 'signal'>,
	systemPrompt: string | null,
	visit: (hash: number, theirs: Theirs, line: Extract<Parsed, { ok: true }>) => void
): Promise<void> => {
	const answer = await ask(server, requestOf(rowOf(ExportExamples), { project: link.project.slug }), io);
	try {
		for await (const { text, number } of linesOfFile(answer.body as unknown as AsyncIterable<Uint8Array>)) {
			const parsed = text === null ? null : parseLine(text, number);
			// what the server has kept was read by these very rules
			if (!parsed?.ok) continue;
			const { messages, rating, rewrite, split } = parsed;
			const theirs = {
				id: idIn(text!),
				rating,
				rewrite,
				text: textMark(rewrite),
				split: split && sides[split]
			};
			visit(copyHash(messages, systemPrompt), theirs, parsed);
		}
	} catch (problem) {
		throw lost(problem, server.origin);
	}
};
