import { centsSoFar } from '../servings/serving.ts';
import type { RunStatus } from '../runs/status.ts';

/** What is answered by the token besides training and serving. */
export const answerPurposes = ['generating', 'judging', 'playground'] as const;
export type AnswerPurpose = (typeof answerPurposes)[number];

/** What a project has spent in a month, in cents, by what for. */
export type Spent = { training: number; serving: number } & Record<AnswerPurpose, number>;

/** The calendar month of a moment, in UTC: `2026-11`. Providers count by it too. */
export const monthOf = (at: Date): string => at.toISOString().slice(0, 7);

/** The first moment of the month. */
export const monthStart = (at: Date): Date => new Date(`${monthOf(at)}-01T00:00:00.000Z`);

/** The first moment of the month after it: when a budget begins anew. */
export const nextMonth = (at: Date): Date => new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1));

type Run = {
	status: RunStatus;
	costCents: number | null;
	estimateCents: number | null;
	stepsDone: number | null;
	stepsTotal: number | null;
};

/**
 * What a run counts for: what the provider has named, else the estimate. Of one that ended early, the share that was trained; nothing
 * where training had not begun.
 */
export const runCents = ({ status, costCents, estimateCents, stepsDone, stepsTotal }: Run): number => {
	if (status === 'ready' || status === 'failed' || status === 'cancelled') {
		if (costCents !== null) return costCents;
		if (status !== 'ready') return stepsDone && stepsTotal ? ((estimateCents ?? 0) * stepsDone) / stepsTotal : 0;
	}
	return Math.max(costCents ?? 0, estimateCents ?? 0);
};

type Serving = { readyAt: Date | null; stoppedAt: Date | null; centsPerHour: number | null };

/** What a serving has cost since the month began. One without a price counts for nothing: nobody knows it. */
export const servingCents = (serving: Serving, now: Date): number => {
	const { readyAt } = serving;
	const start = monthStart(now);
	return centsSoFar({ ...serving, readyAt: readyAt && readyAt < start ? start : readyAt }, now) ?? 0;
};

export const sumOf = ({ training, serving, generating, judging, playground }: Spent): number =>
	training + serving + generating + judging + playground;

/** From here on people are warned, in percent. */
export const warnedFrom = 80;

/** The marks that so much of a budget has passed, the lower one first. */
export const marksPassed = (spentCents: number, budgetCents: number): number[] =>
	[warnedFrom, 100].filter((percent) => spentCents * 100 >= budgetCents * percent);
