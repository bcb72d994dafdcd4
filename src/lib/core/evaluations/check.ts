/** Which pairs of the results a list shows. */
export const shows = [
	'all',
	'wins',
	'losses',
	'ties',
	'both-bad',
	'cut-off',
	'thinking',
	'named',
	'leaked',
	'alike',
	'own-words',
	'longer',
	'shorter',
	'several-votes',
	'came-again',
	'judge-differs'
] as const;
export type Show = (typeof shows)[number];

/**
 * One line of the list of checks under a verdict. `block`: there is no verdict; `warn`: read it with care; `untested`: it could not be
 * asked, and nothing is claimed. `show`: the pairs it speaks of; `also`: the others, where it weighs two kinds.
 */
export type Check = {
	name: string;
	state: 'ok' | 'warn' | 'block' | 'untested';
	sentence: string;
	show: Show | null;
	also?: Show;
};
