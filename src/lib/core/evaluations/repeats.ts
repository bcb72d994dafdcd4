import type { Check } from './check.ts';
import { listed } from './words.ts';

/** A comparison of fewer prompts is short enough to be remembered: nothing of it comes again. */
const fewestPrompts = 40;
/** Of so many pairs of a person one comes again. */
const every = 10;
/** So many other pairs a person has judged before one comes again. */
const apart = 10;

/** How many of a person's pairs come again when they judge all of so many. */
export const repeatsFor = (prompts: number): number => (prompts < fewestPrompts ? 0 : Math.floor(prompts / every));

/** How many of them are due when a person has been dealt so many. */
export const repeatsDue = (dealt: number, most: number): number => Math.min(most, Math.floor(dealt / every));

/** What may come again: judged so long ago that ten others were since, and not come again yet. `judged`: the earliest word first. */
export const repeatable = (judged: readonly string[], again: ReadonlySet<string>): string[] =>
	judged.slice(0, Math.max(0, judged.length - apart)).filter((id) => !again.has(id));

/** Below this share of the same answers, of so many, somebody may as well have guessed. */
const steady = 2 / 3;
const fewestEach = 5;

/** Whether each voter says the same when a pair comes again. What came again is no vote. */
export const repeatsCheck = (
	voters: readonly { name: string; repeats: number; same: number }[],
	planned: number
): Check => {
	const of = voters.flatMap(({ name, same, repeats: count }) => (count === 0 ? [] : [{ name, same, count }]));
	const name = 'repeats';
	if (of.length === 0) {
		const why =
			planned === 0
				? `no pair was to come again: that takes ${fewestPrompts} prompts`
				: 'nobody has judged a pair that came again';
		return { name, state: 'untested', sentence: `Self-consistency: not tested, ${why}.`, show: null };
	}
	const words = of.map(
		({ name, same, count }) => `${name} chose the same answer in ${same} of ${count} repeat${count === 1 ? '' : 's'}`
	);
	const unsteady = of.filter(({ same, count }) => count >= fewestEach && same < steady * count);
	const end =
		unsteady.length > 0
			? ` Below two in three there is much chance in the votes of ${listed(unsteady.map(({ name }) => name))}: it costs power, not fairness.`
			: '';
	return { name, state: unsteady.length > 0 ? 'warn' : 'ok', sentence: `${listed(words)}.${end}`, show: 'came-again' };
};
