import { type Io, columnsOf, hasColour, hasUnicode } from './io.ts';
import { ascii, folded, tame } from './plain.ts';

const styles = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Style = keyof typeof styles;

/** How a command speaks: the answer goes to stdout, everything else to stderr. */
export type Say = {
	isJson: boolean;
	columns: number;
	paint(style: Style, text: string): string;
	/** A line of the answer, for people. Not said where JSON is asked for, nor where little is to be said. */
	line(text?: string): void;
	/** A paragraph of the answer, within the columns; what goes on in another line is set in. */
	text(paragraph: string, hanging?: number): void;
	/** One of several findings: a mark, what it is about, and a sentence. */
	item(tone: Style, mark: string, title: string, sentence: string): void;
	/** A line beside the answer, for people: what comes next, where something is kept. Not with --quiet. */
	aside(text: string): void;
	/** All that is left of the answer where little is to be said. */
	outcome(word: string): void;
	/** The answer for programs. Not said where it is not asked for. */
	json(value: unknown): void;
	/** What happens meanwhile: stderr, not with --quiet. */
	note(text: string): void;
	/** What went wrong: stderr, always. */
	warn(text: string): void;
	/** As it is, to stdout. */
	raw(text: string): void;
	/** For terminals that cannot show more than ASCII. */
	plain(text: string): string;
};

type Manner = {
	json?: boolean;
	quiet?: boolean;
	/** Of the answer a name at most is said. */
	isBrief?: boolean;
};

export const sayTo = (io: Io, { json: isJson = false, quiet = false, isBrief = false }: Manner = {}): Say => {
	const isSilent = isJson || isBrief;
	const [isPainted, isUnicode] = [hasColour(io), hasUnicode(io)];
	const plain = (text: string) => (isUnicode ? tame(text) : ascii(tame(text)));
	const columns = columnsOf(io);
	const paint = (style: Style, text: string) =>
		isPainted && text !== '' ? `\u001b[${styles[style]}m${text}\u001b[0m` : text;
	return {
		isJson,
		columns,
		paint,
		line: (text = '') => void (isSilent || io.stdout.write(`${plain(text)}\n`)),
		text: (paragraph, hanging = 0) =>
			void (isSilent || io.stdout.write(`${folded(plain(paragraph), columns, hanging).join('\n')}\n`)),
		item: (tone, mark, title, sentence) => {
			if (isSilent) return;
			const [first, ...others] = folded(plain(`${mark} ${title}: ${sentence}`), columns, 2);
			const begin = plain(`${mark} ${title}:`);
			io.stdout.write(
				`${paint(tone, plain(mark))} ${paint('bold', `${plain(title)}:`)}${first!.slice(begin.length)}\n`
			);
			for (const line of others) io.stdout.write(`${line}\n`);
		},
		aside: (text) => void (isJson || quiet || io.stdout.write(`${plain(text)}\n`)),
		outcome: (word) => void (isBrief && !isJson && io.stdout.write(`${plain(word)}\n`)),
		json: (value) => void (isJson && io.stdout.write(`${JSON.stringify(value, null, 2)}\n`)),
		note: (text) => {
			const lines = io.stderr.isTTY ? folded(plain(text), columns) : [plain(text)];
			if (!quiet) io.stderr.write(`${lines.join('\n')}\n`);
		},
		warn: (text) => void io.stderr.write(`${plain(text)}\n`),
		raw: (text) => void io.stdout.write(text),
		plain
	};
};
