export const servingStatuses = ['starting', 'ready', 'stopping', 'stopped', 'failed'] as const;
export type ServingStatus = (typeof servingStatuses)[number];

/** Durable references to something that is running and billed; kept as they are in the database. */
export type Deployment = { endpointId: string; deploymentId: string; projectId: string; callAs: string };

/** A deployment under a name of ours that no serving knows of, as a connection keeps it. Times in ISO. */
export type Stray = { mark: string; deployment: Deployment; createdAt: string | null; seenAt: string };

/** Alive: it exists at the provider, or may exist, and somebody has to stop it one day. */
export const isAlive = ({ status }: { status: ServingStatus }) =>
	status === 'starting' || status === 'ready' || status === 'stopping';

/** Nobody has used it for so long: it is stopped. Every use begins the time anew. */
export const idleMinutes = 15;
/** A deployment that is not ready by then is given up; providers take up to 20 minutes for the first one. */
export const startMinutes = 60;
/** However much it is used, it ends by then, so that a forgotten loop does not pay for a week. */
export const longestHours = 12;

/**
 * Cents so far, the meter everybody sees: from ready to stopped (or `now`), by the provider's price. `null`: the provider
 * names no price.
 */
export const centsSoFar = (
	serving: { readyAt: Date | null; stoppedAt: Date | null; centsPerHour: number | null },
	now: Date
): number | null => {
	if (serving.centsPerHour === null) return null;
	if (!serving.readyAt) return 0;
	const ms = (serving.stoppedAt ?? now).getTime() - serving.readyAt.getTime();
	return (Math.max(0, ms) / 3_600_000) * serving.centsPerHour;
};

/** Why a ready one must be stopped now, or null. */
export const stopReason = (serving: { readyAt: Date | null; idleAt: Date }, now: Date): 'idle' | 'too long' | null => {
	if (now >= serving.idleAt) return 'idle';
	const isOld = serving.readyAt !== null && now.getTime() - serving.readyAt.getTime() >= longestHours * 3_600_000;
	return isOld ? 'too long' : null;
};
