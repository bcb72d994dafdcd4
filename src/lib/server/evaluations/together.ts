/** So many questions one may be ahead of the other: as many as are open at once. */
const mostAhead = 4;

/**
 * Sees to it that the contenders are asked at the same time: none before all can be, and then none far ahead of the other. What is
 * compared are the models, not the days on which they answered. The end of `signal` ends every wait.
 */
export const asTogether = <Who>(all: readonly Who[], signal: AbortSignal) => {
	const met = Promise.withResolvers<boolean>();
	const waiting = new Set(all);
	/** Up to which question each has been asked. */
	const asked = new Map(all.map((who) => [who, -1]));
	let moved = Promise.withResolvers<void>();
	const wake = () => {
		moved.resolve();
		moved = Promise.withResolvers<void>();
	};
	const move = (who: Who, to: number) => {
		asked.set(who, to);
		wake();
	};
	const stop = () => {
		met.resolve(false);
		wake();
	};
	signal.addEventListener('abort', stop, { once: true });
	return {
		/** This one can be asked: true as soon as all can be, false when one of them cannot. */
		ready: (who: Who): Promise<boolean> => {
			waiting.delete(who);
			if (waiting.size === 0) met.resolve(true);
			return met.promise;
		},
		/** This one has nothing left to be asked, or cannot be asked now, in which case nobody who has not begun begins. */
		done: (who: Who, isWhole: boolean) => {
			if (!isWhole) met.resolve(false);
			waiting.delete(who);
			if (waiting.size === 0) met.resolve(true);
			move(who, Infinity);
		},
		/** Waits until the others have come near this question. */
		turn: async (who: Who, question: number): Promise<void> => {
			move(who, Math.max(question, asked.get(who)!));
			while (Math.min(...asked.values()) < question - mostAhead) {
				await moved.promise;
				signal.throwIfAborted();
			}
		}
	};
};
export type Together<Who> = ReturnType<typeof asTogether<Who>>;
