/** A line of a file with the number people see, or the sentence that says why it cannot be read. Blank lines are left out. */
export type Line =
	{ number: number; text: string; reason?: undefined } | { number: number; text: null; reason: string };

/** Takes text apart that arrives in slices. What it keeps between two is bounded, whatever they hold. */
export type Splitter = {
	/** What this slice completes, made one by one as it is asked for. */
	take(slice: Uint8Array): Iterable<Line>;
	/** How many `take` would have given. Nothing is parsed. */
	pass(slice: Uint8Array): number;
	/** What the last slice left open. */
	end(): Iterable<Line>;
};

/** The lines of a file as they are asked for. */
export type Lines = AsyncGenerator<Line, void, undefined> & {
	/** Gives up the rest: it passes by unread, to its end. Answers how many lines it had. */
	pass(): Promise<number>;
};

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
				if (isPassing) passed += splitter.pass(slice);
				else
					for (const line of splitter.take(slice)) {
						if (isPassing) passed++;
						else yield line;
					}
			}
		}
		const rest = splitter ? [] : [start];
		splitter ??= choose(start, true)!;
		for (const slice of rest) yield* splitter.take(slice);
		for (const line of splitter.end()) {
			if (isPassing) passed++;
			else yield line;
		}
	}
	const lines = read();
	const pass = async () => {
		isPassing = true;
		await lines.next(); // gives nothing any more, so it comes back at the end
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
