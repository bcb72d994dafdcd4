import { setImmediate as nextTurn } from 'node:timers/promises';

/** Nobody waits longer than this for long work beside them, but for its single steps. */
const sliceMs = 5;
/** A turn that takes so long had something to do. */
const busyMs = 1;
/** However much there is to do: the work goes on behind so many turns. */
const mostTurns = 20;

/**
 * For work of seconds in the process that serves: to be awaited after each step. Others come first while they have something to do,
 * an upload or a page; with nobody there it costs next to nothing.
 */
export const besideOthers = ({
	now = () => performance.now(),
	turn = () => nextTurn()
} = {}): (() => Promise<void>) => {
	let since = now();
	return async () => {
		if (now() - since < sliceMs) return;
		for (let turns = 0; turns < mostTurns; turns++) {
			const before = now();
			await turn();
			if (now() - before < busyMs) break;
		}
		since = now();
	};
};

/** Does work that comes in steps, and rests between them. */
export const inSteps = async <T>(steps: Generator<void, T, void>, rest = besideOthers()): Promise<T> => {
	for (;;) {
		const { done, value } = steps.next();
		if (done) return value;
		await rest();
	}
};
