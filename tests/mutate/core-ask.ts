/** How often each mutant was reached. */
export type Hits = Record<string, number>;

/** Where the code with the mutants in it asks whose turn it is, and says what was reached: a global, made anew for each test file. */
export class Switches {
	mutant = '';
	hits = 0;
	private limit = Infinity;
	/** Where what is reached is counted; null: it is not. */
	reached: Hits | null = null;

	/** From now on this one counts. What comes to more hits than this runs without end. */
	turnTo(mutant: string, limit: number) {
		this.mutant = mutant;
		this.hits = 0;
		this.limit = limit;
	}

	/** For `mutant`, at each place where it counts. */
	hit(): true {
		if (++this.hits > this.limit) throw new Error('without end');
		return true;
	}

	reach(...mutants: string[]) {
		for (const mutant of mutants) this.reached![mutant] = (this.reached![mutant] ?? 0) + 1;
	}

	get isEndless() {
		return this.hits > this.limit;
	}
}

/** The name of that global. */
export const switchesNow = '__mutants';

/** What the tests of a file are run for; each says to the file `log`, line by line, what became of it. */
export type CoreAsk = { log: string } & (
	| { what: 'reach' }
	/** By test, the mutants to ask it, each with the number of hits that no loop would come to which ends. */
	| { what: 'trials'; of: Record<string, Hits> }
	/** One mutant that counts from the loading of the file on, and the tests that are asked. */
	| { what: 'loaded'; mutant: string; limit: number; only: string[] }
);

/** A line of the log. */
export type CoreLine =
	| { reached: Hits; test: string; took: number }
	/** Outside of its tests: while the file loads, and before all. */
	| { reachedAround: Hits }
	| { begun: string; test: string; pid: number }
	| { killed: string; by: string }
	| { endless: string; by: string }
	| { stopped: string; by: string }
	| { ended: true };

declare module 'vitest' {
	interface ProvidedContext {
		coreAsk?: CoreAsk;
	}
}
