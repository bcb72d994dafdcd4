import type { Pair, PairQueue } from '$lib/contract/evaluations';
import type { Choice } from '$lib/core/evaluations/ballots';
import type { VoteSender } from './sender.svelte';

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
	loading = $state(false);
	#skipped: Pair[] = [];
	/** The server has no pair that was not here before: what was skipped comes back. */
	#hasAll = false;
	#known = new Set<string>();
	#after = -1;
	#shownAt = Date.now();
	#sender: VoteSender;
	#more: (after: number) => Promise<PairQueue>;

	constructor(queue: PairQueue, sender: VoteSender, more: (after: number) => Promise<PairQueue>) {
		this.#sender = sender;
		this.#more = more;
		this.judged = queue.judged;
		this.total = queue.total;
		this.closed = queue.state === 'closed';
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

	/** Votes of an earlier visit that are still on their way count as given. */
	resume() {
		const given = this.pairs.filter((pair) => this.#sender.pending(pair.ballotId)?.choice);
		this.judged += given.length;
		this.pairs = this.pairs.filter((pair) => !given.includes(pair));
		void this.fill();
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
		this.#sender.send(this.pair.ballotId, choice);
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
			this.#sender.send(step.pair.ballotId, null);
			this.judged--;
		}
		this.pairs = [step.pair, ...this.pairs.filter((pair) => pair !== step.pair)];
		this.#shownAt = Date.now();
		return true;
	}

	/** After a vote was refused: the server knows how many count, and whether the vote is over. */
	async sync() {
		const queue = await this.#more(this.#after).catch(() => null);
		if (!queue) return;
		this.judged = queue.judged;
		this.closed = queue.state === 'closed';
	}

	/** More pairs, while there are any; then those that were skipped. */
	async fill() {
		if (this.loading || this.closed) return;
		this.loading = true;
		try {
			const queue = await this.#more(this.#after);
			this.closed = queue.state === 'closed';
			this.#hasAll = !this.#take(queue.pairs);
			if (this.#hasAll) this.#recycle();
		} catch {
			// offline: the pairs at hand go on; the next choice asks again
		} finally {
			this.loading = false;
		}
	}
}
