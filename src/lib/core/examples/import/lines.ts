/** A line of a file with the number people see, or the sentence that says why it cannot be read. Blank lines are left out. */
export type Line =
	{ number: number; text: string; reason?: undefined } | { number: number; text: null; reason: string };

/** Room for the longest conversation with every character written as `\u0000`. Characters, not bytes. */
const maxLineLength = 2_500_000;
const newline = 0x0a;

/**
 * The lines of a file as its pieces arrive. UTF-8 may be cut anywhere, lines end with LF or CRLF, the last one may lack its
 * end, a byte order mark is dropped. Memory stays within a few times `maxLength` characters: a longer line is counted and
 * reported, never gathered.
 */
export async function* linesOf(
	pieces: AsyncIterable<Uint8Array | string>,
	maxLength = maxLineLength
): AsyncGenerator<Line, void, undefined> {
	const encoder = new TextEncoder();
	const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
	let waiting: Uint8Array[] = []; // the beginning of a line whose end has not arrived
	let waitingBytes = 0;
	let skipping = false; // inside a line that is already too long
	let number = 0;
	let half = ''; // of a surrogate pair, when a piece of text ends between its two

	const lineFrom = (text: string): Line | null => {
		number++;
		let line = text.endsWith('\r') ? text.slice(0, -1) : text;
		if (number === 1 && line.startsWith('\ufeff')) line = line.slice(1);
		if (line.length > maxLength) return tooLong(number, maxLength);
		return line.trim() === '' ? null : { number, text: line };
	};
	/** Whole lines. Decoded together; one by one only when some byte is wrong, to say in which line. */
	const linesFrom = (bytes: Uint8Array): Line[] => {
		try {
			const found: Line[] = [];
			for (const text of decoder.decode(bytes).split('\n')) {
				const line = lineFrom(text);
				if (line) found.push(line);
			}
			return found;
		} catch (problem) {
			const end = bytes.indexOf(newline);
			if (!(problem instanceof TypeError)) throw problem;
			if (end >= 0) return eachLine(bytes).flatMap((line) => linesFrom(line));
			return [{ number: ++number, text: null, reason: `Line ${number} is not UTF-8 text; save the file as UTF-8` }];
		}
	};
	const keep = (bytes: Uint8Array) => {
		waitingBytes += bytes.length;
		// a character takes at most three bytes per unit of length, so this one is certainly too long
		skipping ||= waitingBytes > 3 * maxLength + 4;
		if (skipping) waiting = [];
		else if (bytes.length > 0) waiting.push(new Uint8Array(bytes)); // a copy: the piece it came in may be large, or used again
	};
	const release = (): Line[] => {
		const line = skipping ? [tooLong(++number, maxLength)] : linesFrom(joined(waiting, waitingBytes));
		waiting = [];
		waitingBytes = 0;
		skipping = false;
		return line;
	};

	for await (const piece of pieces) {
		let bytes: Uint8Array;
		if (typeof piece === 'string') {
			const text = half + piece;
			half = /[\ud800-\udbff]$/.test(text) ? text.slice(-1) : '';
			bytes = encoder.encode(half === '' ? text : text.slice(0, -1));
		} else bytes = piece;

		const first = bytes.indexOf(newline);
		if (first < 0) {
			keep(bytes);
			continue;
		}
		let found: Line[] = [];
		let start = 0;
		if (waitingBytes > 0) {
			keep(bytes.subarray(0, first));
			found = release();
			start = first + 1;
		}
		const last = bytes.lastIndexOf(newline);
		if (last >= start) found = found.concat(linesFrom(bytes.subarray(start, last)));
		keep(bytes.subarray(last + 1));
		yield* found;
	}
	if (half !== '') keep(encoder.encode(half));
	if (waitingBytes > 0) yield* release();
}

const tooLong = (number: number, maxLength: number): Line => ({
	number,
	text: null,
	reason: `Line ${number} is longer than ${maxLength.toLocaleString('en')} characters`
});

const joined = (parts: Uint8Array[], length: number): Uint8Array => {
	if (parts.length === 1) return parts[0]!;
	const whole = new Uint8Array(length);
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
};

const eachLine = (bytes: Uint8Array): Uint8Array[] => {
	const lines: Uint8Array[] = [];
	let start = 0;
	for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
		lines.push(bytes.subarray(start, end));
		start = end + 1;
	}
	return [...lines, bytes.subarray(start)];
};
