import { browserStore } from '$lib/client/browser-store';

/** `text`: which of the example's texts was read (a card's). */
export type Rating = { exampleId: string; score: number | null; text?: string; clientId: string };
/** `order` is the moment it was given, so that ratings of several visits and windows go out as they came. */
type Waiting = Rating & { order: number };

const longestWaitMs = 30_000;

/**
 * Ratings on their way: shown at once, sent one after the other, tried again until they arrive. Each carries an id of its
 * own, so that one that arrives twice counts once, and is kept in the browser under that id until then, so that two windows
 * never overwrite what the other one keeps: ids and scores only, no texts.
 */
export class Sender {
	waiting = $state.raw<Waiting[]>([]);
	/** The last try did not arrive. */
	troubled = $state(false);
	/** The session has ended; what waits is sent after the next sign-in. */
	signedOut = $state(false);
	#url: string;
	#prefix: string;
	#onrefused: (rating: Rating, reason: string) => void;
	#sending: Promise<void> | undefined;
	#waitMs = 1000;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#closed = false;

	constructor(url: string, person: string, onrefused: (rating: Rating, reason: string) => void) {
		this.#url = url;
		this.#prefix = `rating:${person}:${url}:`;
		this.#onrefused = onrefused;
	}

	/** Takes up what an earlier visit left behind. */
	open() {
		this.#closed = false;
		const known = new Set(this.waiting.map((rating) => rating.clientId));
		const kept = browserStore.keys(this.#prefix).flatMap((key): Waiting[] => {
			try {
				return [JSON.parse(browserStore.get(key)!)];
			} catch {
				return [];
			}
		});
		const missed = kept.filter((rating) => !known.has(rating.clientId));
		this.waiting = [...missed, ...this.waiting].sort((one, two) => one.order - two.order);
		void this.flush();
	}

	/** No more tries from here; what waits stays kept. */
	close() {
		this.#closed = true;
		clearTimeout(this.#timer);
	}

	send(exampleId: string, score: number | null, text?: string) {
		const order = Math.max(Date.now(), (this.waiting.at(-1)?.order ?? 0) + 1);
		const rating = { exampleId, score, ...(text !== undefined && { text }), clientId: crypto.randomUUID(), order };
		this.waiting = [...this.waiting, rating];
		browserStore.set(this.#prefix + rating.clientId, JSON.stringify(rating));
		void this.flush();
	}

	/** Sends what waits, and resolves when nothing does or a try has failed. Called by itself, and when the browser is online again. */
	async flush(): Promise<void> {
		clearTimeout(this.#timer);
		if (this.waiting.length > 0) await (this.#sending ??= this.#deliver());
	}

	async #deliver() {
		await this.#each();
		this.#sending = undefined; // at once, not a moment later: what is given now starts anew
	}

	async #each() {
		for (let next = this.waiting[0]; next; next = this.waiting[0]) {
			const { order: _, ...rating } = next;
			const answer = await fetch(this.#url, {
				method: 'POST',
				headers: { 'content-type': 'application/json', accept: 'application/json' },
				body: JSON.stringify(rating),
				keepalive: true
			}).catch(() => null);
			this.signedOut = answer?.status === 401;
			if (answer === null || this.signedOut || answer.status >= 500 || answer.status === 429) {
				this.troubled = true;
				if (!this.#closed) this.#timer = setTimeout(() => void this.flush(), this.#waitMs);
				this.#waitMs = Math.min(longestWaitMs, this.#waitMs * 2);
				return;
			}
			this.#waitMs = 1000;
			this.troubled = false;
			this.waiting = this.waiting.filter(({ clientId }) => clientId !== rating.clientId);
			browserStore.remove(this.#prefix + rating.clientId);
			if (answer.ok) continue;
			const body = await answer.json().catch(() => null);
			this.#onrefused(rating, body?.error?.message ?? body?.message ?? 'The server refused it.');
		}
	}
}
