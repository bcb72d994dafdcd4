/** `41` → `$0.41`; below a cent two more digits, so that a price per minute never reads $0.00. */
export const formatCents = (cents: number) => {
	const digits = cents !== 0 && Math.abs(cents) < 1 ? 4 : 2;
	return new Intl.NumberFormat('en-US', {
		style: 'currency',
		currency: 'USD',
		minimumFractionDigits: digits,
		maximumFractionDigits: digits
	}).format(cents / 100);
};

/** A fraction as `64 %`. */
export const percent = (share: number) => `${Math.round(100 * share)} %`;
