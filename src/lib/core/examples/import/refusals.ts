/** Of what is refused: enough to mend a file by, small enough for an answer. A line that does not fit is kept without its text. */
const kept = { lines: 1_000, characters: 2_000_000 };
/** Whoever chose the wrong file need not wait for its end: after so many refusals in a row the rest is counted as not read. */
export const mostRefusedInARow = 10_000;

type Refused = { refused: number; refusals: { line: number; reason: string; text: string }[] };

/** Counts what is refused, and keeps the first of it, in `result`. */
export const refusing = (result: Refused) => {
	let room = kept.characters;
	return (line: number, reason: string, text: string) => {
		result.refused++;
		if (result.refusals.length >= kept.lines) return;
		const fits = text.length <= room;
		if (fits) room -= text.length;
		result.refusals.push({ line, reason, text: fits ? text : '' });
	};
};
