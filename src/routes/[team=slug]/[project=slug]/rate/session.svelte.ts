import { lockedMs } from '$lib/client/keys';
import type { Card } from '$lib/contract/ratings';

export type Step = {
	/** As it was before. */
	card: Card;
	/** As it is since: with the person's score, and the rewrite. */
	after: Card;
	kind: 'rated' | 'rewritten' | 'skipped';
	score: number | null;
	/** Of a rewrite: the id it was sent with, by which it can be taken back. */
	rewrite?: string;
};
type Queue = { cards: Card[]; left: number };
type Goes = {
	/** A score goes out with the card that was read, and what the person had given it as far as they saw. */
	give: (card: Card, score: number | null, saw: number | null) => void;
	/** A rewrite is taken back, named by the id it was sent with. */
	unwrite: (card: Card, rewrite: string) => void;
};

/** Fewer cards than this at hand, and more are asked for: the one that is open and five to come. */
const enough = 6;
/** So many decisions can be taken back; older ones are only counted. */
const keptSteps = 50;
/** What a request may name (contract/ratings.ts). */
const mostSeen = 10_000;
/** Who looks away longer than this is not thinking about the card. */
const longestPace = 120;

const median = (list: number[]) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? null;

/** One sitting at the rating page: the cards at hand, what was decided, and the way back. Nothing here waits for the network. */
export class Session {
	cards = $state.raw<Card[]>([]);
	/** Cards still to do, with those at hand. */
	left = $state(0);
	steps = $state.raw<Step[]>([]);
	/** Rated in this sitting, and the sum of those scores. */
	done = $state(0);
	#sum = $state(0);
	#paces = $state.raw<number[]>([]);
	loading = $state(false);
	/** The last question for more cards was not answered. */
	failed = $state(false);
	#seen = new Set<string>();
	#shownAt: number;
	#out: Goes;
	#more: (seen: string[]) => Promise<Queue>;
	#now: () => number;

	constructor(queue: Queue, out: Goes, more: (seen: string[]) => Promise<Queue>, now = Date.now) {
		this.#out = out;
		this.#more = more;
		this.#now = now;
		this.#shownAt = now();
		this.left = queue.left;
		this.#take(queue.cards);
	}

	get card(): Card | undefined {
		return this.cards[0];
	}
	/** Nothing is left, as far as the server knew. */
	get ended() {
		return this.cards.length === 0 && this.left === 0 && !this.loading && !this.failed;
	}
	get average() {
		return this.done ? this.#sum / this.done : null;
	}
	/** Seconds per decision: the median, which one long look does not move. */
	get pace() {
		return median(this.#paces);
	}
	/** After a card has come nothing counts for a moment. */
	get ready() {
		return this.#now() - this.#shownAt > lockedMs;
	}

	rate(score: number): boolean {
		const { card } = this;
		if (!card || !this.ready) return false;
		this.#out.give(card, score, card.ownScore);
		this.#next({ card, after: { ...card, ownScore: score }, kind: 'rated', score });
		return true;
	}

	skip(): boolean {
		const { card } = this;
		if (!card || !this.ready) return false;
		this.#next({ card, after: card, kind: 'skipped', score: null });
		return true;
	}

	/** After a rewrite of the open card has been saved under the id `rewrite`. */
	rewritten(card: Card, after: Card, rewrite: string) {
		this.#next({ card, after, kind: 'rewritten', score: after.ownScore, rewrite });
	}

	/** The last decision, taken back and off the list, with its card open again. */
	undo(): Step | undefined {
		const step = this.steps.at(-1);
		if (!step) return;
		this.steps = this.steps.slice(0, -1);
		if (step.kind !== 'skipped') {
			// first the rewrite: what it is taken back to has the score from before it
			if (step.rewrite) this.#out.unwrite(step.card, step.rewrite);
			this.#out.give(step.card, step.card.ownScore, step.kind === 'rated' ? step.score : step.card.ownScore);
			this.#count(step, -1);
		}
		this.open(step.card);
		return step;
	}

	/** Puts a card in front: from the history, or after an undo. */
	open(card: Card) {
		const others = this.cards.filter(({ id }) => id !== card.id);
		if (others.length === this.cards.length) this.left++;
		this.cards = [card, ...others];
		this.#seen.add(card.id);
		this.#shownAt = this.#now();
	}

	/**
	 * The person has given this in another window, or in an earlier visit from which it has not arrived: the card leaves, since it
	 * is done. `isHeld`: the open card stays, because something is being written about it.
	 */
	elsewhere(id: string, score: number | null, isHeld = false) {
		const card = this.cards.find((card) => card.id === id);
		if (card?.ownScore === score) return;
		if (score === null || (isHeld && card === this.card)) {
			this.cards = this.cards.map((each) => (each.id === id ? { ...each, ownScore: score } : each));
			if (!card) this.#seen.delete(id); // it may come again
			return;
		}
		if (!card && this.#seen.has(id)) return;
		if (card && card === this.card) this.#shownAt = this.#now();
		this.#seen.add(id);
		this.cards = this.cards.filter((each) => each !== card);
		this.left = Math.max(this.cards.length, this.left - 1);
		if (this.cards.length < enough && this.left > this.cards.length) void this.fill();
	}

	#take(cards: Card[]) {
		const fresh = cards.filter(({ id }) => !this.#seen.has(id));
		for (const { id } of fresh) this.#seen.add(id);
		if (this.cards.length === 0) this.#shownAt = this.#now();
		this.cards = [...this.cards, ...fresh];
	}

	#count({ score }: Step, by: 1 | -1) {
		this.done += by;
		this.#sum += by * (score ?? 0);
	}

	#next(step: Step) {
		const seconds = (this.#now() - this.#shownAt) / 1000;
		if (seconds < longestPace) this.#paces = [...this.#paces.slice(-99), seconds];
		if (step.kind !== 'skipped') this.#count(step, 1);
		this.steps = [...this.steps, step].slice(-keptSteps);
		this.cards = this.cards.filter(({ id }) => id !== step.card.id);
		this.left = Math.max(this.cards.length, this.left - 1);
		this.#shownAt = this.#now();
		if (this.cards.length < enough && this.left > this.cards.length) void this.fill();
	}

	/** More cards, without those of this sitting. Called by itself; and by the page when others have added examples. */
	async fill() {
		if (this.loading) return;
		this.loading = true;
		try {
			const queue = await this.#more([...this.#seen].slice(-mostSeen));
			this.failed = false;
			// those at hand were among the seen, so the answer did not count them
			this.left = this.cards.length + queue.left;
			this.#take(queue.cards);
		} catch {
			this.failed = true; // offline: the cards at hand go on; the next decision asks again
		} finally {
			this.loading = false;
		}
	}
}
