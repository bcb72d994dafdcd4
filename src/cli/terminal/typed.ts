import type { Io } from './io.ts';
import type { Keys } from './keys.ts';

/** A text written on the spot, until a line with a dot alone. */
export const typed = async (io: Pick<Io, 'stderr'>, keys: Keys): Promise<string> => {
	const lines: string[] = [];
	let line = '';
	for (let key = await keys.next(); key !== null; key = await keys.next()) {
		if (key === 'ctrl-c' || key === 'escape') return '';
		if (key === 'enter') {
			if (line === '.') break;
			lines.push(line);
			line = '';
			io.stderr.write('\r\n');
		} else if (key === 'backspace') {
			line = [...line].slice(0, -1).join('');
			io.stderr.write('\b \b');
		} else if (!/^(up|down|left|right|ctrl-d)$/.test(key)) {
			line += key;
			io.stderr.write(key);
		}
	}
	return lines.join('\n').trim();
};
