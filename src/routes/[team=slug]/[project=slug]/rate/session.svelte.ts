import type { Card } from '$lib/server/ratings';
import type { Sender } from './sender.svelte';

type Step = { card: Card; kind: 'rated' | 'rewritten' | 'skipped'; score: number | null; before: number | null };
type Queue = { cards: Card[]; left: number };

const enough = 4;

/** One sitting at the rating page: the cards at hand, what was decided, and the way back. */
export class Session {
	cards = $state<Card[]>([]);
	left = $state(0);
	steps = $state<Step[]>([]);
	loading = $state(false);
	#more: (seen: string[]) => Promise<Queue>;
	#sender: Sender;
	#shownAt = Date.now();
	#paces: number[] = [];
	pace = $state<number | null>(null);

	constructor(queue: Queue, sender: Sender, more: (seen: string[]) => Promise<Queue>) {
		this.cards = queue.cards;
		this.left = queue.left;
		this.#sender = sender;
		this.#more = more;
	}

	get card(): Card | undefined {
		return this.cards[0];
	}
	get done() {
		return this.steps.filter((step) => step.kind !== 'skipped').length;
	}
	get average() {
		const scores = this.steps.flatMap((step) => (step.score === null ? [] : [step.score]));
		return scores.length ? scores.reduce((sum, score) => sum + score, 0) / scores.length : null;
	}

	/** 150 ms after a card has come nothing counts yet: the second press of a double one was not meant for it (F7). */
	get ready() {
		return Date.now() - this.#shownAt > 150;
	}

	rate(score: number) {
		if (!this.card || !this.ready) return;
		this.#sender.send(this.card.id, score);
		this.#next({ card: this.card, kind: 'rated', score, before: this.card.ownScore });
	}

	skip() {
		if (!this.card || !this.ready) return;
		this.#next({ card: this.card, kind: 'skipped', score: null, before: this.card.ownScore });
	}

	/** After the rewrite has been saved. `card` is the one before it. */
	rewritten(card: Card, score: number) {
		this.#next({ card, kind: 'rewritten', score, before: card.ownScore });
	}

	/** The last decision, taken off the list; the caller takes a rewrite back at the server. */
	undo(): Step | undefined {
		const step = this.steps.pop();
		if (!step) return;
		if (step.kind !== 'skipped') this.#sender.send(step.card.id, step.before);
		this.open(step.card);
		this.left++;
		return step;
	}

	/** Puts a card in front: from the history, or after an undo. */
	open(card: Card) {
		this.cards = [card, ...this.cards.filter((other) => other.id !== card.id)];
		this.#shownAt = Date.now();
	}

	#next(step: Step) {
		const seconds = (Date.now() - this.#shownAt) / 1000;
		if (seconds < 120) this.#paces.push(seconds);
		this.pace = this.#paces.toSorted((a, b) => a - b)[Math.floor(this.#paces.length / 2)] ?? null;
		this.steps.push(step);
		this.cards.shift();
		this.left = Math.max(0, this.left - 1);
		this.#shownAt = Date.now();
		if (this.cards.length < enough && this.left > this.cards.length) void this.fill();
	}

	async fill() {
		if (this.loading) return;
		this.loading = true;
		const seen = new Set([...this.cards, ...this.steps.slice(-150).map((step) => step.card)].map((card) => card.id));
		try {
			const queue = await this.#more([...seen]);
			const known = new Set(this.cards.map((card) => card.id));
			this.cards.push(...queue.cards.filter((card) => !known.has(card.id) && !seen.has(card.id)));
			this.left = Math.max(queue.left + known.size, this.cards.length);
		} catch {
			// offline: the cards at hand go on; the next decision asks again
		} finally {
			this.loading = false;
		}
	}
}
