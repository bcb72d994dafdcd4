import { figure } from '../../lib/core/text/figure.ts';
import { createReadStream, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { othersIn } from '../../lib/core/examples/formats/full.ts';
import { linesOfFile } from '../../lib/core/examples/import/file-lines.ts';
import { parseLine } from '../../lib/core/examples/import/parse.ts';
import { mostAtOnce } from '../../lib/core/examples/near.ts';
import type { importFile } from '../commands/import.ts';
import type { Deed } from '../deed.ts';
import { Failure, exitCodes } from '../exit-codes.ts';
import { appending, largestId } from '../files/append.ts';
import { newLine } from '../files/examples.ts';
import { copyHash } from '../files/hashes.ts';
import { type Parted, partTwins } from '../files/near.ts';
import { type Project, dataFolder, examplesFile } from '../files/project.ts';
import { writing } from '../files/session.ts';
import { asFailure, replacing } from '../files/write.ts';
import { type Known, knownIn, sideOf } from '../importing/known.ts';
import { noScores, offerScore, takeScores } from '../importing/scores.ts';
import { progressOn } from '../terminal/progress.ts';

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

const named = 3;

/** What came with a side is compared with what stands on the other one: at once where that is soon done. */
const part = (
	{ say }: Pick<Parameters<Deed<typeof importFile>>[0], 'say'>,
	project: Project,
	known: Known
): Parted[] => {
	if (known.train.size() === 0 || known.val.size() === 0) return [];
	if (known.train.size() + known.val.size() > mostAtOnce) {
		say.text('ait split looks for what asks nearly the same as one on the other side: these are many.');
		return [];
	}
	const parted = partTwins(project);
	if (parted.length > 0) say.text(`${figure(parted.length)} left train: validation asks nearly the same.`);
	for (const { example, twin } of parted.slice(0, named)) say.text(`  ${example}, as ${twin}`);
	return parted;
};

export const deed: Deed<typeof importFile> = (given) => {
	const {
		io,
		say,
		args: [name],
		flags
	} = given;
	return writing(io, say, 'import', async (project) => {
		const file = path.resolve(io.cwd, name!);
		if (file === examplesFile(project))
			throw new Failure('These are the examples of this project already.', 'ait stats');
		const isPipe = name === '-';
		const size = isPipe ? null : (statSync(file, { throwIfNoEntry: false })?.size ?? null);
		if (!isPipe && size === null) throw new Failure(`There is no ${name}.`, 'ait import FILE');
		const known = knownIn(project);
		const systemPrompt = project.config.systemPrompt ?? null;
		const offered = noScores();
		const result = { added: 0, known: 0, refused: 0, withoutSide: 0 };
		let isDealt = false; // a side came with the file
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
			const stream = isPipe ? null : createReadStream(file, { highWaterMark: 1 << 18 });
			const share = () => (stream && size ? stream.bytesRead / size : null);
			for await (const line of linesOfFile(unpacked(stream ?? io.stdin))) {
				if ((++read & 1023) === 0) {
					progress.at(read, share());
					if (io.signal.aborted) throw new Failure('Stopped. Nothing of the file was added.');
				}
				const parsed = line.text === null ? null : parseLine(line.text, line.number);
				if (!parsed?.ok) {
					refuse(line.number, parsed?.reason ?? line.reason ?? '', line.text);
					continue;
				}
				const count = known.copies.size();
				const at = known.copies.indexOf(copyHash(parsed.messages, systemPrompt));
				if (at < count) {
					result.known++;
					offerScore(offered, known, at, parsed.rating);
					continue;
				}
				const { side, isMoved } = sideOf(parsed, known);
				if (isMoved) result.withoutSide++;
				isDealt ||= side !== null;
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
		const parted = isDealt && !flags['dry-run'] ? part(given, project, known) : [];
		const taken = await takeScores(given, project, offered);
		say.json({
			...result,
			parted,
			scores: { missing: offered.missing.size, other: offered.other.size, taken },
			refusedFile: result.refused > 0 && !flags['dry-run'] ? path.relative(io.cwd, refusedFile) : null
		});
		if (result.refused === 0) return exitCodes.ok.code;
		for (const reason of firstReasons) say.warn(`ait: ${reason}`);
		if (!flags['dry-run']) say.warn(`     All of them with their reasons: ${path.relative(io.cwd, refusedFile)}`);
		return exitCodes.failed.code;
	});
};
