import { formatCents } from '../runs/cost.ts';
import { figure } from '../text/figure.ts';
import type { AnswerCost, Payback } from './three-way.ts';

/** Cents; of a smaller price only this is said. */
const leastSaid = 0.001;

/** What one answer costs: `0.11 ¢`, with two digits that say something. */
const answerCentsWords = (cents: number): string => {
	if (cents === 0) return '$0';
	if (cents < leastSaid) return `less than ${leastSaid} ¢`;
	return cents >= 100 ? formatCents(cents) : `${Number(cents.toPrecision(2))} ¢`;
};

/** What one answer, and a thousand of them, cost; null where the price is not known. */
export const costWords = ({
	billed,
	centsPerAnswer,
	centsPerHour
}: AnswerCost): { one: string; thousand: string } | null => {
	if (billed === 'free') return { one: '$0', thousand: '$0' };
	if (billed === 'hour')
		return { one: centsPerHour === null ? 'by the hour' : `${formatCents(centsPerHour)} an hour`, thousand: '–' };
	return centsPerAnswer === null
		? null
		: { one: answerCentsWords(centsPerAnswer), thousand: formatCents(1000 * centsPerAnswer) };
};

/** What the training cost, and when that has paid for itself beside the prompt. */
export const trainingWords = (version: number, cents: number | null, estimated: boolean, payback: Payback): string => {
	const cost =
		cents === null
			? `What training v${version} cost is not known.`
			: `Training v${version} cost ${cents === 0 ? 'nothing' : `${estimated ? '≈ ' : ''}${formatCents(cents)}`}.`;
	switch (payback.kind) {
		case 'answers':
			return payback.answers === 0
				? `${cost} Each of its answers costs less than one with the prompt.`
				: `${cost} It has paid for itself after about ${figure(payback.answers)} answers: each costs less than one with the prompt.`;
		case 'perHour':
			return `${cost} While it is served it is paid by the hour: from about ${figure(payback.answers)} answers an hour on, it costs less than the prompt.`;
		case 'never':
			return `${cost} Its answers cost no less than those with the prompt, so it pays by quality alone.`;
		case 'unknown':
			return `${cost} When it has paid for itself is not known: a price is missing, or both are paid by the hour.`;
	}
};

/** How long an answer took: `0.8 s`, `12 s`. */
export const secondsWords = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
