import { figure } from '../../lib/core/text/figure.ts';
import { createReadStream, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { othersIn } from '../../lib/core/examples/formats/full.ts';
import { linesOfFile } from '../../lib/core/examples/import/file-lines.ts';
import { type Parsed, parseLine } from '../../lib/core/examples/import/parse.ts';
import type { importFile } from '../commands/import.ts';
import type { Deed } from '../deed.ts';
import { Failure, exitCodes } from '../exit-codes.ts';
import { appending, largestId } from '../files/append.ts';
import { type Side, isBlankLine, isUnreadable, newLine, readExample } from '../files/examples.ts';
import { type NumberSet, copyHash, numberSet, promptNumber } from '../files/hashes.ts';
import { eachLine } from '../files/lines.ts';
import { type Project, dataFolder, examplesFile } from '../files/project.ts';
import { writing } from '../files/session.ts';
import { asFailure, replacing } from '../files/write.ts';
import { progressOn } from '../terminal/progress.ts';

type Accepted = Extract<Parsed, { ok: true }>;

/** What is there already: every copy, and on which side each prompt stands. */
type Known = { copies: NumberSet } & Record<Side, NumberSet>;

const knownIn = (project: Project): Known => {
	const known = { copies: numberSet(), train: numberSet(), val: numberSet() };
	const file = examplesFile(project);
	if (statSync(file, { throwIfNoEntry: false }))
		eachLine(file, (bytes, number) => {
			const read = isBlankLine(bytes) ? null : readExample(bytes, number);
			if (!read || isUnreadable(read)) return;
			known.copies.add(copyHash(read.messages, project.config.systemPrompt ?? null));
			if (read.split) known[read.split].add(promptNumber(read.messages));
		});
	return known;
};

/** The bytes of a file or a pipe, unpacked where they begin as gzip does. */
async function* unpacked(pieces: Readable): AsyncGenerator<Uint8Array> {
	const iterator = pieces[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
	const first = await iterator.next();
	if (first.done) return;
	const rest = { [Symbol.asyncIterator]: () => iterator };
	if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
		yield first.value;
		yield* rest;
		return;
	}
	const unzip = createGunzip();
	const feed = async () => {
		unzip.write(first.value);
		for await (const piece of rest) if (!unzip.write(piece)) await once(unzip, 'drain');
		unzip.end();
	};
	feed().catch((problem: Error) => unzip.destroy(problem));
	yield* unzip as AsyncIterable<Buffer>;
}

/** The side it may have: none where its prompt stands on the other one. */
const sideOf = ({ split, messages }: Accepted, known: Known): { side: Side | null; isMoved: boolean } => {
	if (split === null) return { side: null, isMoved: false };
	const side = split === 'train' ? 'train' : 'val';
	const prompt = promptNumber(messages);
	if (known[side === 'train' ? 'val' : 'train'].has(prompt)) return { side: null, isMoved: true };
	known[side].add(prompt);
	return { side, isMoved: false };
};

export const deed: Deed<typeof importFile> = ({ io, say, args: [name], flags }) =>
	writing(io, say, 'import', async (project) => {
		const file = path.resolve(io.cwd, name!);
		if (file === examplesFile(project))
			throw new Failure('These are the examples of this project already.', 'ait stats');
		const isPipe = name === '-';
		const size = isPipe ? null : (statSync(file, { throwIfNoEntry: false })?.size ?? null);
		if (!isPipe && size === null) throw new Failure(`There is no ${name}.`, 'ait import FILE');
		const known = knownIn(project);
		const systemPrompt = project.config.systemPrompt ?? null;
		const result = { added: 0, known: 0, refused: 0, withoutSide: 0 };
		const refusedFile = path.join(dataFolder(project), 'refused.jsonl');
		let refused: ReturnType<typeof replacing> | null = null;
		const firstReasons: string[] = [];
		const refuse = (line: number, reason: string, text: string | null) => {
			result.refused++;
			if (firstReasons.length < 3) firstReasons.push(reason);
			if (flags['dry-run']) return;
			refused ??= replacing(refusedFile);
			refused.text(`${JSON.stringify({ line, reason, text })}\n`);
		};
		let id = largestId(examplesFile(project));
		const to = flags['dry-run'] ? null : appending(project);
		const progress = progressOn(io, 'Reading', { total: null, quiet: flags.quiet });
		const now = io.now();
		let read = 0;
		try {
			const source = isPipe ? io.stdin : createReadStream(file, { highWaterMark: 1 << 18 });
			for await (const line of linesOfFile(unpacked(source))) {
				if ((++read & 1023) === 0) {
					progress.at(read);
					if (io.signal.aborted) throw new Failure('Stopped. Nothing of the file was added.');
				}
				const parsed = line.text === null ? null : parseLine(line.text, line.number);
				if (!parsed?.ok) {
					refuse(line.number, parsed?.reason ?? line.reason ?? '', line.text);
					continue;
				}
				if (!known.copies.add(copyHash(parsed.messages, systemPrompt))) {
					result.known++;
					continue;
				}
				const { side, isMoved } = sideOf(parsed, known);
				if (isMoved) result.withoutSide++;
				const { id: own, others } = parsed.source === null ? { others: {} } : othersIn(parsed);
				const more = own === undefined || typeof own === 'number' ? others : { ...others, sourceId: own };
				to?.line(newLine(++id, { ...parsed, split: side }, now, more));
				result.added++;
			}
			to?.done();
			(refused as ReturnType<typeof replacing> | null)?.done();
			if (!flags['dry-run'] && result.refused === 0) rmSync(refusedFile, { force: true });
		} catch (problem) {
			to?.drop();
			(refused as ReturnType<typeof replacing> | null)?.drop();
			throw asFailure(problem, name!);
		} finally {
			progress.end();
		}
		if (read === 0)
			throw new Failure(`${isPipe ? 'The pipe' : name} is empty.`, 'ait import FILE, with an example on each line');
		const would = flags['dry-run'] ? 'would be added' : 'added';
		say.line(
			`${figure(result.added)} ${would}, ${figure(result.known)} known already, ${figure(result.refused)} refused.`
		);
		if (result.withoutSide > 0)
			say.text(
				`${figure(result.withoutSide)} came in without a side: their question stands on the other side of the split.`
			);
		say.json({
			...result,
			refusedFile: result.refused > 0 && !flags['dry-run'] ? path.relative(io.cwd, refusedFile) : null
		});
		if (result.refused === 0) return exitCodes.ok.code;
		for (const reason of firstReasons) say.warn(`ait: ${reason}`);
		if (!flags['dry-run']) say.warn(`     All of them with their reasons: ${path.relative(io.cwd, refusedFile)}`);
		return exitCodes.failed.code;
	});
