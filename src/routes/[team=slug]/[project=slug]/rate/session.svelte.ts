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
/** A score is sent with the text that was read: somebody may have rewritten it meanwhile. */
type Send = { send(exampleId: string, score: number | null, text: string): void };

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
	#send: Send;
	#more: (seen: string[]) => Promise<Queue>;
	#now: () => number;

	constructor(queue: Queue, send: Send, more: (seen: string[]) => Promise<Queue>, now = Date.now) {
		this.#send = send;
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
		this.#send.send(card.id, score, card.text);
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

	/** The last decision, taken off the list, with its card open again. The caller takes a rewrite back at the server. */
	undo(): Step | undefined {
		const step = this.steps.at(-1);
		if (!step) return;
		this.steps = this.steps.slice(0, -1);
		if (step.kind !== 'skipped') {
			this.#send.send(step.card.id, step.card.ownScore, step.card.text);
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
