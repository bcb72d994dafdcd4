import { type Io, canMove } from './io.ts';
import type { Say } from './say.ts';

/**
 * The whole screen of a terminal, on stderr; what was there before comes back. One that only writes on shows each picture below the
 * one before.
 */
export const screenOn = ({ env, stderr, stdout }: Pick<Io, 'env' | 'stderr' | 'stdout'>, say: Say) => {
	const rows = () => Math.max(12, stdout.rows ?? 24);
	if (!canMove({ env }))
		return {
			rows,
			open: () => {},
			draw: (lines: readonly string[]) => void stderr.write(`\r\n${say.plain(lines.join('\r\n'))}\r\n`),
			writing: <T>(write: () => Promise<T>) => write(),
			close: () => {}
		};
	let isOpen = false;
	const open = () => {
		if (!isOpen) stderr.write('\u001b[?1049h\u001b[?25l');
		isOpen = true;
	};
	open();
	return {
		rows,
		open,
		draw: (lines: readonly string[]) => {
			open();
			stderr.write(`\u001b[H\u001b[2J${say.plain(lines.join('\r\n'))}`);
		},
		/** Somebody writes below the picture, and sees where. */
		async writing<T>(write: () => Promise<T>): Promise<T> {
			stderr.write('\u001b[?25h');
			try {
				return await write();
			} finally {
				if (isOpen) stderr.write('\u001b[?25l');
			}
		},
		close() {
			if (isOpen) stderr.write('\u001b[?25h\u001b[?1049l');
			isOpen = false;
		}
	};
};
