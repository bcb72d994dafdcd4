/** One part of an answer that is being written: what the model says, or what it thought before. */
export type Part = { kind: 'text' | 'thinking'; text: string };

const open = '<think>';
const close = '</think>';

/** How many characters at the end of a text may be the beginning of the mark. */
const begun = (text: string, mark: string): number => {
	for (let length = Math.min(text.length, mark.length - 1); length > 0; length--)
		if (text.endsWith(mark.slice(0, length))) return length;
	return 0;
};

/**
 * Parts an answer that comes in pieces into what the model thought first, between `<think>` and `</think>`, and what it says. A mark may
 * be cut anywhere. Only a thought at the beginning is one: later the words may be part of what is said.
 */
export class ThoughtParter {
	#stage: 'begin' | 'thinking' | 'between' | 'text' = 'begin';
	/** What cannot be told yet. */
	#held = '';

	/** What is known once this piece is there too. */
	take(piece: string): Part[] {
		if (this.#stage === 'text') return [{ kind: 'text', text: piece }];
		const text = this.#held + piece;
		this.#held = '';
		if (this.#stage === 'begin') return this.#begin(text);
		return this.#stage === 'thinking' ? this.#think(text) : this.#speak(text);
	}

	/** Nothing more comes: what was held back was no mark. */
	end(): Part[] {
		const text = this.#held;
		this.#held = '';
		return text === '' ? [] : [{ kind: this.#stage === 'thinking' ? 'thinking' : 'text', text }];
	}

	#begin(text: string): Part[] {
		const trimmed = text.trimStart();
		if (trimmed.startsWith(open)) {
			this.#stage = 'thinking';
			return this.#think(trimmed.slice(open.length));
		}
		if (open.startsWith(trimmed)) {
			this.#held = text;
			return [];
		}
		this.#stage = 'text';
		return [{ kind: 'text', text }];
	}

	#think(text: string): Part[] {
		const end = text.indexOf(close);
		const known = end < 0 ? text.length - begun(text, close) : end;
		const thought: Part[] = known === 0 ? [] : [{ kind: 'thinking', text: text.slice(0, known) }];
		if (end < 0) {
			this.#held = text.slice(known);
			return thought;
		}
		this.#stage = 'between';
		return [...thought, ...this.#speak(text.slice(end + close.length))];
	}

	/** The empty lines between the thought and the answer belong to neither. */
	#speak(text: string): Part[] {
		const said = text.trimStart();
		if (said === '') return [];
		this.#stage = 'text';
		return [{ kind: 'text', text: said }];
	}
}
