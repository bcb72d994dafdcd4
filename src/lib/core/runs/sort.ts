import type { RunStatus } from './status.ts';

export const runSorts = ['version', 'status', 'train', 'duration', 'cost'] as const;
export type RunSort = (typeof runSorts)[number];
export type RunOrder = { sort: RunSort; order: 'up' | 'down' };

export const newestFirst: RunOrder = { sort: 'version', order: 'down' };

type Facts = {
	version: number;
	status: RunStatus;
	trainCount: number;
	costCents: number | null;
	createdAt: Date;
	finishedAt: Date | null;
};

/** Milliseconds from its start to its end; null while it is not over. */
export const tookMs = ({ createdAt, finishedAt }: Pick<Facts, 'createdAt' | 'finishedAt'>): number | null =>
	finishedAt && finishedAt.getTime() - createdAt.getTime();

const keys: Record<RunSort, (run: Facts) => number | string | null> = {
	version: (run) => run.version,
	status: (run) => run.status,
	train: (run) => run.trainCount,
	duration: tookMs,
	cost: (run) => run.costCents
};

/** The runs in this order. What has no value yet is last in both directions. */
export const sortRuns = <Run extends Facts>(runs: readonly Run[], { sort, order }: RunOrder): Run[] =>
	[...runs].sort((one, two) => {
		const [a, b] = [keys[sort](one), keys[sort](two)];
		if (a === null || b === null) return Number(a === null) - Number(b === null);
		return (a < b ? -1 : a > b ? 1 : 0) * (order === 'up' ? 1 : -1);
	});
