export type Inline = { kind: 'text' | 'strong' | 'em' | 'code'; text: string };

type Align = 'start' | 'center' | 'end';

export type Block =
	| { kind: 'paragraph' | 'heading' | 'quote'; inlines: Inline[] }
	| { kind: 'code'; text: string; language: string }
	| { kind: 'table'; aligns: Align[]; head: Inline[][]; rows: Inline[][][] }
	| { kind: 'list'; ordered: boolean; start: number; items: Inline[][] };

// bounded, so that a text made of marks alone cannot cost a second
const marks =
	/(`{1,3})([^`]{1,2000}?)\1|\*\*(?=\S)([^]{1,2000}?)\*\*|__(?=\S)([^]{1,2000}?)__|(?<![\w*])\*(?=\S)([^*]{1,2000}?)\*(?![\w*])|(?<!\w)_(?=\S)([^_]{1,2000}?)_(?!\w)/g;

/** Bold, italic and code; everything else stays text, addresses included: nothing a model wrote becomes a link. */
export const inlinesOf = (text: string): Inline[] => {
	const inlines: Inline[] = [];
	let end = 0;
	for (const found of text.matchAll(marks)) {
		if (found.index > end) inlines.push({ kind: 'text', text: text.slice(end, found.index) });
		end = found.index + found[0].length;
		const [, , code, bold, bold2, italic, italic2] = found;
		if (code !== undefined) inlines.push({ kind: 'code', text: code });
		else if (bold ?? bold2) inlines.push({ kind: 'strong', text: (bold ?? bold2)! });
		else inlines.push({ kind: 'em', text: (italic ?? italic2)! });
	}
	if (end < text.length) inlines.push({ kind: 'text', text: text.slice(end) });
	return inlines;
};

const item = /^\s{0,6}(?:[-*+]|(\d{1,9})[.)])\s+(.*)$/s;
const title = /^#{1,6}\s+(?=[^\s#])(.*)$/s;

/** Without the blanks and marks a heading may close with. By hand: an expression would try every run of blanks from each of its ends. */
const withoutTail = (text: string) => {
	let end = text.trimEnd().length;
	while (text[end - 1] === '#') end--;
	return text.slice(0, end).trimEnd();
};

/** The cells of a line of a table. A mark behind a backslash, or inside code, parts nothing. */
const cellsOf = (line: string): string[] => {
	const cells: string[] = [''];
	let isCode = false;
	for (let at = 0; at < line.length; at++) {
		const sign = line[at]!;
		const isMark = sign === '\\' && line[at + 1] === '|';
		if (isMark) at++;
		if (isMark) cells[cells.length - 1] += '|';
		else if (sign === '|' && !isCode) cells.push('');
		else {
			if (sign === '`') isCode = !isCode;
			cells[cells.length - 1] += sign;
		}
	}
	const trimmed = cells.map((cell) => cell.trim());
	if (trimmed[0] === '') trimmed.shift();
	if (trimmed.at(-1) === '') trimmed.pop();
	return trimmed;
};

/** How the columns of a table are aligned, when this is the line below its head; else null. */
const alignsOf = (line: string | undefined): Align[] | null => {
	if (!line?.includes('|') || !/^[\s|:-]+$/.test(line)) return null;
	const cells = cellsOf(line);
	if (cells.length === 0 || !cells.every((cell) => /^:?-+:?$/.test(cell))) return null;
	return cells.map((cell) => (cell.endsWith(':') ? (cell.startsWith(':') ? 'center' : 'end') : 'start'));
};

/**
 * The part of Markdown that answers of models use: paragraphs, headings, lists, quotes, tables, fenced code. For reading only;
 * line breaks are kept as written, and what is not understood stays as it is.
 */
export const blocksOf = (text: string): Block[] => {
	const blocks: Block[] = [];
	const lines = text.replaceAll('\r\n', '\n').split('\n');
	let open: string[] = [];
	const close = () => {
		if (open.length) blocks.push({ kind: 'paragraph', inlines: inlinesOf(open.join('\n')) });
		open = [];
	};
	for (let at = 0; at < lines.length; at++) {
		const line = lines[at]!;
		const fence = /^\s{0,3}(`{3,}|~{3,})\s*([\w+#.-]*)/.exec(line);
		if (fence) {
			close();
			const code: string[] = [];
			while (++at < lines.length && !lines[at]!.trim().startsWith(fence[1]!)) code.push(lines[at]!);
			blocks.push({ kind: 'code', text: code.join('\n'), language: fence[2]! });
			continue;
		}
		const aligns = line.includes('|') ? alignsOf(lines[at + 1]) : null;
		if (aligns && cellsOf(line).length === aligns.length) {
			close();
			const rows: Inline[][][] = [];
			for (at++; lines[at + 1]?.includes('|') && lines[at + 1]!.trim() !== ''; at++)
				rows.push(cellsOf(lines[at + 1]!).map(inlinesOf));
			blocks.push({ kind: 'table', aligns, head: cellsOf(line).map(inlinesOf), rows });
			continue;
		}
		const heading = title.exec(line);
		const entry = item.exec(line);
		const last = blocks.at(-1);
		if (heading) {
			close();
			blocks.push({ kind: 'heading', inlines: inlinesOf(withoutTail(heading[1]!)) });
		} else if (entry) {
			close();
			const ordered = entry[1] !== undefined;
			if (last?.kind === 'list' && last.ordered === ordered && last === blocks.at(-1))
				last.items.push(inlinesOf(entry[2]!));
			else blocks.push({ kind: 'list', ordered, start: Number(entry[1] ?? 1), items: [inlinesOf(entry[2]!)] });
		} else if (/^\s{0,3}>\s?/.test(line)) {
			close();
			blocks.push({ kind: 'quote', inlines: inlinesOf(line.replace(/^\s{0,3}>\s?/, '')) });
		} else if (line.trim() === '') close();
		else open.push(line);
	}
	close();
	return blocks;
};
