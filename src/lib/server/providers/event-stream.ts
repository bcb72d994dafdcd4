import { setTimeout as wait } from 'node:timers/promises';
import type { Chunk } from './stream.ts';

/** What a server says in place of the rest of its answer. */
class BrokenOff extends Error {
	readonly error: unknown;
	constructor(error: unknown) {
		super('The answer was broken off');
		this.error = error;
	}
}

const lineEnd = /\r\n|\n|\r/;
const endOfAll = '[DONE]';
const closesWithinMs = 100;

/** The end comes with the last event nearly always; read, so that the connection serves the next question too. Whoever goes on is left. */
const leave = async (reader: ReadableStreamDefaultReader<Uint8Array>) => {
	const rest = await Promise.race([reader.read(), wait(closesWithinMs, null, { ref: false })]);
	if (!rest?.done) await reader.cancel();
};

/** The data of the events that are whole, and what is left over for the next packet. */
class Events {
	#rest = '';
	#data: string[] = [];

	take(text: string): string[] {
		const known = this.#rest + text;
		// its line feed may come with the next packet
		const isCut = known.endsWith('\r');
		const lines = (isCut ? known.slice(0, -1) : known).split(lineEnd);
		this.#rest = lines.pop()! + (isCut ? '\r' : '');
		const events: string[] = [];
		for (const line of lines) {
			if (line.startsWith('data:')) this.#data.push(line.slice(line[5] === ' ' ? 6 : 5));
			else if (line === '' && this.#data.length > 0) events.push(this.#data.splice(0).join('\n'));
		}
		return events;
	}
}

/** What can be read, up to what ends it: its end, or an error, before which something had come. */
const readable = (datas: readonly string[]): { chunks: Chunk[]; end: Error | typeof endOfAll | null } => {
	const chunks: Chunk[] = [];
	for (const data of datas) {
		if (data.startsWith(endOfAll)) return { chunks, end: endOfAll };
		try {
			const chunk = JSON.parse(data) as (Chunk & { error?: unknown }) | null;
			if (chunk?.error) return { chunks, end: new BrokenOff(chunk.error) };
			if (chunk) chunks.push(chunk); // some servers send a `null` to keep the line open
		} catch (problem) {
			return { chunks, end: problem as SyntaxError };
		}
	}
	return { chunks, end: null };
};

/**
 * A streamed answer, all chunks of a packet at once. The SDKs' own readers copy what is left of a packet for each of its events, and wake
 * half a dozen promises: twice what everything else of a word costs. Ends quietly when it is ended, as theirs do.
 */
export async function* chunksIn({ body }: Response): AsyncGenerator<Chunk[]> {
	if (!body) return;
	const reader = (body as ReadableStream<Uint8Array>).getReader();
	const decoder = new TextDecoder();
	const events = new Events();
	let isOver = false;
	try {
		while (!isOver) {
			const { value, done } = await reader.read();
			const { chunks, end } = readable(events.take(done ? '\n' : decoder.decode(value, { stream: true })));
			if (chunks.length > 0) yield chunks;
			if (done) return;
			if (end instanceof Error) throw end;
			isOver = end !== null;
		}
	} catch (problem) {
		if ((problem as Error).name !== 'AbortError') throw problem;
	} finally {
		if (isOver) void leave(reader).catch(() => {});
		else await reader.cancel().catch(() => {});
	}
}
