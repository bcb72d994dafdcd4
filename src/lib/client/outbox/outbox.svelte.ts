import { browserStore } from '../browser-store.ts';
import { fromThisTab } from '../live/tab.ts';
import {
	type Act,
	type Given,
	type Said,
	type Value,
	inOrder,
	isOfTheSame,
	isOpen,
	isWaiting,
	nextOf,
	requestOf,
	saidBy
} from './acts.ts';
import { earlierActs } from './earlier.ts';

const longestWaitMs = 30_000;
/** As long as a page may have been on its way when something arrived. */
const rememberedMs = 60_000;

/** One window at a time; where the browser has no locks, the server still counts each act once. */
const alone = async (name: string, work: () => Promise<void>): Promise<void> => {
	await (globalThis.navigator?.locks ? navigator.locks.request(name, work) : work());
};

/**
 * What a person has decided in this browser and the server has not confirmed: ratings and votes of all its windows. Kept in
 * localStorage, each under a key of its own, so that windows never overwrite what another one keeps; sent one after the other, in
 * the order it was given, by one window at a time (Web Locks), whichever page it shows; tried again until it arrives. Windows
 * hear of each other by the browser's `storage` event.
 */
export class Outbox {
	/** All that is kept, in order. */
	acts = $state.raw<Act[]>([]);
	/** The last try did not arrive. */
	troubled = $state(false);
	/** The session has ended; what waits is sent after the next sign-in. */
	signedOut = $state(false);
	#person: string;
	#prefix: string;
	#given = new Set<string>();
	#sending: Promise<void> | undefined;
	#waitMs = 1000;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#followers = 0;

	constructor(person: string) {
		this.#person = person;
		this.#prefix = `outbox:${person}:`;
	}

	get waiting(): Act[] {
		return this.acts.filter(isWaiting);
	}
	/** What a person has to be told or asked. */
	get open(): Act[] {
		return this.acts.filter(isOpen);
	}
	/** What would go with this page: the browser keeps nothing of it. */
	get fleeting(): Act[] {
		return this.waiting.filter(({ clientId }) => browserStore.isFleeting(this.#prefix + clientId));
	}
	/** Whether it was given in this window. */
	isFromHere = ({ clientId }: Act) => this.#given.has(clientId);

	/** The last word on each thing at a place, while it is on its way or has just arrived. What was added to it is none. */
	latestAt(place: string): Map<string, Act> {
		const isWord = (act: Act) => act.place === place && act.kind !== 'remark' && !act.refused && !act.stands;
		return new Map(this.acts.filter(isWord).map((act) => [act.subject, act]));
	}

	/** From here on this window sends and listens. Returns the end of that; what waits stays kept. */
	follow(): () => void {
		const flush = () => void this.flush();
		const heard = ({ key }: StorageEvent) => (key === null || key.startsWith(this.#prefix)) && this.#read();
		const ask = (event: Event) => this.fleeting.length > 0 && event.preventDefault();
		this.#followers++;
		for (const act of earlierActs(this.#person)) this.#keep(act);
		this.#read();
		flush();
		addEventListener('storage', heard);
		addEventListener('online', flush);
		addEventListener('focus', flush);
		addEventListener('beforeunload', ask);
		return () => {
			removeEventListener('storage', heard);
			removeEventListener('online', flush);
			removeEventListener('focus', flush);
			removeEventListener('beforeunload', ask);
			if (--this.#followers === 0) clearTimeout(this.#timer);
		};
	}

	give(given: Given) {
		const order = Math.max(Date.now(), (this.acts.at(-1)?.order ?? 0) + 1);
		const act: Act = { ...given, clientId: crypto.randomUUID(), order };
		this.#given.add(act.clientId);
		this.#keep(act);
		void this.flush();
	}

	/** Sends what waits, and resolves when nothing does or a try has failed. */
	async flush(): Promise<void> {
		clearTimeout(this.#timer);
		if (this.waiting.length === 0) return;
		this.#sending ??= alone(this.#prefix, () => this.#each()).finally(() => {
			this.#sending = undefined;
		});
		await this.#sending;
		// what was given while the last answer came
		if (!this.troubled && nextOf(this.acts, new Set())) await this.flush();
	}

	/** What the person answers when something else stands: theirs, or what is there. */
	settle(question: Act, isMine: boolean) {
		const acts = this.acts.filter((act) => isOfTheSame(act, question) && (isWaiting(act) || act.stands));
		const stands = acts.find((act) => act.stands)?.stands;
		const last = acts.at(-1);
		for (const { clientId } of acts) browserStore.remove(this.#prefix + clientId);
		this.#read();
		if (isMine && stands && last) this.give({ ...withoutAnswer(last), saw: stands.value });
	}

	/** The person has read it. */
	dismiss({ clientId }: Act) {
		browserStore.remove(this.#prefix + clientId);
		this.#read();
	}

	#keep(act: Act) {
		browserStore.set(this.#prefix + act.clientId, JSON.stringify(act));
		this.acts = [...this.acts.filter(({ clientId }) => clientId !== act.clientId), act].sort(inOrder);
	}

	#read() {
		const now = Date.now();
		this.acts = browserStore
			.keys(this.#prefix)
			.flatMap((key): Act[] => {
				try {
					const act: Act = JSON.parse(browserStore.get(key)!);
					if (act.arrived === undefined || isOpen(act) || now - act.arrived < rememberedMs) return [act];
					browserStore.remove(key);
				} catch {
					// half written, or removed by another window a moment ago
				}
				return [];
			})
			.sort(inOrder);
	}

	async #each() {
		const stuck = new Set<string>();
		this.#read(); // another window may have sent some of it while this one waited for its turn
		for (let act = nextOf(this.acts, stuck); act; act = nextOf(this.acts, stuck)) {
			const answer = await fetch(act.place, {
				...requestOf(act),
				headers: {
					'content-type': 'application/json',
					accept: 'application/json',
					'x-person': this.#person,
					...fromThisTab
				},
				keepalive: true,
				signal: AbortSignal.timeout(longestWaitMs) // a line that hangs holds up every window
			}).catch(() => null);
			this.signedOut = answer?.status === 401;
			if (answer === null || this.signedOut) return this.#later();
			const said = await saidBy(answer);
			if (said) this.#answered(act, said);
			else stuck.add(act.place);
			this.#read();
		}
		if (stuck.size > 0) return this.#later();
		this.#waitMs = 1000;
		this.troubled = false;
	}

	#later() {
		this.troubled = true;
		if (this.#followers > 0) this.#timer = setTimeout(() => void this.flush(), this.#waitMs);
		this.#waitMs = Math.min(longestWaitMs, this.#waitMs * 2);
	}

	#answered(act: Act, said: Said) {
		if (said.ok) {
			const isOther = act.kind === 'rating' && act.value !== null && said.score !== act.value;
			return this.#keep({ ...act, arrived: Date.now(), ...(isOther && { counts: { value: said.score as Value } }) });
		}
		const { code, message, field, now = null } = said.problem;
		if (code === 'changed') {
			// what stands there is what was wanted: nothing to ask
			if (now === act.value) return this.#keep({ ...act, arrived: Date.now() });
			return this.#keep({ ...act, stands: { value: now } });
		}
		// the evaluation itself refuses: it takes none of the others either
		const isOver = code === 'conflict' && field === 'evaluationId';
		const these = isOver ? this.waiting.filter(({ place }) => place === act.place) : [act];
		for (const each of these) this.#keep({ ...each, refused: message });
	}
}

const withoutAnswer = ({ arrived: _a, stands: _s, refused: _r, counts: _c, clientId: _i, order: _o, ...given }: Act) =>
	given;

const outboxes = new Map<string, Outbox>();

/** The outbox of a person, one for all pages of this window. */
export const outboxOf = (person: string): Outbox => {
	const known = outboxes.get(person) ?? new Outbox(person);
	if (typeof document !== 'undefined') outboxes.set(person, known); // the server keeps nobody's
	return known;
};
