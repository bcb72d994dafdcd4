// The exact bytes that a run is made from. A large file is written and read in parts of whole lines, so that its size is nobody's memory.
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import { openAsBlob } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import type { RunFileKind } from '../../contract/run.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { sha256 } from '../platform/crypto.ts';
import { runFileParts, runFiles } from '../platform/db/schema.ts';
import { keepPrompts } from './prompts.ts';
import { type Ask, type Run, hashOfLine, partsOf, textsOf } from './rows.ts';

type Place = { projectId: string; runId: string; kind: RunFileKind };

/** So much of a file is held at once, and stands in one row. */
const partBytes = 8_000_000;
/** What the older column of its size can say. */
const largestInteger = 2_147_483_647;

export const fileBytes = sql<number>`coalesce(${runFiles.bytes}, ${runFiles.byteCount})`.mapWith(Number);

/**
 * A step: writes a file as its lines come. `end` says how many there were; without any there is no file. Where it is written by several transactions,
 * each begins behind so many parts, ends with `pause`, which says how many there are then, and `closeFile` comes last. What the lines of a training
 * file ask is written down with them.
 */
export const writingFile = (tx: Tx, place: Place, mostBytes = partBytes, behind = 0) => {
	const whole = createHash('sha256');
	let waiting: string[] = [];
	let prompts: string[] = [];
	let [waitingBytes, bytes, count, parts] = [0, 0, 0, behind];
	const keepPart = async () => {
		const body = waiting.join('');
		[waiting, waitingBytes] = [[], 0];
		await tx.insert(runFileParts).values({ ...place, place: parts++, body, sha256: sha256(body).toString('hex') });
		await keepAsked();
	};
	const keepAsked = async () => {
		if (prompts.length > 0) await keepPrompts(tx, place, prompts);
		prompts = [];
	};
	return {
		add: async (text: string) => {
			const line = `${text}\n`;
			const size = Buffer.byteLength(line);
			if (waiting.length > 0 && waitingBytes + size > mostBytes) await keepPart();
			whole.update(line);
			waiting.push(line);
			if (place.kind === 'train') prompts.push(hashOfLine(text));
			waitingBytes += size;
			bytes += size;
			count++;
		},
		pause: async (): Promise<number> => {
			if (waiting.length > 0) await keepPart();
			return parts;
		},
		end: async (): Promise<number> => {
			if (count === 0) return 0;
			const body = parts === 0 ? waiting.join('') : null;
			await (body === null ? keepPart() : keepAsked());
			const kept = body === null ? { body, parts } : { body };
			await tx.insert(runFiles).values({ ...place, ...kept, sha256: whole.digest('hex'), ...sizeOf(bytes) });
			return count;
		}
	};
};

const sizeOf = (bytes: number) => ({ bytes, byteCount: Math.min(bytes, largestInteger) });

/** What stands in these parts, read once more: its hash and its size. */
export const sumOfParts = async (ask: Ask, place: Place, parts: number) => {
	const whole = createHash('sha256');
	let bytes = 0;
	for await (const part of partsOf(ask, place, parts)) {
		whole.update(part);
		bytes += Buffer.byteLength(part);
	}
	return { parts, sha256: whole.digest('hex'), ...sizeOf(bytes) };
};

/** A step: says of the parts that were written that they are a file. */
export const closeFile = (tx: Tx, place: Place, sum: Awaited<ReturnType<typeof sumOfParts>>) =>
	tx.insert(runFiles).values({ ...place, body: null, ...sum });

/** A step: how a file begins, with whole lines; '' where there is none. */
export const beginningOf = async (tx: Tx, runId: string, kind: RunFileKind): Promise<string> => {
	for await (const text of textsOf((work) => work(tx), runId, kind)) return text;
	return '';
};

/**
 * Does `send` with a file as a body of known length: from memory where it is one text, else from the disk, where it stands as long as that takes.
 * null: there is no such file.
 */
export const withBody = async <T>(
	scope: Scope,
	run: Pick<Run, 'id'>,
	kind: RunFileKind,
	send: (body: Blob) => Promise<T>
): Promise<T | null> => {
	const texts = textsOf((work) => scope.tx(work), run.id, kind);
	const first = await texts.next();
	if (first.done) return null;
	const second = await texts.next();
	if (second.done) return send(new Blob([first.value]));
	const room = await fs.mkdtemp(path.join(os.tmpdir(), 'aitelier-file-'));
	try {
		const name = path.join(room, 'file.jsonl');
		await fs.writeFile(name, first.value, { mode: 0o600 });
		await fs.appendFile(name, second.value);
		for await (const text of texts) await fs.appendFile(name, text);
		return await send(await openAsBlob(name));
	} finally {
		await fs.rm(room, { recursive: true, force: true });
	}
};
