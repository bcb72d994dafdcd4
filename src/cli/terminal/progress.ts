import { figure } from '../../lib/core/text/figure.ts';
import { type Io, canMove } from './io.ts';

export type Progress = {
	/** `share`: how much of all that is, where no total is known. */
	at(done: number, share?: number | null): void;
	end(): void;
};

const everyMs = 200;

const timeLeft = (seconds: number): string =>
	seconds < 90 ? `${Math.ceil(seconds)} s left` : `${Math.ceil(seconds / 60)} min left`;

/**
 * How far long work is, with its rate and the time left: one line on stderr that is written over, on a terminal only. Nothing
 * is said of what takes less than half a second.
 */
export const progressOn = (
	{ env, stderr, now }: Pick<Io, 'env' | 'stderr' | 'now'>,
	what: string,
	{ total, quiet }: { total: number | null; quiet: boolean }
): Progress => {
	if (quiet || !stderr.isTTY || !canMove({ env })) return { at: () => {}, end: () => {} };
	const startedAt = now().getTime();
	let toldAt = startedAt + 500 - everyMs;
	let isShown = false;
	return {
		at(done, share = total === null ? null : done / total) {
			const at = now().getTime();
			if (at - toldAt < everyMs) return;
			toldAt = at;
			const rate = done / Math.max(0.001, (at - startedAt) / 1000);
			const of = total === null ? '' : ` of ${figure(total)}`;
			const left =
				share === null || share === 0 ? '' : `, ${timeLeft((at - startedAt) / 1000 / share - (at - startedAt) / 1000)}`;
			stderr.write(`\r\u001b[K${what}: ${figure(done)}${of}, ${figure(Math.round(rate))}/s${left}`);
			isShown = true;
		},
		end() {
			if (isShown) stderr.write('\r\u001b[K');
			isShown = false;
		}
	};
};
