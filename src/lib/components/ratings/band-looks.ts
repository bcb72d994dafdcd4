import Minus from '@lucide/svelte/icons/minus';
import ThumbsDown from '@lucide/svelte/icons/thumbs-down';
import ThumbsUp from '@lucide/svelte/icons/thumbs-up';
import { bandOf, type Band } from '$lib/core/ratings/scale.ts';

/** How the bands of the scale look: always with their word and icon, never colour alone (C2). */
export const bandLooks = {
	bad: { icon: ThumbsDown, text: 'text-rate-bad', fill: 'bg-rate-bad-fill', edge: 'border-rate-bad-fill' },
	okay: { icon: Minus, text: 'text-rate-okay', fill: 'bg-rate-okay-fill', edge: 'border-rate-okay-fill' },
	great: { icon: ThumbsUp, text: 'text-rate-great', fill: 'bg-rate-great-fill', edge: 'border-rate-great-fill' }
} as const satisfies Record<Band['id'], object>;

/** The band of a score, with its look. */
export const bandLook = (score: number) => {
	const band = bandOf(score);
	return { ...band, ...bandLooks[band.id] };
};
