import { expect, test } from 'vitest';
import type { Io } from '../../../src/cli/terminal/io.ts';
import { sayTo } from '../../../src/cli/terminal/say.ts';

/** What a command says in a terminal, all of it. */
const heard = (speak: (say: ReturnType<typeof sayTo>) => void, isTTY = true) => {
	let text = '';
	const stream = { write: (piece: string) => void (text += piece), isTTY, columns: 80 };
	const io = { stdout: stream, stderr: stream, env: { LANG: 'C.UTF-8', TERM: 'xterm' } } as unknown as Io;
	speak(sayTo(io, { json: false, quiet: false }));
	return text;
};

// the name of a project, or the sentence of a server
const hostile = 'Shop\u001b]0;you are root\u0007\u001b[2J\u009b1A\r';

test.each(['line', 'text', 'note', 'warn'] as const)('a name does nothing to the terminal in a %s', (way) => {
	const text = heard((say) => say[way](`There is ${hostile}.`));
	expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
	expect(text).toContain('There is Shop\ufffd]0;you are root');
});

test('nor in a finding, whose colours stay', () => {
	const text = heard((say) => say.item('red', '✗', hostile, hostile));
	expect(text).toContain('\u001b[31m✗\u001b[0m');
	expect(text.replaceAll(/\u001b\[\d+m/g, '')).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
});
