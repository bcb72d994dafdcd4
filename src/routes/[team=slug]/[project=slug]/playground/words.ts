import { type Measured, tokensPerSecond } from '$lib/core/playground/conversation.ts';

const seconds = (ms: number) => `${(ms / 1000).toFixed(ms < 9_950 ? 2 : 1)} s`;

/** What an answer has cost: parts of a cent are what it is about. */
export const costWords = (micros: number | null): string => {
	if (micros === null) return 'price unknown';
	if (micros === 0) return 'free';
	const cents = micros / 10_000;
	if (cents >= 100) return `$${(cents / 100).toFixed(2)}`;
	return cents < 0.01 ? 'less than 0.01 ¢' : `${cents.toFixed(cents < 1 ? 2 : 1)} ¢`;
};

/** The numbers below an answer, each with what it is; some say it themselves. */
export const numbersOf = (took: Measured): { name: string; value: string; isPlain?: true }[] => {
	const speed = tokensPerSecond(took);
	return [
		...(took.firstTokenMs === null ? [] : [{ name: 'First token', value: seconds(took.firstTokenMs) }]),
		{ name: 'Total', value: seconds(took.totalMs) },
		...(took.completionTokens === null
			? []
			: [{ name: 'Tokens', value: `${took.completionTokens.toLocaleString('en')} tokens`, isPlain: true as const }]),
		...(speed === null
			? []
			: [{ name: 'Speed', value: `${Math.round(speed).toLocaleString('en')} tokens/s`, isPlain: true as const }]),
		...(took.completionTokens === null && took.costMicros === null
			? []
			: [{ name: 'Cost', value: costWords(took.costMicros), isPlain: true as const }])
	];
};
