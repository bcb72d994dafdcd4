/** What is noted of a piece, in numbers: itself, in how many texts it stands, and that text, or of several where their list begins. */
const [piece, count, where, width] = [0, 1, 2, 3];
/** A list has room for so many texts at first, and then for as many as are noted. */
const few = 4;

/** A part of them begins with room for so many pieces, as a power of two. */
const smallest = 4;
/** So many parts there are, by the upper bits of a piece. */
const partBits = 6;

/**
 * In which texts pieces stand. They are kept in many parts, each of which grows by itself: all in one would move them all at once, and with some
 * millions everything else would wait half a second for that.
 */
export class Places {
	#parts: Part[];

	/** `most`: what stands in so many texts tells none of them, and is noted no more. */
	constructor(most: number) {
		this.#parts = Array.from({ length: 1 << partBits }, () => new Part(most));
	}

	/**
	 * Adds 1 to the count of each text in which a piece stands, the newest first; those that had none are added to `met`. Answers how many
	 * those texts are.
	 */
	meet(value: number, counts: Int32Array, met: number[]): number {
		return this.#parts[value >>> (32 - partBits)]!.meet(value, counts, met);
	}

	add(value: number, text: number) {
		this.#parts[value >>> (32 - partBits)]!.add(value, text);
	}
}

/**
 * Two columns of numbers: twelve bytes for most pieces, where a map of lists takes ten times that. The texts of a piece lie side by
 * side, because a look at a far place costs more than all that is done there.
 */
class Part {
	#most: number;
	#slots = new Int32Array(width << smallest);
	#shift = 32 - smallest;
	#used = 0;
	#lists = new Int32Array(1 << smallest);
	#end = 0;

	constructor(most: number) {
		this.#most = most;
	}

	/** Where a piece is noted, or will be. It is looked for by the upper bits of a product, since pieces may have their lower ones in common. */
	#slotOf(value: number): number {
		const slots = this.#slots;
		let at = width * (Math.imul(value, 0x9e3779b1) >>> this.#shift);
		while (slots[at + count] !== 0 && slots[at + piece] !== value) {
			at += width;
			if (at === slots.length) at = 0;
		}
		return at;
	}

	meet(value: number, counts: Int32Array, met: number[]): number {
		const at = this.#slotOf(value);
		const many = this.#slots[at + count]!;
		if (many === 0) return 0;
		const from = this.#slots[at + where]!;
		if (many === 1) {
			if (counts[from]!++ === 0) met.push(from);
			return 1;
		}
		const lists = this.#lists;
		for (let place = from + many - 1; place >= from; place--) {
			const text = lists[place]!;
			if (counts[text]!++ === 0) met.push(text);
		}
		return many;
	}

	add(value: number, text: number) {
		const at = this.#slotOf(value);
		const many = this.#slots[at + count]!;
		if (many === this.#most) return;
		this.#slots[at + count] = many + 1;
		if (many === 0) {
			this.#slots[at + piece] = value;
			this.#slots[at + where] = text;
			if (3 * ++this.#used * width > 2 * this.#slots.length) this.#grow();
			return;
		}
		if (many === 1) {
			const list = this.#listFor(few);
			this.#lists[list] = this.#slots[at + where]!;
			this.#slots[at + where] = list;
		} else if (many === few) {
			const list = this.#listFor(this.#most);
			const from = this.#slots[at + where]!;
			this.#lists.copyWithin(list, from, from + few);
			this.#slots[at + where] = list;
		}
		this.#lists[this.#slots[at + where]! + many] = text;
	}

	#listFor(texts: number): number {
		const at = this.#end;
		this.#end += texts;
		if (this.#end > this.#lists.length) {
			const wider = new Int32Array(2 * this.#lists.length);
			wider.set(this.#lists);
			this.#lists = wider;
		}
		return at;
	}

	#grow() {
		const old = this.#slots;
		this.#slots = new Int32Array(2 * old.length);
		this.#shift--;
		for (let at = 0; at < old.length; at += width)
			if (old[at + count] !== 0) this.#slots.set(old.subarray(at, at + width), this.#slotOf(old[at + piece]!));
	}
}
