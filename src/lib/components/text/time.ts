/** `12 s`, `4 min 10 s`, `2 h 5 min`: how long something took, in the two units that matter. */
export const tookWords = (ms: number): string => {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	if (seconds < 60) return `${seconds} s`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
	const hours = Math.floor(minutes / 60);
	return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
};

/** `23 Nov 2026`. */
export const dayWords = (at: Date): string =>
	at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

/** `14:05:09`, for logs. */
export const clockWords = (at: Date): string => at.toLocaleTimeString('en-GB');

/** `23 Nov 2026, 14:05`. */
export const momentWords = (at: Date): string =>
	`${dayWords(at)}, ${at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}`;

const units = [
	['day', 86_400],
	['hour', 3_600],
	['minute', 60]
] as const;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** `just now`, `5 minutes ago`, `yesterday`; the day itself after a week. */
export const agoWords = (at: Date, now: Date): string => {
	const seconds = (now.getTime() - at.getTime()) / 1000;
	if (seconds >= 7 * 86_400) return dayWords(at);
	const unit = units.find(([, length]) => seconds >= length);
	return unit ? relative.format(-Math.floor(seconds / unit[1]), unit[0]) : 'just now';
};
