/** A mutant that can be made and taken back while a test file runs; what its tests are asked with. */
export type Trial = {
	id: string;
	/** What makes it in the file's database, and what takes it back; none where the source asks `which` mutant it is. */
	sql?: { make: string; undo: string };
	/** The tests to ask, as the source of a regular expression; without it all. */
	named?: string;
	/** The test has noticed it before: so many of them have one proof together that it passes again without. */
	together?: number;
	/** Something so wrong that a test which does not notice it reaches none of the trials with the same. */
	probe?: { make: string; undo: string };
};

/** What a test says of its trials in its `meta`: who was noticed, what kept it from going on, and after whom. */
export type Tried = { killed: string[]; stopped?: string; after?: string[] };

/** In the process of a test, what the source asks at each place that a mutant changes: is it this one? */
export type IsMutant = (id: string) => boolean;
/** The name of that global; without it none is. */
export const isMutant = '__isMutant';

declare module 'vitest' {
	interface ProvidedContext {
		/** By test file, as its path from the repository. */
		trials?: Record<string, Trial[]>;
	}
	interface TaskMeta {
		tried?: Tried;
	}
}
