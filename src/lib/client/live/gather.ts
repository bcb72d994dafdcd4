/** A burst of changes is one question asked this much later, or, of a room that hears it together, up to four times as much. */
const gatherMs = 100;
/** From the answer to one question to the next: a full room must not have every page count all the time. */
const leastMs = 1_000;
/** While changes go on, and where the server is slow, the pauses grow up to this, and by chance to twice as much. */
const mostMs = 3_000;

/**
 * When a page asks again for what has changed. A burst is one question, two are a second and more apart, and whatever comes
 * meanwhile is asked about in the end. While `mustWait`, it waits.
 */
export const gather = (ask: (topics: ReadonlySet<string>) => Promise<unknown>, mustWait: () => boolean) => {
	const named = new Set<string>();
	let timer: ReturnType<typeof setTimeout> | undefined;
	let isAsking = false;
	// by a clock that nobody sets: a phone that is told the time an hour later would hear nothing for an hour
	let nextAt = -Infinity;
	let pauseMs = leastMs;

	const later = (ms: number) => (timer ??= setTimeout(go, ms));
	const go = async () => {
		timer = undefined;
		if (mustWait()) return void later(gatherMs);
		const these = new Set(named);
		named.clear();
		const askedAt = performance.now();
		// changes that follow each other make it slower, quiet makes it quick again
		pauseMs = askedAt - nextAt < leastMs ? Math.min(mostMs, 2 * pauseMs) : leastMs;
		isAsking = true;
		await ask(these).catch(() => {}); // the page says itself that nobody answers
		isAsking = false;
		const tookMs = performance.now() - askedAt;
		// by chance, so that pages which heard of it together do not ask together: who rates meanwhile would wait for all of them
		const restMs = Math.min(mostMs, Math.max(pauseMs, 4 * tookMs)) * (1 + Math.random());
		nextAt = performance.now() + restMs;
		if (named.size > 0) later(restMs);
	};
	return {
		hear: (topics: Iterable<string>) => {
			for (const topic of topics) named.add(topic);
			if (named.size > 0 && !isAsking) later(Math.max(gatherMs * (1 + 3 * Math.random()), nextAt - performance.now()));
		},
		stop: () => {
			clearTimeout(timer);
			timer = undefined;
			named.clear();
		}
	};
};
