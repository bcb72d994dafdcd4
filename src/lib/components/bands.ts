import Minus from '@lucide/svelte/icons/minus';
import ThumbsDown from '@lucide/svelte/icons/thumbs-down';
import ThumbsUp from '@lucide/svelte/icons/thumbs-up';

/** How the three bands of the scale look and are called: always word, icon and place, never colour alone (C2). */
export const bands = {
	bad: {
		word: 'Bad',
		icon: ThumbsDown,
		scores: [1, 2, 3, 4],
		text: 'text-rate-bad',
		fill: 'bg-rate-bad-fill',
		edge: 'border-rate-bad-fill'
	},
	okay: {
		word: 'Okay',
		icon: Minus,
		scores: [5, 6, 7],
		text: 'text-rate-okay',
		fill: 'bg-rate-okay-fill',
		edge: 'border-rate-okay-fill'
	},
	great: {
		word: 'Great',
		icon: ThumbsUp,
		scores: [8, 9, 10],
		text: 'text-rate-great',
		fill: 'bg-rate-great-fill',
		edge: 'border-rate-great-fill'
	}
} as const;

export type BandName = keyof typeof bands;
export const bandNames = ['bad', 'okay', 'great'] as const satisfies readonly BandName[];

export const bandOf = (score: number): BandName => (score <= 4 ? 'bad' : score <= 7 ? 'okay' : 'great');
