import type { ExampleMark } from '../../core/examples/marks.ts';
import type { Parsed } from '../../core/examples/import/parse.ts';
import type { Tx } from '../access/scope.ts';
import { writeNewId } from '../platform/db/new-id.ts';
import { bareDigestOf, digestsOf } from './rows.ts';

export type Accepted = Extract<Parsed, { ok: true }>;

/** One transaction takes about this much. */
const fullBytes = 3_000_000;
/** What one row needs at most besides its texts. */
const fixedBytes = 256;
const sliceBytes = 1 << 17;

const columns = `id uuid, place int, messages json, rewrite text, source text, content_hash bytea, prompt_hash bytea,
	tokens int, rating smallint, split text, bare_hash bytea, marks text`;
const columnCount = columns.split(',').length;
/** COPY's binary format: signature, no flags, no extension; the end is a row of −1 columns. */
const header = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const trailer = Buffer.from([0xff, 0xff]);

/**
 * Accepted lines on their way to COPY, each conversation once; `count` has the twins too. Bytes in COPY's binary format:
 * nothing is escaped here and unescaped there, and the collector has no strings to carry.
 */
export type Chunk = {
	bytes: Buffer;
	length: number;
	seen: Set<string>;
	count: number;
	splits: number;
	opinions: number;
	/** Lines with marks (core/examples/marks.ts). */
	marked: number;
	/** Lines that carry the project's system prompt, as training files do. */
	prompted: number;
};

/** `bytes`: those of a chunk that has been written, to be used again. */
export const emptyChunk = (bytes: Buffer = Buffer.allocUnsafe(fullBytes + (1 << 18))): Chunk => ({
	bytes,
	length: header.copy(bytes),
	seen: new Set(),
	count: 0,
	splits: 0,
	opinions: 0,
	marked: 0,
	prompted: 0
});

export const isFull = (chunk: Chunk) => chunk.length >= fullBytes;

/** Takes a line into the chunk, unless the chunk has the same conversation already. `systemPrompt`: the project's; `marks`: without its rewrite. */
export const put = (
	chunk: Chunk,
	{ messages, rewrite, source, rating, split }: Accepted,
	systemPrompt: string | null,
	marks: readonly ExampleMark[]
) => {
	chunk.count++;
	const { content, prompt, tokens } = digestsOf(messages, rewrite);
	const place = chunk.seen.size;
	if (chunk.seen.add(content).size === place) return;
	if (split !== null) chunk.splits++;
	if (rating !== null || rewrite !== null) chunk.opinions++;
	if (marks.length > 0) chunk.marked++;
	const bare = bareDigestOf(messages, content, systemPrompt);
	if (bare !== null) chunk.prompted++;

	const json = JSON.stringify(messages);
	makeRoom(chunk, 3 * (json.length + (rewrite?.length ?? 0) + (source?.length ?? 0)) + fixedBytes); // 3: UTF-8 of a UTF-16 unit
	chunk.length = chunk.bytes.writeInt16BE(columnCount, chunk.length);
	putId(chunk);
	putWhole(chunk, 4, place);
	putText(chunk, json);
	putText(chunk, rewrite);
	putText(chunk, source);
	putHash(chunk, content);
	putHash(chunk, prompt);
	putWhole(chunk, 4, tokens);
	putWhole(chunk, 2, rating);
	putText(chunk, split);
	putHash(chunk, bare);
	putText(chunk, marks.length > 0 ? marks.join(',') : null);
};

const makeRoom = (chunk: Chunk, needed: number) => {
	if (chunk.length + needed <= chunk.bytes.length) return;
	const larger = Buffer.allocUnsafe(chunk.length + needed);
	chunk.bytes.copy(larger, 0, 0, chunk.length);
	chunk.bytes = larger;
};

// Each field is its length in four bytes, −1 for null, and then its bytes.
const putLength = (chunk: Chunk, length: number) => (chunk.length = chunk.bytes.writeInt32BE(length, chunk.length));

const putText = (chunk: Chunk, text: string | null) => {
	const written = text === null ? -1 : chunk.bytes.write(text, chunk.length + 4);
	putLength(chunk, written);
	chunk.length += Math.max(0, written);
};

const putWhole = (chunk: Chunk, size: 2 | 4, value: number | null) => {
	if (value === null) return putLength(chunk, -1);
	putLength(chunk, size);
	chunk.length =
		size === 4 ? chunk.bytes.writeInt32BE(value, chunk.length) : chunk.bytes.writeInt16BE(value, chunk.length);
};

const putHash = (chunk: Chunk, digest: string | null) => {
	putLength(chunk, digest === null ? -1 : digest.length);
	if (digest !== null) chunk.length += chunk.bytes.write(digest, chunk.length, 'latin1');
};

const putId = (chunk: Chunk) => {
	putLength(chunk, 16);
	writeNewId(chunk.bytes, chunk.length);
	chunk.length += 16;
};

/**
 * Puts the rows into a temporary table `stage` of this transaction, because COPY is refused on a table with row level
 * security. Raw SQL on the same connection: drizzle has no word for COPY.
 */
export const stage = async (tx: Tx, { bytes, length }: Chunk) => {
	const sql = tx.$client;
	await sql.unsafe(`create temp table stage (${columns}) on commit drop`);
	const copy = await sql`copy stage from stdin (format binary)`.writable();
	await new Promise<void>((done, failed) => {
		copy.once('error', failed);
		copy.once('finish', done);
		for (let at = 0; at < length; at += sliceBytes) copy.write(bytes.subarray(at, Math.min(length, at + sliceBytes)));
		copy.end(trailer);
	});
};
