import { type Steps, isRest } from '../../steps.ts';

/** A line of a file with the number people see, or the sentence that says why it cannot be read. Blank lines are left out. */
export type Line =
	| { number: number; text: string; reason?: undefined }
	| { number: number; text: null; reason: string };

/** Takes text apart that arrives in slices. What it keeps between two is bounded, whatever they hold. */
export type Splitter = {
	/** What this slice completes, made one by one as it is asked for. */
	take(slice: Uint8Array): Iterable<Line>;
	/** How many `take` would have given. Nothing is parsed. */
	pass(slice: Uint8Array): Steps<number>;
	/** What the last slice left open. */
	end(): Iterable<Line>;
};

/** The lines of a file as they are asked for. */
export type Lines = AsyncGenerator<Line, void, undefined> & {
	/** Gives up what is left: it passes by unread, to its end, with a `rest` after some thousand lines. Answers how many it had. */
	pass(rest: () => Promise<unknown>): Promise<number>;
};

/** Stands for some thousand lines that have passed by: one slice may complete a million. */
const resting: Line = { number: 0, text: null, reason: '' };

/** So much is looked at in one go; a reader in a server lets others in between two slices (http/upload.ts). */
export const sliceBytes = 1 << 16;

/**
 * Reads pieces with the splitter that `choose` finds by how they begin; it says undefined to see more of them, unless `isAll`.
 * Stops taking pieces when nobody asks for lines, and lets them go when the reader stops.
 */
export const reading = (
	pieces: AsyncIterable<Uint8Array>,
	choose: (start: Uint8Array, isAll: boolean) => Splitter | undefined
): Lines => {
	let isPassing = false;
	let passed = 0;
	function* passing(steps: Steps<number>): Generator<Line> {
		for (;;) {
			const { done, value } = steps.next();
			if (done) return void (passed += value);
			yield resting;
		}
	}
	function* whileAsked(lines: Iterable<Line>): Generator<Line> {
		for (const line of lines) {
			if (!isPassing) yield line;
			else if (isRest(passed++)) yield resting;
		}
	}
	async function* read(): AsyncGenerator<Line, void, undefined> {
		let splitter: Splitter | undefined;
		let start = new Uint8Array(0); // what came while the splitter was not yet chosen
		for await (const piece of pieces) {
			let bytes: Uint8Array = piece;
			if (!splitter) {
				bytes = start = joined(start, piece);
				splitter = choose(start, false);
				if (!splitter) continue;
			}
			for (let at = 0; at < bytes.length; at += sliceBytes) {
				const slice = bytes.subarray(at, at + sliceBytes);
				if (isPassing) yield* passing(splitter.pass(slice));
				else yield* whileAsked(splitter.take(slice));
			}
		}
		const rest = splitter ? [] : [start];
		splitter ??= choose(start, true)!;
		for (const slice of rest) yield* whileAsked(splitter.take(slice));
		yield* whileAsked(splitter.end());
	}
	const lines = read();
	const pass = async (rest: () => Promise<unknown>) => {
		isPassing = true;
		while (!(await lines.next()).done) await rest();
		return passed;
	};
	return Object.assign(lines, { pass });
};

const joined = (one: Uint8Array, two: Uint8Array) => {
	const both = new Uint8Array(one.length + two.length);
	both.set(one);
	both.set(two, one.length);
	return both;
};
