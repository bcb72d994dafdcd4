const inAscii: Record<string, string> = {
	'…': '...',
	'–': '-',
	'—': '-',
	'−': '-',
	'×': 'x',
	'≈': '~',
	'≤': '<=',
	'≥': '>=',
	'→': '->',
	'·': '-',
	'’': "'",
	'“': '"',
	'”': '"',
	'✓': '+',
	'✗': 'x',
	'█': '#',
	'░': '.',
	'│': '|',
	'─': '-',
	'↵': 'Enter',
	'\u00a0': ' ',
	'\u202f': ' '
};

/** Our own words for a locale that knows ASCII only. Anything else in them stands for one character, and is a question mark. */
export const ascii = (text: string): string => text.replace(/[^\x00-\x7f]/gu, (sign) => inAscii[sign] ?? '?');

/**
 * A text of somebody else as a terminal may be given it: a control character could move the cursor, rename the window or
 * paste a command.
 */
export const harmless = (text: string): string =>
	text.replace(/\r\n/g, '\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd');

/**
 * What is said in our words, with names, sentences of a server and other people's texts in them, as a terminal may be given it: colours
 * are ours and stay, every other control is shown as a sign.
 */
export const tame = (text: string): string =>
	text
		.split(/(\u001b\[\d{1,2}m)/)
		.map((part, at) => (at % 2 === 1 ? part : harmless(part)))
		.join('');

/** On one line, and no longer than this. */
export const short = (text: string, length: number): string => {
	const line = harmless(text).replace(/\s+/g, ' ').trim();
	return line.length <= length ? line : `${line.slice(0, Math.max(1, length - 1))}…`;
};

/** A text within so many columns; line breaks stay. What goes on in another line is set in by `hanging`. */
export const folded = (text: string, columns: number, hanging = 0): string[] =>
	text.split('\n').flatMap((line) => {
		const lines: string[] = [];
		let rest = line;
		while (rest.length > columns) {
			const space = rest.lastIndexOf(' ', columns);
			const at = space > columns / 2 ? space : columns;
			lines.push(rest.slice(0, at));
			rest = ' '.repeat(hanging) + rest.slice(at).replace(/^ /, '');
		}
		return [...lines, rest];
	});
