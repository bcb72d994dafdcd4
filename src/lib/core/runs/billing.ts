import { formatCents } from './cost.ts';
import type { RunStatus } from './status.ts';

type Facts = { status: RunStatus; stepsDone: number | null; stepsTotal: number | null; costCents: number | null };

/** What is billed all the same when this run is cancelled now: one sentence for the dialog and the answer. */
export const stillBilled = ({ status, stepsDone, stepsTotal, costCents }: Facts): string => {
	switch (status) {
		case 'draft':
		case 'uploading':
			return 'Nothing has been ordered yet, so nothing is billed.';
		case 'submitting':
		case 'unknown':
			return 'The order is on its way. If the provider has taken it, it is stopped as soon as it is found; only what it has trained by then is billed.';
		case 'validating':
		case 'queued':
			return 'Training has not begun, so the provider should bill nothing.';
		case 'training':
		case 'cancelling': {
			const steps =
				stepsDone === null
					? 'The steps done so far are'
					: stepsTotal === null
						? `${stepsDone} steps are`
						: `${stepsDone} of ${stepsTotal} steps are`;
			const cost = costCents ? `, about ${formatCents(costCents)} until now` : '';
			return `${steps} billed${cost}; the rest is not.`;
		}
		case 'finishing':
			return 'The training is complete, so the provider bills all of it. Cancelling now only throws the model away.';
		case 'ready':
		case 'failed':
		case 'cancelled':
			return 'This run is over; there is nothing left to cancel.';
	}
};

/** What was billed for a run that was stopped, as far as it is known: one sentence for its page. */
export const wasBilled = ({ stepsDone, stepsTotal, costCents }: Omit<Facts, 'status'>): string => {
	if (costCents === 0) return 'Nothing was billed.';
	if (!stepsDone)
		return costCents === null
			? 'Training had not begun, so nothing should be billed.'
			: `${formatCents(costCents)} were billed.`;
	const steps = stepsTotal === null ? `${stepsDone} steps` : `${stepsDone} of ${stepsTotal} steps`;
	return costCents === null
		? `${steps} were trained, and only they are billed. The provider has not named the amount.`
		: `${steps} were trained and billed: ${formatCents(costCents)}.`;
};
