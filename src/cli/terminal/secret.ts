import { Failure } from '../exit-codes.ts';
import type { Io } from './io.ts';
import { readKeys } from './keys.ts';
import { readAll } from './read-all.ts';

/** Typed without being shown. */
const typedSecret = async (io: Io, question: string): Promise<string> => {
	io.stderr.write(question);
	const keys = readKeys(io);
	let text = '';
	try {
		for (let key = await keys.next(); key !== null && key !== 'enter'; key = await keys.next()) {
			if (key === 'ctrl-c') throw new Failure('No key was kept.');
			text = key === 'backspace' ? text.slice(0, -1) : text + key;
		}
	} finally {
		keys.close();
		io.stderr.write('\n');
	}
	return text.trim();
};

/** A key from a pipe, or typed without being shown. Throws a failure where it is none; `mend` is the command that asks again. */
export const readSecret = async (io: Io, question: string, mend: string): Promise<string> => {
	const text = io.stdin.isTTY ? await typedSecret(io, question) : (await readAll(io.stdin)).trim();
	if (text === '' || /\s/.test(text)) throw new Failure('That is no key: it is empty, or has blanks in it.', mend);
	return text;
};
