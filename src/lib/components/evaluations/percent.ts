/** A fraction as `64 %`. */
export const percent = (share: number) => `${Math.round(100 * share)} %`;

/** An interval of fractions as `55–88 %`. */
export const percents = ([low, high]: readonly [low: number, high: number]) =>
	`${Math.round(100 * low)}–${percent(high)}`;
