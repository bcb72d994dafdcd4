export const runSorts = ['version', 'status', 'train', 'duration', 'cost'] as const;
export type RunSort = (typeof runSorts)[number];
export type RunOrder = { sort: RunSort; order: 'up' | 'down' };

export const newestFirst: RunOrder = { sort: 'version', order: 'down' };

/** Milliseconds from its start to its end; null while it is not over. */
export const tookMs = ({ createdAt, finishedAt }: { createdAt: Date; finishedAt: Date | null }): number | null =>
	finishedAt && finishedAt.getTime() - createdAt.getTime();
