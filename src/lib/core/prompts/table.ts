import { maxLineLength } from '../examples/import/lines.ts';
import type { Line } from '../examples/import/reading.ts';
import { questions } from './parse.ts';

/** A table of text has a line for each row: as a spreadsheet saves it, with commas, semicolons or tabs. */
export const isTable = (fileName: string): boolean => /\.(csv|tsv)$/i.test(fileName);

const quotes = (text: string): number => text.split('"').length - 1;

/** The cells of a row; in a quoted one two quotation marks are one. */
const cellsOf = (row: string, separator: string): string[] => {
	const cells: string[] = [];
	for (let at = 0; at <= row.length; at++) {
		if (row[at] === '"') {
			let cell = '';
			for (at++; at < row.length; at++) {
				if (row[at] !== '"') cell += row[at];
				else if (row[at + 1] === '"') cell += row[at++];
				else break;
			}
			const end = row.indexOf(separator, at);
			cells.push(cell);
			at = end < 0 ? row.length : end;
		} else {
			const end = row.indexOf(separator, at);
			cells.push(row.slice(at, end < 0 ? row.length : end));
			at = end < 0 ? row.length : end;
		}
	}
	return cells;
};

/** Lines put together to rows: a quoted cell may go over several, blank ones among them. */
async function* rowsOf(lines: AsyncIterable<Line> | Iterable<Line>): AsyncGenerator<Line> {
	let [open, last] = [null as { number: number; text: string } | null, 0];
	for await (const line of lines) {
		if (line.text === null) {
			yield line;
			continue;
		}
		const text: string = open === null ? line.text : open.text + '\n'.repeat(line.number - last) + line.text;
		const number: number = open?.number ?? line.number;
		last = line.number;
		const isOpen = quotes(text) % 2 === 1 && text.length <= maxLineLength;
		open = isOpen ? { number, text } : null;
		if (!isOpen) yield { number, text };
	}
	if (open) yield { number: open.number, text: null, reason: `Line ${open.number} has a quotation that never ends` };
}

const separators = [',', ';', '\t'];

/**
 * The prompts of a table as lines of JSON. The first row names the columns, and says where the prompt stands; a table of one column
 * needs none. A column called "system" goes before it.
 */
export async function* linesOfTable(lines: AsyncIterable<Line> | Iterable<Line>): AsyncGenerator<Line> {
	let columns: { separator: string; prompt: number; system: number; count: number } | null = null;
	for await (const line of rowsOf(lines)) {
		if (line.text === null) {
			yield line;
			continue;
		}
		const { number, text } = line;
		if (columns === null) {
			const [separator] = separators.toSorted((one, two) => text.split(two).length - text.split(one).length);
			const names = cellsOf(text, separator!).map((name) => name.trim().toLowerCase());
			const prompt = questions.map((name) => names.indexOf(name)).find((at) => at >= 0) ?? -1;
			columns = { separator: separator!, prompt, system: names.indexOf('system'), count: names.length };
			if (prompt >= 0) continue;
			if (names.length === 1) columns.prompt = 0;
		}
		const { separator, prompt, system, count } = columns;
		const cells = count === 1 ? [cellsOf(text, '\n').join('\n')] : cellsOf(text, separator);
		const asked = cells[prompt]?.trim() ?? '';
		if (prompt < 0)
			yield { number, text: null, reason: `Line ${number}: no column is called "prompt", "question" or "input"` };
		else if (asked === '')
			yield { number, text: null, reason: `Line ${number} has nothing in the column of the prompt` };
		else {
			const before = cells[system]?.trim();
			yield { number, text: JSON.stringify({ prompt: asked, ...(before && { system: before }) }) };
		}
	}
}
