/** Of what is refused: enough to mend a file by, small enough for an answer. A line that does not fit is kept without its text. */
const kept = { lines: 1_000, characters: 2_000_000 };
/** Whoever chose the wrong file need not wait for its end: after so many refusals in a row the rest is counted as not read. */
export const mostRefusedInARow = 10_000;

type Refusal = { line: number; reason: string; text: string };

/** Counts what is refused, and keeps the first of it, in `result`. */
export const refusing = <R extends Refusal>(result: { refused: number; refusals: R[] }) => {
	let room = kept.characters;
	return (refusal: R) => {
		result.refused++;
		if (result.refusals.length >= kept.lines) return;
		const fits = refusal.text.length <= room;
		if (fits) room -= refusal.text.length;
		result.refusals.push(fits ? refusal : { ...refusal, text: '' });
	};
};
