/** How long a training takes, from a hopeful to a patient guess, in minutes. */
export type DurationRange = { fromMinutes: number; toMinutes: number; basis: string };

/** Measured on LoRA jobs of small and large models; a queue that is full comes on top. */
const tokensPerMinute = { fast: 900_000, slow: 90_000 };

/** What passes before the first step and after the last: checking, queueing, loading, storing. */
const aroundMinutes = { hosted: { from: 3, to: 20 }, sandbox: { from: 0.2, to: 2 } };

/**
 * A range and never a promise: from this project's own runs on the same model where there are any, else from what
 * providers usually take. `past`: billed tokens and minutes of runs that became ready.
 */
export const estimateDuration = ({
	billedTokens,
	past,
	sandbox
}: {
	billedTokens: number;
	past: readonly { billedTokens: number; minutes: number }[];
	sandbox: boolean;
}): DurationRange => {
	if (past.length > 0) {
		// a run has a fixed part, so twice the tokens take less than twice the time, and half of them more than half
		const scaled = past.map((run) => run.minutes * Math.sqrt(billedTokens / Math.max(1, run.billedTokens)));
		const runs = past.length === 1 ? 'the last run' : `the last ${past.length} runs`;
		return {
			fromMinutes: Math.min(...scaled) * 0.7,
			toMinutes: Math.max(...scaled) * 1.6,
			basis: `From ${runs} on this model.`
		};
	}
	const around = sandbox ? aroundMinutes.sandbox : aroundMinutes.hosted;
	return {
		fromMinutes: around.from + billedTokens / tokensPerMinute.fast,
		toMinutes: around.to + billedTokens / tokensPerMinute.slow,
		basis: sandbox ? 'The sandbox trains a small pretend model.' : 'A usual range; a full queue comes on top.'
	};
};

const inWords = (minutes: number) => {
	if (minutes < 1) return 'under a minute';
	if (minutes < 90) return `${Math.round(minutes)} min`;
	const hours = Math.round(minutes / 30) / 2;
	return `${hours} h`;
};

/** `5 min to 25 min`, or one of them where both read the same. */
export const formatDuration = ({
	fromMinutes,
	toMinutes
}: Pick<DurationRange, 'fromMinutes' | 'toMinutes'>): string => {
	const [from, to] = [inWords(fromMinutes), inWords(toMinutes)];
	return from === to ? from : `${from} to ${to}`;
};
