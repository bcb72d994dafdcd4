export type Side = 'top' | 'bottom' | 'left' | 'right';
export type Align = 'start' | 'center' | 'end';

const opposite = { top: 'bottom', bottom: 'top', left: 'right', right: 'left' } as const satisfies Record<Side, Side>;
const edge = 8;

/**
 * Puts a `position: fixed` box beside its anchor: on the other side where there is no room, and never outside the
 * window. Pixels. Enough for boxes in the browser's top layer; lists that follow scrolling use bits-ui.
 */
export const place = (anchor: Element, box: HTMLElement, side: Side, align: Align, gap = 6) => {
	const from = anchor.getBoundingClientRect();
	const { offsetWidth: width, offsetHeight: height } = box;
	const room = {
		top: from.top,
		bottom: innerHeight - from.bottom,
		left: from.left,
		right: innerWidth - from.right
	};
	const upright = side === 'top' || side === 'bottom';
	const need = (upright ? height : width) + gap + edge;
	const chosen = room[side] < need && room[opposite[side]] > room[side] ? opposite[side] : side;

	const along = (start: number, length: number, own: number) =>
		align === 'start' ? start : align === 'end' ? start + length - own : start + (length - own) / 2;
	const left = upright
		? along(from.left, from.width, width)
		: chosen === 'left'
			? from.left - width - gap
			: from.right + gap;
	const top = !upright
		? along(from.top, from.height, height)
		: chosen === 'top'
			? from.top - height - gap
			: from.bottom + gap;

	box.style.left = `${Math.round(Math.max(edge, Math.min(left, innerWidth - width - edge)))}px`;
	box.style.top = `${Math.round(Math.max(edge, Math.min(top, innerHeight - height - edge)))}px`;
};
