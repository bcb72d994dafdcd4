import { monitorEventLoopDelay } from 'node:perf_hooks';

// Loaded into the server that is measured (`node --import`): the longest turn of its event loop, and its memory, between two
// messages. CPU time of the main thread, so that a busy machine does not count; the time by the clock beside it.

const delay = monitorEventLoopDelay({ resolution: 5 });
let longestCpuMs = 0;
let peakRss = 0;
let isWatching = false;
let usedBefore = 0;

const usedMs = () => {
	const { user, system } = process.threadCpuUsage();
	return (user + system) / 1000;
};
const turn = () => {
	const used = usedMs();
	longestCpuMs = Math.max(longestCpuMs, used - usedBefore);
	usedBefore = used;
	if (isWatching) setImmediate(turn);
};
setInterval(() => (peakRss = Math.max(peakRss, process.memoryUsage.rss())), 20).unref();
delay.enable();

process.on('message', (word) => {
	if (word === 'watch') {
		isWatching = true;
		longestCpuMs = 0;
		usedBefore = usedMs();
		peakRss = process.memoryUsage.rss();
		delay.reset();
		setImmediate(turn);
		process.send!({ rss: peakRss });
	} else {
		isWatching = false;
		process.send!({ longestCpuMs, longestMs: delay.max / 1e6 - 5, peakRss });
	}
});
process.channel!.unref();
