/** So many examples a prompt may hold. */
export const fewShotSizes = [3, 5, 8] as const;

/** Who competes: the model of a run, the base that a run was tuned from, or any model of a connection. */
export const contenderKinds = ['run', 'base', 'model'] as const;
export type ContenderKind = (typeof contenderKinds)[number];

/**
 * The same text for the same model, in whichever way it was chosen: tries are counted by it. With a prompt of its own a model is another
 * one, whatever stands in that: whoever words it anew tries again.
 */
export const contenderKey = ({
	runId,
	connectionId,
	model,
	fewShot = false
}: {
	/** Of a run whose own model competes. */
	runId: string | null;
	connectionId: string;
	model: string;
	fewShot?: boolean;
}): string => runId ?? `${connectionId}:${model}${fewShot ? '+prompt' : ''}`;

/** What a label is made of. `connection`: what people call it. `examples`: so many stand in a prompt of its own. */
export type Called = (
	| { kind: 'run' | 'base'; runId: string; version: number }
	| { kind: 'model'; model: string; connection: string }
) & { examples?: number };

/** A name says how many examples stand in the prompt. */
const withExamples = (label: string, examples: number | undefined) =>
	examples === undefined ? label : `${label} with ${examples} examples in its prompt`;
const shorterExamples = (label: string) => label.replace(/ with (\d+) examples in its prompt$/, ' + $1 examples');

/** A model that is called like a version, or like a base, says where it is from. */
const isLikeOurs = /^(?:base(?: of v\d+)?|v\d+)$/i;

const bareLabel = (one: Called, isOwnBase: boolean): string => {
	if (one.kind === 'model') return isLikeOurs.test(one.model.trim()) ? placed(one) : one.model;
	if (one.kind === 'run') return `v${one.version}`;
	return isOwnBase ? 'base' : `base of v${one.version}`;
};
const placed = (one: Called & { kind: 'model' }) => `${one.model} (${one.connection})`;
const labelOf = (one: Called, isOwnBase = false) => withExamples(bareLabel(one, isOwnBase), one.examples);
const withPlace = (one: Called) => (one.kind === 'model' ? withExamples(placed(one), one.examples) : labelOf(one));

/** How people call both sides, by what they really are: never the same, and no model like a version of the project. */
export const labelsOf = (a: Called, b: Called | null): { a: string; b: string } => {
	if (b === null) return { a: labelOf(a), b: '' };
	if (a.kind === 'run' && b.kind === 'base' && a.runId === b.runId) return { a: labelOf(a), b: labelOf(b, true) };
	const plain = { a: labelOf(a), b: labelOf(b) };
	if (plain.a !== plain.b) return plain;
	const both = { a: withPlace(a), b: withPlace(b) };
	return both.a === both.b ? { a: both.a, b: `${both.b}, the second` } : both;
};

/** What fits beside a prompt. */
const longestShort = 24;
const short = (full: string) => {
	const label = shorterExamples(full);
	const signs = [...(label.length > longestShort ? label.split('/').at(-1)! : label)];
	return signs.length > longestShort ? `${signs.slice(0, longestShort - 1).join('')}…` : signs.join('');
};

/** The same for where there is little room: without the path of a model's id. As they are where that would make them one. */
export const shortLabels = (of: { a: string; b: string }): { a: string; b: string } => {
	const shorter = { a: short(of.a), b: short(of.b) };
	return shorter.a === shorter.b ? of : shorter;
};

/** A name is as long as one that is typed. */
const longestName = 80;

const cut = (name: string) => {
	const signs = [...name];
	return signs.length > longestName ? `${signs.slice(0, longestName - 1).join('')}…` : name;
};

/** What a comparison is called where nobody says: who competes. */
export const nameOfSides = ({ a, b }: { a: string; b: string }): string => cut(`${a} against ${b}`);

/** The same of a scoring. */
export const nameOfScores = (label: string): string => cut(`Scores of ${label}`);
