import { browserStore } from '$lib/components/browser-store';

type Rating = { exampleId: string; score: number | null; clientId: string };
type Waiting = Rating & { problem?: string };

/**
 * Ratings on their way: shown at once, sent one after the other, tried again until they arrive. Each carries an id of its
 * own, so that one that arrives twice counts once. Kept in the browser until then: ids and scores only, never texts.
 */
export class Sender {
	waiting = $state<Waiting[]>([]);
	#url: string;
	#store: string;
	#onrefused: (rating: Rating, reason: string) => void;
	#sending = false;
	#wait = 1000;

	constructor(url: string, person: string, onrefused: (rating: Rating, reason: string) => void) {
		this.#url = url;
		this.#store = `ratings:${person}:${url}`;
		this.#onrefused = onrefused;
	}

	/** Takes up what an earlier visit left behind. */
	open() {
		try {
			this.waiting = JSON.parse(browserStore.get(this.#store) ?? '[]');
		} catch {
			this.waiting = [];
		}
		void this.flush();
	}

	send(exampleId: string, score: number | null) {
		this.waiting.push({ exampleId, score, clientId: crypto.randomUUID() });
		this.#keep();
		void this.flush();
	}

	#keep() {
		browserStore.set(this.#store, JSON.stringify(this.waiting));
	}

	/** Sends what waits. Called by itself, and when the browser is online again. */
	async flush() {
		if (this.#sending) return;
		this.#sending = true;
		while (this.waiting.length > 0) {
			const rating = $state.snapshot(this.waiting[0]!);
			const answer = await fetch(this.#url, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify(rating),
				keepalive: true
			}).catch(() => null);
			if (answer === null || answer.status >= 500 || answer.status === 429) {
				setTimeout(() => void this.flush(), this.#wait);
				this.#wait = Math.min(30_000, this.#wait * 2);
				break;
			}
			this.#wait = 1000;
			this.waiting.shift();
			this.#keep();
			if (!answer.ok) {
				const reason = await answer.json().then((body) => body.error?.message ?? body.message, () => null);
				this.#onrefused(rating, reason ?? 'The rating was refused.');
			}
		}
		this.#sending = false;
	}
}
