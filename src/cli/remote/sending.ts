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
const pieceBytes = 1 << 18;
const end = Buffer.from('\n');

/** A list of turns alone would make the whole file a list to whoever reads it from the start. */
const asObject = (line: Buffer): Buffer => {
	if (line[0] === openObject) return line;
	const bytes = line.toString('latin1');
	if (!/^\s*\[/.test(bytes)) return line;
	const turns = JSON.parse(decoded(bytes)) as { role?: unknown }[];
	const name = turns[0]?.role === undefined ? 'conversations' : 'messages';
	return Buffer.from(encoded(JSON.stringify({ [name]: turns })), 'latin1');
};

/** The lines of a file as they stand there, each read once: whoever asks for later ones goes on where the last one was found. */
export const openLines = (file: string) => {
	const stream = createReadStream(file, { highWaterMark: pieceBytes });
	const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
	let buffer: Buffer = Buffer.alloc(0);
	let from = 0;
	let number = 0;
	let isOver = false;
	/** The next line, or null where its end has not been read. */
	const next = (): Buffer | null => {
		const to = buffer.indexOf(newline, from);
		if (to < 0 && !(isOver && from < buffer.length)) return null;
		const line = buffer.subarray(from, to < 0 ? buffer.length : to);
		from += line.length + 1;
		number++;
		return line;
	};
	const readOn = async () => {
		const { value } = (await pieces.next()) as { value?: Buffer };
		isOver = value === undefined;
		buffer = value ? Buffer.concat([buffer.subarray(from), value]) : buffer.subarray(from);
		from = 0;
	};
	return {
		/** Those with these numbers, which are behind all that were asked for before. `sent` hears how many have gone. */
		async *with(wanted: readonly number[], sent: (lines: number) => void): AsyncGenerator<Uint8Array> {
			let count = 0;
			for (;;) {
				const lines: Buffer[] = [];
				while (count < wanted.length) {
					const line = next();
					if (!line) break;
					if (number !== wanted[count]) continue;
					lines.push(asObject(line), end);
					count++;
				}
				sent(count);
				if (lines.length > 0) yield Buffer.concat(lines);
				if (count === wanted.length || isOver) return;
				await readOn();
			}
		},
		close: () => stream.destroy()
	};
};

/** Sends lines of a file to the server's project, which reads them while they arrive. What had arrived when it broke off stays. */
export const sendLines = async (
	server: Server,
	link: Link,
	body: AsyncIterable<Uint8Array>,
	io: Pick<Io, 'signal'>
): Promise<ImportResult> => {
	// a folder and its project have the same: what nearly measures comes along, and the server keeps it out of train
	const { method, path } = requestOf(rowOf(ImportExamples), { project: link.project.slug, keepTwins: true });
	const headers = { 'content-type': 'application/jsonl', 'x-file-name': 'examples.jsonl' };
	const answer = await ask(server, { method, path, body: body as unknown as BodyInit, headers }, io);
	try {
		return (await answer.json()) as ImportResult;
	} catch (problem) {
		throw lost(problem, server.origin);
	}
};
