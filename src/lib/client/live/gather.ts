/** A burst of changes is one question asked this much later. */
const gatherMs = 100;
/** From the answer to one question to the next: a full room must not have every page count all the time. */
const apartMs = 1_000;

/**
 * When a page asks again for what has changed. A burst is one question, two are a second apart, and whatever comes meanwhile is
 * asked about in the end. While `mustWait`, it waits.
 */
export const gather = (ask: (topics: ReadonlySet<string>) => Promise<unknown>, mustWait: () => boolean) => {
	const named = new Set<string>();
	let timer: ReturnType<typeof setTimeout> | undefined;
	let isAsking = false;
	let answeredAt = -Infinity;

	const later = (ms: number) => (timer ??= setTimeout(go, ms));
	const go = async () => {
		timer = undefined;
		if (mustWait()) return void later(gatherMs);
		const these = new Set(named);
		named.clear();
		isAsking = true;
		await ask(these).catch(() => {}); // the page says itself that nobody answers
		isAsking = false;
		answeredAt = Date.now();
		if (named.size > 0) later(apartMs);
	};
	return {
		hear: (topics: Iterable<string>) => {
			for (const topic of topics) named.add(topic);
			if (named.size > 0 && !isAsking) later(Math.max(gatherMs, answeredAt + apartMs - Date.now()));
		},
		stop: () => {
			clearTimeout(timer);
			timer = undefined;
			named.clear();
		}
	};
};
