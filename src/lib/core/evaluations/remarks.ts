/** How good somebody found the two answers of a pair, 1 to 10, and what they noted of it. */
export type Remark = { a: number | null; b: number | null; note: string };

/** Characters of a note. */
export const longestNote = 2000;

export type MeanScore = { mean: number | null; count: number };

const meanOf = (scores: readonly (number | null)[]): MeanScore => {
	const given = scores.filter((score) => score !== null);
	return {
		mean: given.length === 0 ? null : given.reduce((sum, score) => sum + score, 0) / given.length,
		count: given.length
	};
};

/** The mean score of either side, of everybody who gave one; null where nobody did. They are in no verdict. */
export const meanScores = (remarks: readonly Pick<Remark, 'a' | 'b'>[]): { a: MeanScore; b: MeanScore } | null => {
	const means = { a: meanOf(remarks.map(({ a }) => a)), b: meanOf(remarks.map(({ b }) => b)) };
	return means.a.count + means.b.count === 0 ? null : means;
};

/** The means in words. */
export const scoresSentence = ({ a, b }: { a: MeanScore; b: MeanScore }, names: { a: string; b: string }): string => {
	const side = (name: string, { mean, count }: MeanScore) =>
		mean === null ? [] : [`${name} ${mean.toFixed(1)} on average of ${count} ${count === 1 ? 'score' : 'scores'}`];
	return `From 1 to 10: ${[...side(names.a, a), ...side(names.b, b)].join(', ')}. Scores are in no verdict.`;
};
