import { figure } from '../text/figure.ts';
import { mostAsked } from './plan.ts';

/** A net preference of −1 … +1 in whole points: `+44`, `−38`, `0`. */
export const points = (share: number): string => {
	const whole = Math.round(100 * share);
	return whole === 0 ? '0' : `${whole < 0 ? '−' : '+'}${Math.abs(whole)}`;
};

/** The same without a plus: `6`, `−11`. */
export const bare = (share: number) => points(share).replace('+', '');

/** How often in 100 times, or in 1,000: `once in 100 times`, `less than once in 1,000 times`. */
export const timesIn = (chance: number): string => {
	const [times, of] = chance >= 0.005 ? [100 * chance, '100'] : [1000 * chance, '1,000'];
	const whole = Math.round(times);
	return times < 0.5 ? `less than once in ${of} times` : `${whole === 1 ? 'once' : whole} in ${of} times`;
};

const fractions: [words: string, share: number][] = [
	['11 in 20', 0.55],
	['3 in 5', 0.6],
	['2 in 3', 2 / 3],
	['7 in 10', 0.7],
	['3 in 4', 0.75],
	['4 in 5', 0.8],
	['17 in 20', 0.85],
	['9 in 10', 0.9],
	['19 in 20', 0.95]
];

/** A win rate as people say it, not better than it is: `about 2 in 3`, `nearly every time`. */
export const rateWords = (rate: number): string => {
	const found = fractions.find(([, share]) => share >= rate - 0.005);
	return found ? `about ${found[0]}` : 'nearly every time';
};

/** A chance as people say it: `about a 1 in 5`, `more than a 9 in 10`. */
export const chanceWords = (chance: number): string => {
	if (chance < 0.04) return 'less than a 1 in 20';
	if (chance >= 0.95) return 'more than a 9 in 10';
	if (chance >= 0.275) return `about a ${Math.round(10 * chance)} in 10`;
	const near = [20, 10, 6, 5, 4].reduce((best, of) =>
		Math.abs(1 / of - chance) < Math.abs(1 / best - chance) ? of : best
	);
	return `about a 1 in ${near}`;
};

/** `1 prompt`, `12 prompts`. */
export const many = (count: number, one: string, several = `${one}s`) =>
	`${count.toLocaleString('en')} ${count === 1 ? one : several}`;

/** How many can be asked, at the beginning of a sentence: of more than one comparison takes nobody counts the rest. `150`, `Up to 2,000`. */
export const upTo = (count: number) => `${count >= mostAsked ? 'Up to ' : ''}${figure(count)}`;

/** So many are, at the beginning of a sentence; at least so many, where nobody counts the rest. `One prompt is`, `At least 12 prompts are`. */
export const soMany = (count: number, isPart: boolean, one: string, several: string) => {
	if (count === 0) return `No ${one} is`;
	const number = count === 1 ? (isPart ? 'one' : 'One') : figure(count);
	return `${isPart ? 'At least ' : ''}${number} ${count === 1 ? `${one} is` : `${several} are`}`;
};

/** `Ana`, `Ana and Ben`, `Ana, Ben and Cem`. */
export const listed = (parts: readonly string[]) =>
	parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

/** Whose taste it is: `in Ana’s eyes`, `in the eyes of 3 people`; nothing where nobody is known. */
export const eyesOf = (people: readonly string[]): string => {
	if (people.length === 0) return '';
	return people.length === 1 ? `, in ${people[0]}’s eyes` : `, in the eyes of ${people.length} people`;
};

/** An interval in points: `6 to 50`, `−11 to 15`. */
export const range = ([low, high]: readonly [low: number, high: number]) => `${bare(low)} to ${bare(high)}`;
