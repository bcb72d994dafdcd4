import type { RunStatus } from './status.ts';

/** So long without a step is more than the slowest models take for one. */
export const standstillMinutes = 30;

const clocksDifferMs = 3_600_000;

type Facts = {
	status: RunStatus;
	startedAt: Date | null;
	stepsDone: number | null;
	stepsTotal: number | null;
	/** When the provider dated each step it has told of. */
	steps: readonly Date[];
};

/** That a training makes no step any more, in a sentence; null where it goes on, or its steps have no time. */
export const standstill = ({ status, startedAt, stepsDone, stepsTotal, steps }: Facts, now: Date): string | null => {
	if (status !== 'training' || !startedAt) return null;
	const dated = steps.map((at) => at.getTime()).filter((at) => at >= startedAt.getTime() - clocksDifferMs);
	if (dated.length === 0 && stepsDone) return null;
	const last = dated.reduce((latest, at) => Math.max(latest, at), startedAt.getTime());
	if (now.getTime() - last < standstillMinutes * 60_000) return null;
	const where = stepsDone && stepsTotal ? ` It stands at ${stepsDone} of ${stepsTotal} steps.` : '';
	return `The training has made no step for more than ${standstillMinutes} minutes.${where} Nothing else is billed while it stands. Wait for it, or cancel it and train again.`;
};
