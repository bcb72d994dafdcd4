import { createReadStream } from 'node:fs';
import { ImportExamples } from '../../lib/contract/examples.ts';
import type { ImportResult } from '../../lib/contract/examples.ts';
import { decoded, encoded } from '../files/lines.ts';
import type { Io } from '../terminal/io.ts';
import { ask, lost } from './ask.ts';
import { requestOf, rowOf } from './call.ts';
import type { Link } from './link.ts';
import type { Server } from './logins.ts';

const [newline, openObject] = [0x0a, 0x7b];

/** A list of turns alone would make the whole file a list to whoever reads it from the start. */
const asObject = (line: Buffer): Buffer => {
	if (line[0] === openObject) return line;
	const bytes = line.toString('latin1');
	if (!/^\s*\[/.test(bytes)) return line;
	const turns = JSON.parse(decoded(bytes)) as { role?: unknown }[];
	const name = turns[0]?.role === undefined ? 'conversations' : 'messages';
	return Buffer.from(encoded(JSON.stringify({ [name]: turns })), 'latin1');
};

/** The lines of a file with these numbers, as they stand there, piece by piece. */
async function* linesWith(
	file: string,
	wanted: ReadonlySet<number>,
	sent: (lines: number) => void
): AsyncGenerator<Uint8Array> {
	let number = 0;
	let count = 0;
	let held: Buffer = Buffer.alloc(0);
	const end = Buffer.from('\n');
	for await (const piece of createReadStream(file, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
		const buffer = held.length > 0 ? Buffer.concat([held, piece]) : piece;
		const lines: Buffer[] = [];
		let from = 0;
		for (let at = buffer.indexOf(newline); at >= 0; at = buffer.indexOf(newline, from)) {
			if (wanted.has(++number)) lines.push(asObject(buffer.subarray(from, at)), end);
			from = at + 1;
		}
		held = buffer.subarray(from);
		count += lines.length / 2;
		sent(count);
		if (lines.length > 0) yield Buffer.concat(lines);
	}
	if (held.length > 0 && wanted.has(number + 1)) yield asObject(held);
}

/** Sends lines of the file to the server's project, which reads them while they arrive. What had arrived when it broke off stays. */
export const sendLines = async (
	server: Server,
	link: Link,
	file: string,
	wanted: ReadonlySet<number>,
	io: Pick<Io, 'signal'>,
	sent: (lines: number) => void
): Promise<ImportResult> => {
	const { method, path } = requestOf(rowOf(ImportExamples), { project: link.project.slug });
	const body = linesWith(file, wanted, sent) as unknown as BodyInit;
	const headers = { 'content-type': 'application/jsonl', 'x-file-name': 'examples.jsonl' };
	const answer = await ask(server, { method, path, body, headers }, io);
	try {
		return (await answer.json()) as ImportResult;
	} catch (problem) {
		throw lost(problem, server.origin);
	}
};
