import { statSync } from 'node:fs';
import type { Parsed } from '../../lib/core/examples/import/parse.ts';
import { column } from '../files/columns.ts';
import { type Side, isBlankLine, isUnreadable, readExample } from '../files/examples.ts';
import { type NumberSet, copyHash, copyHashAt, hashesAt, numberSet, promptNumber } from '../files/hashes.ts';
import { eachSpan } from '../files/lines.ts';
import { plainLineAt } from '../files/plain-line.ts';
import { type Project, examplesFile } from '../files/project.ts';
import { trainedPrompts } from '../files/runs.ts';

/** What is there already: every copy with its line and its score (0: none), and on which side each prompt stands; what was learnt, in train. */
export type Known = { copies: NumberSet; lines: ArrayLike<number>; scores: ArrayLike<number> } & Record<
	Side,
	NumberSet
>;

export const knownIn = (project: Project): Known => {
	const copies = numberSet();
	const sides = { train: trainedPrompts(project), val: numberSet() };
	const [lines, scores] = [column(Int32Array), column(Uint8Array)];
	const file = examplesFile(project);
	const systemPrompt = project.config.systemPrompt ?? null;
	const add = (line: number, copy: number, rating: number | null) => {
		if (!copies.add(copy)) return;
		lines.push(line);
		scores.push(rating ?? 0);
	};
	if (statSync(file, { throwIfNoEntry: false }))
		eachSpan(file, (buffer, from, to, line) => {
			const plain = plainLineAt(buffer, from, to);
			if (plain) {
				if (plain.split) sides[plain.split].add(hashesAt(buffer, plain).prompt);
				return add(line, copyHashAt(buffer, plain, systemPrompt), plain.rating);
			}
			const bytes = buffer.toString('latin1', from, to);
			const read = isBlankLine(bytes) ? null : readExample(bytes, line);
			if (!read || isUnreadable(read)) return;
			if (read.split) sides[read.split].add(promptNumber(read.messages));
			add(line, copyHash(read.messages, systemPrompt), read.rating);
		});
	return { copies, lines: lines.all(), scores: scores.all(), ...sides };
};

/** The side it may have: none where its prompt stands on the other one. */
export const sideOf = (
	{ split, messages }: Pick<Extract<Parsed, { ok: true }>, 'split' | 'messages'>,
	known: Known
): { side: Side | null; isMoved: boolean } => {
	if (split === null) return { side: null, isMoved: false };
	const side = split === 'train' ? 'train' : 'val';
	const prompt = promptNumber(messages);
	if (known[side === 'train' ? 'val' : 'train'].has(prompt)) return { side: null, isMoved: true };
	known[side].add(prompt);
	return { side, isMoved: false };
};
