/**
 * What was worked out is kept by its key, for whoever asks the same again: so many of them, then the one that was made first goes. For what
 * depends on nothing but its key.
 */
export class Kept<Value> {
	readonly #values = new Map<string, Value>();
	readonly #most: number;

	constructor(most: number) {
		this.#most = most;
	}

	get(key: string, make: () => Value): Value {
		const found = this.#values.get(key);
		if (found !== undefined || this.#values.has(key)) return found as Value;
		const value = make();
		this.#values.set(key, value);
		if (this.#values.size > this.#most) this.#values.delete(this.#values.keys().next().value!);
		return value;
	}
}
