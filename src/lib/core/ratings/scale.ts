/** The three bands of the scale, each with the value of its quick button. */
export const bands = [
	{ id: 'bad', name: 'Bad', from: 1, to: 4, quick: 3 },
	{ id: 'okay', name: 'Okay', from: 5, to: 7, quick: 6 },
	{ id: 'great', name: 'Great', from: 8, to: 10, quick: 9 }
] as const;
export type Band = (typeof bands)[number];

/** The band of a score, or of a mean of scores: 7.9 is still Okay. */
export const bandOf = (score: number): Band => bands.findLast((band) => score >= band.from) ?? bands[0];
