import type { Io } from './io.ts';
import type { Say } from './say.ts';

/** The whole screen of a terminal, on stderr; what was there before comes back. */
export const screenOn = ({ stderr, stdout }: Pick<Io, 'stderr' | 'stdout'>, say: Say) => {
	let isOpen = false;
	const open = () => {
		if (!isOpen) stderr.write('\u001b[?1049h\u001b[?25l');
		isOpen = true;
	};
	open();
	return {
		rows: () => Math.max(12, stdout.rows ?? 24),
		open,
		draw: (lines: readonly string[]) => {
			open();
			stderr.write(`\u001b[H\u001b[2J${say.plain(lines.join('\r\n'))}`);
		},
		close() {
			if (isOpen) stderr.write('\u001b[?25h\u001b[?1049l');
			isOpen = false;
		}
	};
};
