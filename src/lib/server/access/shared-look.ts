import { Unavailable } from '../../core/errors.ts';
import { codeOf, notNow } from '../platform/db/not-now.ts';

type Open<Tx> = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
/** One transaction, and how many are in it. */
type Underway<Tx> = { tx: Promise<Tx>; count: number; end: () => void };

/** What a statement is told in a transaction that another one, or its opening, has undone. */
const undone = '25P02';
const isLost = (problem: unknown) => /^(unavailable|57P0\d|08...|CONNECTION_\w+|E[A-Z]+)$/.test(codeOf(problem) ?? '');

/** Of a statement, as what a transaction of its own would say of it. */
const told = (problem: unknown): unknown => {
	if (problem instanceof Unavailable || !isLost(problem)) return notNow(problem);
	return new Unavailable('The connection to the database was lost. Try again in a moment.', { cause: problem });
};

/**
 * Looks that are under way at the same time are one transaction, which ends when none is any more: a page and the frame around it ask
 * beside each other, and each transaction costs a connection, a round trip and a moment of its own. A statement that fails is that of one
 * alone: the others look again, each in a transaction of its own, which also says by what right none of it may be seen. Nobody waits for
 * another. `part`: the transaction for one of several. After `close` the next look begins another, which sees what was written
 * meanwhile.
 */
export const sharedLook = <Tx>(open: Open<Tx>, part: (tx: Tx) => Tx): { look: Open<Tx>; close: () => void } => {
	let underway: Underway<Tx> | undefined;

	const begin = (): Underway<Tx> => {
		const over = Promise.withResolvers<void>();
		const begun = Promise.withResolvers<Tx>();
		open(async (tx) => {
			begun.resolve(part(tx));
			await over.promise;
		}).catch(begun.reject);
		begun.promise.catch(() => {}); // whoever is in it hears of it
		return { tx: begun.promise, count: 0, end: over.resolve };
	};

	const leave = (one: Underway<Tx>) => {
		if (--one.count > 0) return;
		if (underway === one) underway = undefined;
		one.end();
	};

	const look: Open<Tx> = async (work) => {
		const mine = (underway ??= begin());
		mine.count++;
		try {
			return await work(await mine.tx);
		} catch (problem) {
			if (underway === mine) underway = undefined; // it may be undone
			if (codeOf(problem) !== undone) throw told(problem);
		} finally {
			leave(mine);
		}
		return open(work);
	};
	return { look, close: () => (underway = undefined) };
};
