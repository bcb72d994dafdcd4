const kinds = ['pointermove', 'pointerdown', 'keydown', 'wheel'] as const;
/** Whoever has only looked so far may lose the line before the first touch. */
const longestMs = 60_000;

let isTouched = false;
let running = 0;

const ended = () => {
	// tests of what happens without a line wait for it
	if (--running === 0 && isTouched) document.documentElement.dataset.settled = '';
};

/** Fetches what a page can begin without. */
export const fetchLater = (act: () => Promise<unknown>): void => {
	running++;
	// no connection: the next page asks again. What has come may ask for more
	void act()
		.catch(() => {})
		.finally(() => setTimeout(ended));
};

/**
 * Fetches what nobody needs before they do something with the page: with the first touch, a pointer moves before it presses; or after a
 * while, when the line is free. Returns the end of waiting.
 */
export const atFirstTouch = (act: () => Promise<unknown>): (() => void) => {
	const touch = () => {
		isTouched = true;
		stop();
		fetchLater(act);
	};
	const begin = (kind: string) => addEventListener(kind, touch, { capture: true, passive: true });
	const timer = setTimeout(touch, longestMs);
	// who reads aloud moves the focus alone; but so do some pages, for the first field, when they begin
	const afterBeginning = setTimeout(() => begin('focusin'));
	const stop = () => {
		clearTimeout(timer);
		clearTimeout(afterBeginning);
		[...kinds, 'focusin'].forEach((kind) => removeEventListener(kind, touch, true));
	};
	if (isTouched) touch();
	else kinds.forEach(begin);
	return stop;
};
