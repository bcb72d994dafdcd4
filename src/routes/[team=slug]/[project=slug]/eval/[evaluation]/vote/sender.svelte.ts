import { browserStore } from '$lib/client/browser-store';
import type { Choice } from '$lib/core/evaluations/ballots';

/** One act of a voter: a choice, or null to take the earlier one back. */
export type Act = { ballotId: string; choice: Choice | null; clientId: string };

const longestWaitMs = 20_000;

const refusalIn = async (answer: Response): Promise<{ message: string; field?: string }> => {
	const body = await answer.json().catch(() => null);
	return { message: 'The server refused it.', ...(body?.error ?? body) };
};

/**
 * Votes on their way: counted at once, sent one after the other, tried again until they arrive. Each carries an id of its
 * own, so that one that arrives twice counts once. Kept in the browser until then: ids and choices, never texts. Once the
 * results are known none is taken: what waits is dropped, and `onclosed` says so once.
 */
export class VoteSender {
	waiting = $state<Act[]>([]);
	/** The session has ended; the votes wait until the person has signed in again. */
	signedOut = $state(false);
	/** Something did not arrive at the first try. */
	troubled = $state(false);
	#url: string;
	#store: string;
	#onrefused: (act: Act, reason: string) => void;
	#onclosed: (dropped: number, reason: string) => void;
	#sending = false;
	#waitMs = 1000;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(
		url: string,
		person: string,
		{
			onrefused,
			onclosed
		}: { onrefused: (act: Act, reason: string) => void; onclosed: (dropped: number, reason: string) => void }
	) {
		this.#url = url;
		this.#store = `votes:${person}:${url}`;
		this.#onrefused = onrefused;
		this.#onclosed = onclosed;
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

	close() {
		clearTimeout(this.#timer);
	}

	/** What is on its way for this ballot: its last act. */
	pending(ballotId: string): Act | undefined {
		return this.waiting.findLast((act) => act.ballotId === ballotId);
	}

	send(ballotId: string, choice: Choice | null) {
		this.waiting.push({ ballotId, choice, clientId: crypto.randomUUID() });
		this.#keep();
		void this.flush();
	}

	#keep() {
		browserStore.set(this.#store, JSON.stringify(this.waiting));
	}

	async #deliver(act: Act): Promise<Response | null> {
		return fetch(this.#url, {
			method: 'POST',
			headers: { 'content-type': 'application/json', accept: 'application/json' },
			body: JSON.stringify(act),
			keepalive: true
		}).catch(() => null);
	}

	/** Sends what waits. Called by itself, and when the browser is online or looked at again. */
	async flush() {
		if (this.#sending) return;
		this.#sending = true;
		clearTimeout(this.#timer);
		while (this.waiting.length > 0) {
			const act = $state.snapshot(this.waiting[0]!);
			const answer = await this.#deliver(act);
			this.signedOut = answer?.status === 401;
			if (answer === null || this.signedOut || answer.status >= 500 || answer.status === 429) {
				this.troubled = true;
				this.#timer = setTimeout(() => void this.flush(), this.#waitMs);
				this.#waitMs = Math.min(longestWaitMs, this.#waitMs * 2);
				break;
			}
			this.#waitMs = 1000;
			const refusal = answer.ok ? null : await refusalIn(answer);
			// the evaluation itself refuses: it takes none of the others either
			const isClosed = answer.status === 409 && refusal?.field === 'evaluationId';
			const dropped = isClosed ? this.waiting.length : 1;
			this.waiting.splice(0, dropped);
			this.#keep();
			if (isClosed) this.#onclosed(dropped, refusal.message);
			else if (refusal) this.#onrefused(act, refusal.message);
		}
		if (this.waiting.length === 0) this.troubled = false;
		this.#sending = false;
	}
}
