export type Inline = { kind: 'text' | 'strong' | 'em' | 'code'; text: string };

export type Block =
	| { kind: 'paragraph' | 'heading' | 'quote'; inlines: Inline[] }
	| { kind: 'code'; text: string; language: string }
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

/**
 * The part of Markdown that answers of models use: paragraphs, headings, lists, quotes, fenced code. For reading only;
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
