/**
 * Milliseconds since the page was told the time, second by second while something runs: what counts up begins at the server's clock,
 * not at the browser's. Made while a component begins.
 */
export const passing = (toldAt: () => Date, isRunning: () => boolean) => {
	let ms = $state(0);
	$effect(() => {
		void toldAt().getTime();
		const startedAt = performance.now();
		ms = 0;
		if (!isRunning()) return;
		const timer = setInterval(() => (ms = performance.now() - startedAt), 1000);
		return () => clearInterval(timer);
	});
	return {
		get ms() {
			return ms;
		},
		get now() {
			return new Date(toldAt().getTime() + ms);
		}
	};
};
