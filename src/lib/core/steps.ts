/** Work that can rest after each of its steps, where others wait; `atOnce` does it without. */
export type Steps<T> = Generator<void, T, void>;

export const atOnce = <T>(steps: Steps<T>): T => {
	for (;;) {
		const { done, value } = steps.next();
		if (done) return value;
	}
};

/** So many turns of a loop over numbers take a millisecond or two: those that rest do so after each of them. */
const together = 4096;

/** Whether a loop has come to where it rests. */
export const isRest = (at: number): boolean => (at & (together - 1)) === together - 1;
