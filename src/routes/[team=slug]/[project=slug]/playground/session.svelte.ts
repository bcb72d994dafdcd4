import type { AnswerEvent } from '$lib/contract/servings.ts';
import { type Answer, type Side, type Turn, promptFor, sides, takenUp } from '$lib/core/playground/conversation.ts';
import { type Contender, askedBy } from '$lib/core/playground/contender.ts';
import { Refused, ask } from './answering.ts';

/** So often what has come is shown: more is not read any better, and each time costs. */
const showEveryMs = 50;

/** What the next question is asked with. */
export type Wish = {
	/** Who is asked, in the panels there are. */
	asked: Partial<Record<Side, { contender: Contender; name: string }>>;
	systemPrompt: string;
	temperature: number;
	maxTokens: number;
};

const blank = (by: string, askedWith: string): Answer => ({
	by,
	state: 'writing',
	text: '',
	thinking: '',
	problem: null,
	took: null,
	askedWith
});
const brokeOff = 'The answer broke off. What had come is here; ask again for a whole one.';

/** Gathers what comes for an answer, and shows it a few times in a second. `changed` hears of it each time. */
const showerOf = (answer: Answer, changed: () => void) => {
	const beganAt = performance.now();
	const waiting = { text: '', thinking: '' };
	let timer: ReturnType<typeof setTimeout> | undefined;
	const shower = {
		/** From the question to the first piece. */
		firstMs: null as number | null,
		more: (field: 'text' | 'thinking', piece: string) => {
			shower.firstMs ??= Math.round(performance.now() - beganAt);
			waiting[field] += piece;
			timer ??= setTimeout(shower.now, showEveryMs);
		},
		now: () => {
			clearTimeout(timer);
			timer = undefined;
			if (waiting.text) answer.text += waiting.text;
			if (waiting.thinking) answer.thinking += waiting.thinking;
			waiting.text = waiting.thinking = '';
			changed();
		}
	};
	return shower;
};

/** One conversation with one model or two. */
export class Session {
	turns = $state<Turn[]>([]);
	/** Read aloud: who is answering, and who has. */
	said = $state('');
	#stops = new Map<Side, AbortController>();
	#address: string;
	#changed: () => void;

	/** `address`: where answers come from. `changed`: something is worth keeping. */
	constructor(address: string, changed: () => void) {
		this.#address = address;
		this.#changed = changed;
	}

	get isWriting(): boolean {
		return sides.some((side) => this.turns.at(-1)?.answers[side]?.state === 'writing');
	}

	take(turns: readonly Turn[]) {
		this.turns = takenUp(turns);
	}

	/** Asks whoever is in the panels, at the same moment. */
	send(question: string, wish: Wish) {
		const last = this.turns.at(-1);
		if (last) last.goesOn = last.preferred?.side ?? null;
		this.turns.push({ id: crypto.randomUUID(), question, answers: {}, preferred: null });
		this.regenerate(wish);
	}

	/** Asks the last question again: both panels, or one of them. */
	regenerate(wish: Wish, only?: Side) {
		const turn = this.turns.at(-1);
		if (!turn) return;
		turn.preferred = null;
		delete turn.sending;
		for (const side of sides) {
			if (only && side !== only) continue;
			this.#stops.get(side)?.abort();
			const asked = wish.asked[side];
			if (asked) void this.#answer(side, asked, wish);
			else delete turn.answers[side];
		}
	}

	/** Ends what is being written: what has come stays. */
	stop() {
		for (const stop of this.#stops.values()) stop.abort();
	}

	forget() {
		this.stop();
		this.turns = [];
		this.said = '';
		this.#changed();
	}

	async #answer(side: Side, { contender, name }: { contender: Contender; name: string }, wish: Wish) {
		const at = this.turns.length - 1;
		const stop = new AbortController();
		this.#stops.set(side, stop);
		const turn = this.turns[at]!;
		turn.answers[side] = blank(name, wish.systemPrompt);
		const answer = turn.answers[side]!;
		const shown = showerOf(answer, this.#changed);
		const beganAt = performance.now();
		const question = {
			...askedBy(contender),
			messages: promptFor($state.snapshot(this.turns) as Turn[], at, side, wish.systemPrompt),
			temperature: wish.temperature,
			maxTokens: wish.maxTokens
		};
		this.said = `${name} is answering.`;
		this.#changed();
		try {
			await ask(this.#address, question, stop.signal, (event) => this.#hear(event, answer, shown));
			// a line that was cut says nothing of an end
			if (answer.state === 'writing') Object.assign(answer, { state: 'broken', problem: brokeOff });
		} catch (problem) {
			if (stop.signal.aborted) answer.state = 'stopped';
			else {
				const refused = problem instanceof Refused && answer.text === '' && answer.thinking === '';
				answer.state = refused ? 'refused' : 'broken';
				answer.problem = refused ? problem.message : brokeOff;
			}
		} finally {
			shown.now();
			const totalMs = Math.round(performance.now() - beganAt);
			answer.took ??= {
				firstTokenMs: shown.firstMs,
				totalMs,
				promptTokens: null,
				completionTokens: null,
				costMicros: null
			};
			if (this.#stops.get(side) === stop) this.#stops.delete(side);
			this.said = answer.problem ? `${name}: ${answer.problem}` : `${name} has answered.`;
			this.#changed();
		}
	}

	#hear(event: AnswerEvent, answer: Answer, shown: ReturnType<typeof showerOf>) {
		if ('text' in event) return shown.more('text', event.text);
		if ('thinking' in event) return shown.more('thinking', event.thinking);
		shown.now();
		if ('error' in event) {
			const isNothing = answer.text === '' && answer.thinking === '';
			Object.assign(answer, { state: isNothing ? 'refused' : 'broken', problem: event.error.message });
			return;
		}
		const { finishReason, done: _, ...took } = event;
		answer.took = took;
		answer.state = finishReason === null ? 'broken' : finishReason === 'length' ? 'cut' : 'done';
		if (finishReason === null) answer.problem = brokeOff;
	}
}
