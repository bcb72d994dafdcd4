import type { PairQueue } from '$lib/contract/evaluations';

/** What is judged: a pair of a comparison, or an answer of a scoring. */
export type Judgeable = { ballotId: string; position: number };
/** `repeats`: so many of all come a second time; of a scoring nothing does. */
export type Queue<Pair> = Omit<PairQueue, 'pairs' | 'repeats' | 'threeWay'> & { pairs: Pair[]; repeats?: number };
/** A word on it or a skip, or null to take it back, with what stood before as far as the person saw. */
type Give<Pair, Mark> = (pair: Pair, mark: Mark | 'skip' | null, saw: Mark | 'skip' | null) => void;
/** The next ones after a place; `again`: of those that were skipped. */
type More<Pair> = (after: number, again: boolean) => Promise<Queue<Pair>>;
type Step<Pair, Mark> = { pair: Pair; mark: Mark | 'skip'; saw: Mark | 'skip' | null };

/** Fewer pairs than this at hand, and more are asked for. */
const enough = 4;
/** After a pair has come, nothing counts for so long: the second press of a double one was not meant for it. */
const lockedMs = 150;

/** One sitting: the pairs at hand, what was decided, and the way back. */
export class Sitting<Pair extends Judgeable, Word extends string | number> {
	pairs = $state.raw<Pair[]>([]);
	steps = $state.raw<Step<Pair, Word>[]>([]);
	judged = $state(0);
	skipped = $state(0);
	total = $state(0);
	/** So many of them come a second time. */
	repeats = $state(0);
	/** The results were revealed meanwhile. */
	closed = $state(false);
	/** Every prompt has its votes: what comes now only shows whether people agree. */
	complete = $state(false);
	loading = $state(false);
	/** What was skipped is gone through once more. */
	#isAgain = $state(false);
	#known = new Set<string>();
	#after = -1;
	#shownAt = Date.now();
	/** Decided in another window, or in an earlier visit from which it has not arrived. */
	#elsewhere = new Map<string, Word | 'skip'>();
	/** The last word of this sitting on each pair. */
	#given = new Map<string, Word | 'skip' | null>();
	#give: Give<Pair, Word>;
	#more: More<Pair>;

	constructor(queue: Queue<Pair>, give: Give<Pair, Word>, more: More<Pair>) {
		this.#give = give;
		this.#more = more;
		this.judged = queue.judged;
		this.skipped = queue.skipped;
		this.#hear(queue);
		this.#take(queue.pairs);
	}

	/** Who has skipped much gets fewer a second time than was planned. */
	#hear({ total, repeats = 0, state, complete }: Queue<Pair>) {
		[this.total, this.repeats] = [total, repeats];
		this.closed = state === 'closed';
		this.complete = complete;
	}

	get pair(): Pair | undefined {
		return this.pairs[0];
	}
	/** Pairs that lie before this person. */
	get left() {
		return this.#isAgain ? this.pairs.length : Math.max(0, this.total - this.judged - this.skipped);
	}
	get ended() {
		return this.closed || (this.left === 0 && !(this.#isAgain && this.loading));
	}
	get ready() {
		return Date.now() - this.#shownAt > lockedMs;
	}

	#count(mark: Word | 'skip' | null, by: 1 | -1) {
		if (mark === 'skip') this.skipped += by;
		else if (mark !== null) this.judged += by;
	}

	/** What the person has given in another window, or in an earlier visit. `isCounted`: the server may know of it. */
	elsewhere(ballotId: string, mark: Word | 'skip' | null, isCounted: boolean) {
		const isHere = this.pairs.some((pair) => pair.ballotId === ballotId);
		if (mark === null) {
			const was = this.#elsewhere.get(ballotId);
			if (!was) return;
			this.#elsewhere.delete(ballotId);
			this.#known.delete(ballotId); // it may come again
			this.#count(was, -1);
		} else if (isHere || !(isCounted || this.#known.has(ballotId))) {
			if (this.pair?.ballotId === ballotId) this.#shownAt = Date.now();
			this.#elsewhere.set(ballotId, mark);
			this.#known.add(ballotId);
			this.pairs = this.pairs.filter((pair) => pair.ballotId !== ballotId);
			if (isHere && this.#isAgain) this.#count('skip', -1);
			this.#count(mark, 1);
		} else return;
		if (this.pairs.length < enough) void this.fill();
	}

	#take(pairs: Pair[]) {
		const fresh = pairs.filter((pair) => !this.#known.has(pair.ballotId));
		for (const pair of fresh) this.#known.add(pair.ballotId);
		this.pairs = [...this.pairs, ...fresh];
		this.#after = fresh.at(-1)?.position ?? this.#after;
	}

	#mark(mark: Word | 'skip'): boolean {
		const pair = this.pair;
		if (!pair || !this.ready || this.closed) return false;
		const saw = this.#isAgain ? 'skip' : null;
		this.#turn(pair, mark, saw);
		this.steps = [...this.steps, { pair, mark, saw }];
		this.pairs = this.pairs.slice(1);
		this.#shownAt = Date.now();
		if (this.pairs.length < enough) void this.fill();
		return true;
	}

	#turn(pair: Pair, to: Word | 'skip' | null, from: Word | 'skip' | null) {
		if (to === from) return;
		this.#give(pair, to, from);
		this.#given.set(pair.ballotId, to);
		this.#count(from, -1);
		this.#count(to, 1);
	}

	choose = (choice: Word): boolean => this.#mark(choice);
	/** This person does not judge the pair. */
	skip = (): boolean => this.#mark('skip');

	/** Brings the last pair back, as it was before. */
	undo(): boolean {
		const step = this.steps.at(-1);
		if (!step) return false;
		this.steps = this.steps.slice(0, -1);
		this.#turn(step.pair, step.saw, step.mark);
		this.pairs = [step.pair, ...this.pairs];
		this.#shownAt = Date.now();
		return true;
	}

	/** Brings back what was skipped, and answers whether it could. The way back begins anew. */
	async again(): Promise<boolean> {
		if (this.skipped === 0 || this.closed || this.loading) return true;
		this.loading = true;
		const queue = await this.#more(-1, true).catch(() => null);
		this.loading = false;
		if (!queue) return false;
		this.#isAgain = true;
		// what was judged meanwhile may not have arrived: the server still brings it among the skipped
		const judged = [...this.#elsewhere, ...this.#given].filter(([, mark]) => mark !== null && mark !== 'skip');
		this.#known = new Set(judged.map(([id]) => id));
		this.#after = -1;
		this.steps = [];
		this.#take(queue.pairs);
		return true;
	}

	/** After something was refused: the server knows how many count, and whether the vote is over. `waiting`: what it has not heard of. */
	async sync(waiting: readonly { mark: Word | 'skip' | null; saw: Word | 'skip' | null }[]) {
		const queue = await this.#more(this.#after, this.#isAgain).catch(() => null);
		if (!queue) return;
		[this.judged, this.skipped] = [queue.judged, queue.skipped];
		for (const { mark, saw } of waiting) {
			this.#count(saw, -1);
			this.#count(mark, 1);
		}
		this.#hear(queue);
	}

	/** More pairs, while there are any. */
	async fill() {
		if (this.loading || this.closed) return;
		this.loading = true;
		try {
			const queue = await this.#more(this.#after, this.#isAgain);
			this.#hear(queue);
			this.#take(queue.pairs);
		} catch {
			// offline: the pairs at hand go on; the next choice asks again
		} finally {
			this.loading = false;
		}
	}
}
