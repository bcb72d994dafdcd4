import { splitDocument } from './document.ts';
import { linesOf, type Line } from './lines.ts';

/** A JSON array cannot be read line by line, so it is held in memory whole, and must be small enough for that. */
const maxDocumentBytes = 50 << 20;
/** So many bytes tell whether a file is one JSON document or has a line for each example. */
const enoughToTell = 4096;

/**
 * The examples of a file as numbered lines, whatever it is: JSONL is read as it arrives, in constant memory; a JSON array, or
 * one object written over several lines, is read whole, up to 50 MB, and taken apart. A larger one is a single bad line.
 */
export async function* linesOfFile(
	pieces: AsyncIterable<Uint8Array>,
	maxDocument = maxDocumentBytes
): AsyncGenerator<Line, void, undefined> {
	const source = pieces[Symbol.asyncIterator]();
	const first: Uint8Array[] = [];
	let bytes = 0;
	const take = async () => {
		const { value, done } = await source.next();
		if (done) return false;
		first.push(value);
		bytes += value.length;
		return true;
	};
	try {
		let isWhole = isDocument(joined(first));
		while (isWhole === undefined && bytes < enoughToTell && (await take())) isWhole = isDocument(joined(first));
		if (!isWhole) {
			yield* linesOf(chained(first, source));
			return;
		}
		while (bytes <= maxDocument && (await take()));
		yield* bytes > maxDocument ? [tooLarge(maxDocument)] : documentLines(joined(first));
	} finally {
		await source.return?.(); // a reader that stops early lets the file go
	}
}

/** Whether it begins like a JSON array or like an object written over several lines; undefined: too little to tell. */
const isDocument = (start: Uint8Array): boolean | undefined => {
	// the decoder drops a byte order mark, and keeps back a character that has not arrived whole
	const text = new TextDecoder().decode(start, { stream: true }).trimStart();
	if (text === '' || /^\{[ \t\r]*$/.test(text)) return undefined;
	return text[0] === '[' || /^\{[ \t]*\r?\n/.test(text);
};

async function* chained(first: Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
	yield* first;
	for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

const documentLines = (bytes: Uint8Array): Line[] => {
	try {
		return splitDocument(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
	} catch {
		return [{ number: 1, text: null, reason: 'The file is not UTF-8 text; save it as UTF-8' }];
	}
};

const tooLarge = (bytes: number): Line => ({
	number: 1,
	text: null,
	reason: `A JSON array of more than ${Math.round(bytes / (1 << 20))} MB cannot be read at once; write one example on each line (JSONL)`
});

const joined = (parts: Uint8Array[]): Uint8Array => {
	if (parts.length === 1) return parts[0]!;
	const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
};
