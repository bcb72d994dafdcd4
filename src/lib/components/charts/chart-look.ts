/** The tooltip of every chart: our own box instead of layerchart's, and no movement after the pointer. */
export const tooltipLook = {
	variant: 'none',
	motion: 'none',
	classes: { container: 'rounded-md border bg-raised px-2.5 py-1.5 text-meta text-fg shadow-float' }
} as const;
