import { untrack } from 'svelte';

/** Waiting, as people should see it: after 200 ms, and then for at least 300 ms, so that quick work never flickers. */
export const delayed = (waiting: () => boolean) => {
	let shown = $state(false);
	let since = 0;

	$effect(() => {
		if (waiting()) {
			const timer = setTimeout(() => {
				shown = true;
				since = performance.now();
			}, 200);
			return () => clearTimeout(timer);
		}
		if (!untrack(() => shown)) return;
		const timer = setTimeout(() => (shown = false), Math.max(0, since + 300 - performance.now()));
		return () => clearTimeout(timer);
	});

	return {
		get shown() {
			return shown;
		}
	};
};
