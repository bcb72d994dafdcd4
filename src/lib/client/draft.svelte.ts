import { untrack } from 'svelte';

type Fields = Record<string, unknown>;

/** Fields after `last` has become `now` elsewhere: what nobody has touched here follows, what was typed stays. */
export const followed = <T extends Fields>(
	fields: T,
	last: T,
	now: T,
	same: (one: unknown, other: unknown) => boolean
): T =>
	Object.fromEntries(
		Object.entries(now).map(([name, value]) => [name, same(fields[name], last[name]) ? value : fields[name]])
	) as T;

/**
 * What is in the fields of a form whose values can change elsewhere: in another window, by somebody else, by the address.
 * Seeded once; what comes in later waits while one of the fields has the focus, and then reaches only those that were not
 * touched. Made while a component begins; `hold` goes on the element around the fields.
 */
export class Draft<T extends Fields> {
	readonly fields = $state() as T;
	#last = $state.raw() as T;
	#held = $state(false);
	#same: (one: unknown, other: unknown) => boolean;

	constructor(incoming: () => T, same: (one: unknown, other: unknown) => boolean = Object.is) {
		this.#same = same;
		this.#last = untrack(incoming);
		this.fields = { ...this.#last };
		$effect.pre(() => this.follow(incoming()));
	}

	/** Whether something was typed that has not come in. */
	get isTouched(): boolean {
		return Object.keys(this.#last).some((name) => !this.#same(this.fields[name], this.#last[name]));
	}

	reset() {
		Object.assign(this.fields, this.#last);
	}

	hold = (element: Element) => {
		const take = () => (this.#held = true);
		const leave = () => (this.#held = false);
		element.addEventListener('focusin', take);
		element.addEventListener('focusout', leave);
		return () => {
			element.removeEventListener('focusin', take);
			element.removeEventListener('focusout', leave);
			this.#held = false;
		};
	};

	/** The values as they are by now. */
	follow(now: T) {
		if (this.#held) return;
		untrack(() => {
			Object.assign(this.fields, followed(this.fields, this.#last, now, this.#same));
			this.#last = now;
		});
	}
}
