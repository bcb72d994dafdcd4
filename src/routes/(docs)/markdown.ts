// The part of Markdown that our guides use: headings, paragraphs, lists, tables, code, and inside a line code, links and bold.

export type Inline = { kind: 'text' | 'code' | 'strong'; text: string } | { kind: 'link'; text: string; href: string };
export type Block =
	| { kind: 'heading'; level: number; id: string; inlines: Inline[] }
	| { kind: 'paragraph'; inlines: Inline[] }
	| { kind: 'list'; ordered: boolean; items: Inline[][] }
	| { kind: 'table'; head: Inline[][]; rows: Inline[][][] }
	| { kind: 'code'; language: string; text: string };

/** The pieces of one line. */
export const inlinesOf = (text: string): Inline[] =>
	text
		.split(/(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\([^)\s]+\))/)
		.filter((piece) => piece !== '')
		.map((piece): Inline => {
			const [, label, href] = /^\[([^\]]+)\]\(([^)\s]+)\)$/.exec(piece) ?? [];
			if (label !== undefined) return { kind: 'link', text: label, href: href! };
			if (/^`[^`]+`$/.test(piece)) return { kind: 'code', text: piece.slice(1, -1) };
			if (/^\*\*[^*]+\*\*$/.test(piece)) return { kind: 'strong', text: piece.slice(2, -2) };
			return { kind: 'text', text: piece };
		});

/** What stands behind `#` in the address of a heading. */
export const anchorOf = (text: string): string =>
	text
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-|-$/g, '');

const cellsOf = (line: string) =>
	line
		.split('|')
		.slice(1, -1)
		.map((cell) => inlinesOf(cell.trim()));

const beginsBlock = /^(```|#{1,4} |\||- |\d+\. )/;
const listItem = /^(?:-|\d+\.) (.*)$/;

/** The blocks of a text. Whatever it does not know is a paragraph. */
export const blocksOf = (source: string): Block[] => {
	const blocks: Block[] = [];
	const lines = source.replaceAll('\r', '').split('\n');
	const take = (more: (line: string) => boolean) => {
		const taken: string[] = [];
		while (lines.length > 0 && more(lines[0]!)) taken.push(lines.shift()!);
		return taken;
	};
	while (lines.length > 0) {
		const line = lines[0]!;
		const [, marks, title] = /^(#{1,4}) (.+)$/.exec(line) ?? [];
		if (line.trim() === '') lines.shift();
		else if (line.startsWith('```')) {
			lines.shift();
			blocks.push({ kind: 'code', language: line.slice(3).trim(), text: take((each) => each !== '```').join('\n') });
			lines.shift();
		} else if (marks) {
			lines.shift();
			blocks.push({ kind: 'heading', level: marks.length, id: anchorOf(title!), inlines: inlinesOf(title!) });
		} else if (line.startsWith('|')) {
			const [head, , ...rows] = take((each) => each.startsWith('|'));
			blocks.push({ kind: 'table', head: cellsOf(head!), rows: rows.map(cellsOf) });
		} else if (listItem.test(line)) {
			const items = take((each) => listItem.test(each) || /^ {2,}\S/.test(each)).reduce<string[]>((all, each) => {
				const [, text] = listItem.exec(each) ?? [];
				return text === undefined ? [...all.slice(0, -1), `${all.at(-1)} ${each.trim()}`] : [...all, text];
			}, []);
			blocks.push({ kind: 'list', ordered: /^\d/.test(line), items: items.map(inlinesOf) });
		} else {
			const words = [lines.shift()!, ...take((each) => each.trim() !== '' && !beginsBlock.test(each))];
			blocks.push({ kind: 'paragraph', inlines: inlinesOf(words.join(' ')) });
		}
	}
	return blocks;
};
