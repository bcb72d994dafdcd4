import { AppError } from '../../core/errors.ts';

type Open<Tx> = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
/** One transaction, and those who are in it. */
type Underway<Tx> = { tx: Promise<Tx>; whole: Promise<unknown>; count: number; failure?: unknown; end: () => void };

/** What the others in a transaction need not mind: a refusal, or what Kit throws to lead on. */
const concernsOneAlone = (problem: unknown) => problem instanceof AppError || !(problem instanceof Error);

/**
 * Looks that are under way at the same time are one transaction, which ends when none is any more: a page and the frame around it ask
 * beside each other, and each transaction costs a connection, a round trip and a moment of its own. A statement that fails fails
 * for all of them. `part`: the transaction for one of several. After `close` the next look begins another, which sees what was written
 * meanwhile.
 */
export const sharedLook = <Tx>(open: Open<Tx>, part: (tx: Tx) => Tx): { look: Open<Tx>; close: () => void } => {
	let underway: Underway<Tx> | undefined;

	const begin = (): Underway<Tx> => {
		const over = Promise.withResolvers<void>();
		const begun = Promise.withResolvers<Tx>();
		const whole = open(async (tx) => {
			begun.resolve(part(tx));
			await over.promise;
			if (mine.failure !== undefined) throw mine.failure;
		});
		whole.catch(begun.reject);
		begun.promise.catch(() => {}); // whoever is in it hears of it
		const mine: Underway<Tx> = { tx: begun.promise, whole, count: 0, end: over.resolve };
		return mine;
	};

	const leave = (one: Underway<Tx>) => {
		if (--one.count > 0) return;
		if (underway === one) underway = undefined;
		one.end();
	};

	const look: Open<Tx> = async (work) => {
		const mine = (underway ??= begin());
		mine.count++;
		let failed: { problem: unknown } | undefined;
		try {
			return await work(await mine.tx);
		} catch (problem) {
			if (concernsOneAlone(problem)) throw problem;
			mine.failure ??= problem;
			failed = { problem };
		} finally {
			leave(mine);
		}
		await mine.whole; // says what it came from
		throw failed.problem;
	};
	return { look, close: () => (underway = undefined) };
};
