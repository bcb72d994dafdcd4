import type { Pair, PairQueue } from '$lib/contract/evaluations';
import type { Choice } from '$lib/core/evaluations/ballots';

/** A choice, or null to take the earlier one back, with what had been chosen before as far as the person saw. */
type Give = (pair: Pair, choice: Choice | null, saw: Choice | null) => void;
type Step = { pair: Pair; choice: Choice | null };

/** Fewer pairs than this at hand, and more are asked for. */
const enough = 4;
/** After a pair has come, nothing counts for so long: the second press of a double one was not meant for it. */
const lockedMs = 150;

/** One sitting: the pairs at hand, what was decided, and the way back. */
export class VoteSession {
	pairs = $state.raw<Pair[]>([]);
	steps = $state.raw<Step[]>([]);
	judged = $state(0);
	total = $state(0);
	/** The results were revealed meanwhile. */
	closed = $state(false);
	/** Every prompt has its votes: what comes now only shows whether people agree. */
	complete = $state(false);
	loading = $state(false);
	#skipped: Pair[] = [];
	/** The server has no pair that was not here before: what was skipped comes back. */
	#hasAll = false;
	#known = new Set<string>();
	#after = -1;
	#shownAt = Date.now();
	/** Judged in another window, or in an earlier visit from which it has not arrived. */
	#elsewhere = new Set<string>();
	#give: Give;
	#more: (after: number) => Promise<PairQueue>;

	constructor(queue: PairQueue, give: Give, more: (after: number) => Promise<PairQueue>) {
		this.#give = give;
		this.#more = more;
		this.judged = queue.judged;
		this.total = queue.total;
		this.closed = queue.state === 'closed';
		this.complete = queue.complete;
		this.#take(queue.pairs);
	}

	get pair(): Pair | undefined {
		return this.pairs[0];
	}
	get left() {
		return Math.max(0, this.total - this.judged);
	}
	get ready() {
		return Date.now() - this.#shownAt > lockedMs;
	}

	/** What the person has given in another window, or in an earlier visit. `isCounted`: the server may know of it. */
	elsewhere(ballotId: string, choice: Choice | null, isCounted: boolean) {
		const has = (list: Pair[]) => list.some((pair) => pair.ballotId === ballotId);
		const isHere = has(this.pairs) || has(this.#skipped);
		if (choice === null) {
			if (!this.#elsewhere.delete(ballotId)) return;
			this.#known.delete(ballotId); // it may come again
			this.judged--;
			this.#hasAll = false;
		} else if (isHere || !(isCounted || this.#known.has(ballotId))) {
			const others = (list: Pair[]) => list.filter((pair) => pair.ballotId !== ballotId);
			if (this.pair?.ballotId === ballotId) this.#shownAt = Date.now();
			this.#elsewhere.add(ballotId);
			this.#known.add(ballotId);
			this.pairs = others(this.pairs);
			this.#skipped = others(this.#skipped);
			this.judged++;
		} else return;
		if (this.pairs.length < enough) void this.fill();
	}

	#take(pairs: Pair[]): boolean {
		const fresh = pairs.filter((pair) => !this.#known.has(pair.ballotId));
		for (const pair of fresh) this.#known.add(pair.ballotId);
		this.pairs = [...this.pairs, ...fresh];
		this.#after = fresh.at(-1)?.position ?? this.#after;
		return fresh.length > 0;
	}

	#next(step: Step) {
		this.steps = [...this.steps, step];
		this.pairs = this.pairs.slice(1);
		this.#shownAt = Date.now();
		if (this.#hasAll) this.#recycle();
		else if (this.pairs.length < enough) void this.fill();
	}

	#recycle() {
		this.pairs = [...this.pairs, ...this.#skipped];
		this.#skipped = [];
	}

	choose(choice: Choice): boolean {
		if (!this.pair || !this.ready || this.closed) return false;
		this.#give(this.pair, choice, null);
		this.judged++;
		this.#next({ pair: this.pair, choice });
		return true;
	}

	/** Puts the pair behind all others. */
	skip(): boolean {
		if (!this.pair || !this.ready || this.left < 2) return false;
		this.#skipped.push(this.pair);
		this.#next({ pair: this.pair, choice: null });
		return true;
	}

	/** Brings the last pair back, and takes its vote back if there was one. */
	undo(): boolean {
		const step = this.steps.at(-1);
		if (!step) return false;
		this.steps = this.steps.slice(0, -1);
		this.#skipped = this.#skipped.filter((pair) => pair !== step.pair);
		if (step.choice !== null) {
			this.#give(step.pair, null, step.choice);
			this.judged--;
		}
		this.pairs = [step.pair, ...this.pairs.filter((pair) => pair !== step.pair)];
		this.#shownAt = Date.now();
		return true;
	}

	/** After a vote was refused: the server knows how many count, and whether the vote is over. `waiting`: those it has not heard of. */
	async sync(waiting: number) {
		const queue = await this.#more(this.#after).catch(() => null);
		if (!queue) return;
		this.judged = Math.min(this.total, queue.judged + waiting);
		this.closed = queue.state === 'closed';
	}

	/** More pairs, while there are any; then those that were skipped. */
	async fill() {
		if (this.loading || this.closed) return;
		this.loading = true;
		try {
			const queue = await this.#more(this.#after);
			this.closed = queue.state === 'closed';
			this.complete = queue.complete;
			this.#hasAll = !this.#take(queue.pairs);
			if (this.#hasAll) this.#recycle();
		} catch {
			// offline: the pairs at hand go on; the next choice asks again
		} finally {
			this.loading = false;
		}
	}
}
