import type { TrainingEvent, TrainingPoint } from '../providers/provider.ts';

// What providers say in their logs is not in our hands, and one line that the database refuses would hold up all others,
// at every look again. So what can be kept is kept, and the rest is left out.

const largest = 2 ** 31 - 1;

/** A time that has a year of four digits; NaN is no time. */
const isDated = (at: Date) => at.getTime() >= 0 && at.getTime() < Date.UTC(10_000, 0);

/** A whole number that fits, or null. Steps and cents are never less than nothing. */
export const whole = (value: number | null | undefined): number | null =>
	Number.isInteger(value) && value! >= 0 && value! <= largest ? value! : null;

/** A text as Postgres takes it: it has no way to write U+0000. Null stays null, and what is no text becomes it. */
export const plain = (text: string | null): string | null =>
	typeof text === 'string' ? text.replaceAll('\u0000', '').toWellFormed() : null;

const level = (word: unknown): TrainingEvent['level'] => (word === 'warning' || word === 'error' ? word : 'info');

/** The events that can be placed in time and read. */
export const readableEvents = (events: readonly TrainingEvent[]): TrainingEvent[] =>
	events.flatMap((event) => {
		const message = plain(event.message);
		if (!isDated(event.at) || message === null) return [];
		const step = whole(event.step);
		return [
			{
				at: event.at,
				level: level(event.level),
				kind: plain(event.kind) ?? 'message',
				message,
				...(step !== null && { step })
			}
		];
	});

/** The losses that can be drawn: at a whole step, at a time, in the range of the column. */
export const readablePoints = (points: readonly TrainingPoint[]): TrainingPoint[] =>
	points.filter(({ at, step, loss }) => isDated(at) && whole(step) !== null && Number.isFinite(Math.fround(loss)));
