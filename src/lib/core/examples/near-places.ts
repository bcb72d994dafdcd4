/** Where pieces stand, as chains in columns of numbers: twelve bytes for each, where a map of lists takes ten times that. */
export class Places {
	#heads = new Int32Array(1 << 12).fill(-1);
	#values = new Uint32Array(1 << 12);
	#texts = new Int32Array(1 << 12);
	#next = new Int32Array(1 << 12);
	#count = 0;

	/** Visits the texts in which a piece stands, the newest first. Answers how many those are. */
	each(value: number, visit?: (text: number) => void): number {
		let count = 0;
		for (let at = this.#heads[value & (this.#heads.length - 1)]!; at >= 0; at = this.#next[at]!) {
			if (this.#values[at] !== value) continue;
			count++;
			visit?.(this.#texts[at]!);
		}
		return count;
	}

	/** `most`: what stands in so many texts tells none of them, and is noted no more. */
	add(value: number, text: number, most: number) {
		if (this.each(value) === most) return;
		if (this.#count === this.#values.length) this.#grow();
		const at = this.#count++;
		this.#values[at] = value;
		this.#texts[at] = text;
		this.#chain(at);
	}

	#chain(at: number) {
		const place = this.#values[at]! & (this.#heads.length - 1);
		this.#next[at] = this.#heads[place]!;
		this.#heads[place] = at;
	}

	#grow() {
		const size = 2 * this.#values.length;
		const wider = <A extends Int32Array | Uint32Array>(old: A, wide: A) => (wide.set(old), wide);
		this.#values = wider(this.#values, new Uint32Array(size));
		this.#texts = wider(this.#texts, new Int32Array(size));
		this.#next = new Int32Array(size);
		this.#heads = new Int32Array(size).fill(-1);
		for (let at = 0; at < this.#count; at++) this.#chain(at);
	}
}
