import { type RunStatus, isOver } from './status.ts';

const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const plain = new Intl.NumberFormat('en-US');

/** Cents as people read them: `$4.00`. Something below a cent is not nothing. */
export const formatCents = (cents: number): string =>
	cents > 0 && cents < 1 ? 'less than $0.01' : dollars.format(Math.round(cents) / 100);

/** An estimate is never shown without its ≈, an unknown price never as zero, and what is free is no estimate. */
export const formatEstimate = (cents: number | null): string =>
	cents === null ? 'price unknown' : cents === 0 ? '$0' : `≈ ${formatCents(cents)}`;

/** What a run costs, wherever it is shown: what the provider has billed, until it says so the estimate, and of one that ended without a bill nothing. */
export const runCost = (run: { status: RunStatus; costCents: number | null; estimateCents: number | null }): string => {
	if (run.costCents !== null) return formatCents(run.costCents);
	return run.estimateCents === null || isOver(run) ? '–' : formatEstimate(run.estimateCents);
};

/** As much as a column of whole cents holds: $21,474,836.47. No training comes near it, but a price that was entered wrong does. */
const mostCents = 2_147_483_647;

/** Why a training cannot be ordered at this price; null where it can. */
export const estimateProblem = (cents: number | null): string | null =>
	cents === null || cents <= mostCents
		? null
		: `By the price of its model this training would come to ${formatCents(cents)}, and at most ${formatCents(mostCents)} can be counted here. An owner can correct the price that was entered with the connection.`;

export type CostEstimate = {
	/** Whole US cents, rounded up. `null`: the price is not known. */
	cents: number | null;
	/** Tokens that are billed. */
	billedTokens: number;
	/** Where the figure comes from: one sentence, shown beside it. */
	basis: string;
};

/**
 * What training costs: tokens × epochs + evaluations × validation tokens, at a price per million, and the provider's
 * minimum. The one formula of the product; a provider's own estimate goes before it.
 */
export const estimateCost = ({
	tokens,
	epochs,
	validationTokens = 0,
	evaluations = 0,
	centsPerMillion,
	minimumCents = 0,
	priceNote = null
}: {
	tokens: number;
	epochs: number;
	validationTokens?: number;
	evaluations?: number;
	centsPerMillion: number | null;
	minimumCents?: number;
	/** Where the price is from, and of which day. */
	priceNote?: string | null;
}): CostEstimate => {
	const billedTokens = tokens * epochs + validationTokens * evaluations;
	const epochCount = epochs === 1 ? '1 epoch' : `${epochs} epochs`;
	const validation =
		validationTokens > 0 && evaluations > 0
			? ` + ${plain.format(validationTokens)} validation tokens × ${evaluations}`
			: '';
	const amount = `About ${plain.format(tokens)} tokens × ${epochCount}${validation}`;
	if (centsPerMillion === null)
		return {
			cents: null,
			billedTokens,
			basis: `${amount}; the price of this model is not known. An owner can enter it with the connection.`
		};

	if (centsPerMillion === 0 && minimumCents === 0)
		return { cents: 0, billedTokens, basis: `${amount}, which cost nothing here.` };

	const exact = (billedTokens * centsPerMillion) / 1_000_000;
	const rounded = Math.ceil(exact - 1e-6); // 29.000000000000004 cents are 29
	const price = `${dollars.format(centsPerMillion / 100)} per million${priceNote ? ` (${priceNote})` : ''}`;
	const minimum = rounded < minimumCents ? `; the provider's minimum is ${formatCents(minimumCents)}` : '';
	return { cents: Math.max(rounded, minimumCents), billedTokens, basis: `${amount} at ${price}${minimum}.` };
};
