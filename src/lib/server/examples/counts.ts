import type { ExampleCounts } from '../../contract/examples.ts';
import { type Counted, countIn, countedOf, ownCountedIn, ownFrom } from '../access/counted.ts';
import { seesScores } from '../access/own-scores.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';

type Asking = Pick<ProjectScope, 'project' | 'role'>;

/** Whole points: the bands begin at 5 and 8, and a threshold is whole too. */
const from =
	(least: number, below = 11) =>
	({ points }: Counted) =>
		points !== null && points >= least && points < below;

/** By the person's own scores; where an example stands in the split would tell what others gave. */
const ownCountsOf = async (tx: Tx, { project: { id, qualityThreshold } }: Asking): Promise<ExampleCounts> => {
	const own = await ownCountedIn(tx, id);
	const [rated, okay, great] = [ownFrom(own, 1), ownFrom(own, 5), ownFrom(own, 8)];
	const quality = ownFrom(own, qualityThreshold);
	const bands = { bad: rated - okay, okay: okay - great, great };
	const side = { train: 0, validation: 0, unassigned: 0 };
	return { total: own.total, unrated: own.total - rated, ...bands, quality, below: rated - quality, ...side };
};

/** A step: the counts for the facets and badges of one project. Who may not see others' scores gets those of their own. */
export const countsOf = async (tx: Tx, scope: Asking): Promise<ExampleCounts> => {
	if (!seesScores(scope)) return ownCountsOf(tx, scope);
	const { id, qualityThreshold } = scope.project;
	const counted = await countedOf(tx, id);
	const count = (isOne?: (kind: Counted) => boolean) => countIn(counted, isOne);
	return {
		total: count(),
		unrated: count(({ points }) => points === null),
		bad: count(from(1, 5)),
		okay: count(from(5, 8)),
		great: count(from(8)),
		quality: count(from(qualityThreshold)),
		below: count(from(1, qualityThreshold)),
		train: count(({ side }) => side === 'train'),
		validation: count(({ side }) => side === 'validation'),
		unassigned: count(({ side }) => side === 'unassigned')
	};
};

/**
 * A step: how many examples have each rating from 1 to 10; a mean of 7.9 counts as 7, since it does not reach 8. Who may not see
 * others' scores gets those of their own.
 */
export const histogramOf = async (tx: Tx, scope: Asking): Promise<number[]> => {
	if (!seesScores(scope)) return (await ownCountedIn(tx, scope.project.id)).scores;
	const counted = await countedOf(tx, scope.project.id);
	return Array.from({ length: 10 }, (_, i) => countIn(counted, ({ points }) => points === i + 1));
};
