import { setTimeout as wait } from 'node:timers/promises';
import { readJson } from '../../core/text/json.ts';
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

/** Far more than a chunk of an answer has. */
const mostOfEvent = 4_000_000;

/** The data of the events that are whole, and what is left over for the next packet. Of each packet only itself is looked at. */
class Events {
	#rest = '';
	#data: string[] = [];
	#held = 0;
	#isReturned = false;

	take(text: string): string[] {
		// a carriage return has ended its line already: the line feed behind it ends no other
		const lines = (this.#isReturned && text.startsWith('\n') ? text.slice(1) : text).split(lineEnd);
		if (text !== '') this.#isReturned = text.endsWith('\r');
		lines[0] = this.#rest + lines[0]!;
		this.#rest = lines.pop()!;
		const events: string[] = [];
		for (const line of lines) {
			if (line.startsWith('data:')) this.#keep(line.slice(line[5] === ' ' ? 6 : 5));
			else if (line === '' && this.#data.length > 0) events.push(this.#taken());
		}
		return events;
	}

	/** What has come when no more will, for want of an empty line behind it. */
	end(): string[] {
		return this.take('\n\n');
	}

	isTooLarge(): boolean {
		return this.#held + this.#rest.length > mostOfEvent;
	}

	#keep(data: string) {
		this.#data.push(data);
		this.#held += data.length;
	}

	#taken(): string {
		this.#held = 0;
		return this.#data.splice(0).join('\n');
	}
}

/** What can be read, up to what ends it: its end, or an error, before which something had come. */
const readable = (datas: readonly string[]): { chunks: Chunk[]; end: Error | typeof endOfAll | null } => {
	const chunks: Chunk[] = [];
	for (const data of datas) {
		if (data.trim() === '') continue;
		if (data.startsWith(endOfAll)) return { chunks, end: endOfAll };
		try {
			const chunk = readJson(data) as (Chunk & { error?: unknown }) | null;
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
 * half a dozen promises: twice what everything else of a word costs. Ends quietly when it is ended, as theirs do. A packet without any is
 * a sign of life.
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
			const { chunks, end } = readable(done ? events.end() : events.take(decoder.decode(value, { stream: true })));
			if (chunks.length > 0 || !done) yield chunks;
			// what was cut is no event
			if (done && !(end instanceof BrokenOff)) return;
			if (end instanceof Error) throw end;
			if (events.isTooLarge()) throw Object.assign(new Error('An event is too large'), { code: 'TOO_LARGE' });
			isOver = end !== null;
		}
	} catch (problem) {
		if ((problem as Error).name !== 'AbortError') throw problem;
	} finally {
		if (isOver) void leave(reader).catch(() => {});
		else await reader.cancel().catch(() => {});
	}
}
