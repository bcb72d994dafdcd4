/** One line of the result: what was measured, beside the floor that was measured in the same run. */
export type Measure = {
	/** As in README.md: P1, P4, … */
	id: string;
	what: string;
	unit: string;
	values: number[];
	/** What the ratio is taken against, in the same unit. */
	floor?: { what: string; values: number[] };
	/** `ratio`: value against floor; `value`: the value itself. */
	judged: 'value' | 'value over floor' | 'floor over value';
	target: number;
	moonshot: number;
	better: 'lower' | 'higher';
	note?: string;
};

export const median = (values: number[]) => quantile(values, 0.5);

export const quantile = (values: number[], share: number) => {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
};

export const figure = (measure: Measure) => {
	const value = median(measure.values);
	if (measure.judged === 'value') return value;
	const floor = median(measure.floor!.values);
	return measure.judged === 'value over floor' ? value / floor : floor / value;
};

export const reaches = (measure: Measure, goal: number) =>
	measure.better === 'lower' ? figure(measure) <= goal : figure(measure) >= goal;

/** Milliseconds of one deed. */
export const timed = async (work: () => Promise<unknown>) => {
	const startedAt = performance.now();
	await work();
	return performance.now() - startedAt;
};

/** Milliseconds that one deed has kept this process busy, whatever else goes on in the machine. */
export const spent = async (work: () => Promise<unknown>) => {
	const before = process.cpuUsage();
	await work();
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1000;
};

/** Random numbers that are the same in every run. */
export const randomFrom = (seed: number) => () => (seed = (seed * 48271) % 2147483647) / 2147483647;
