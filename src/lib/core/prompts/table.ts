import { maxLineLength } from '../examples/import/lines.ts';
import type { Line } from '../examples/import/reading.ts';
import { questions } from './parse.ts';

/** A table of text has a line for each row: as a spreadsheet saves it, with commas, semicolons or tabs. */
export const isTable = (fileName: string): boolean => /\.(csv|tsv)$/i.test(fileName);

const separators = [',', ';', '\t'];
const separatorOf = (row: string): string =>
	separators.toSorted((one, two) => row.split(two).length - row.split(one).length)[0]!;

/** Whether a quoted cell is open where this line of a row ends. Only where a cell begins does a quotation mark open one. */
const endsOpen = (line: string, separator: string, beganOpen: boolean): boolean => {
	let isOpen = beganOpen;
	for (let at = 0; ;) {
		if (!isOpen && line[at] === '"') [isOpen, at] = [true, at + 1];
		if (isOpen) {
			at = line.indexOf('"', at);
			if (at < 0) return true;
			at++;
			if (line[at] === '"') {
				at++;
				continue;
			}
			isOpen = false;
		}
		at = line.indexOf(separator, at) + 1;
		if (at === 0) return false;
	}
};

/** The cells of a row; in a quoted one two quotation marks are one. */
const cellsOf = (row: string, separator: string): string[] => {
	const cells: string[] = [];
	for (let at = 0; at <= row.length; at++) {
		let cell = '';
		if (row[at] === '"') {
			for (at++; ;) {
				const mark = row.indexOf('"', at);
				cell += row.slice(at, mark < 0 ? row.length : mark);
				at = mark < 0 ? row.length : mark;
				if (row[at + 1] !== '"') break;
				cell += '"';
				at += 2;
			}
		}
		const end = row.indexOf(separator, at);
		const to = end < 0 ? row.length : end;
		cells.push(row[at] === '"' || cell !== '' ? cell : row.slice(at, to));
		at = to;
	}
	return cells;
};

type Row = { number: number; pieces: string[]; length: number };

/** Lines put together to rows: a quoted cell may go over several, blank ones among them. The first line says what stands between cells. */
async function* rowsOf(
	lines: AsyncIterable<Line> | Iterable<Line>,
	separator: (first: string) => string
): AsyncGenerator<Line> {
	let open: Row | null = null;
	let last = 0;
	const neverEnds = (number: number): Line => ({
		number,
		text: null,
		reason: `Line ${number} has a quotation that never ends`
	});
	for await (const line of lines) {
		if (line.text === null) {
			yield line;
			continue;
		}
		const { number, text } = line;
		if (open && open.length + number - last + text.length > maxLineLength) {
			yield neverEnds(open.number);
			open = null;
		}
		const row: Row = open ?? { number, pieces: [], length: 0 };
		const blank = open ? '\n'.repeat(number - last) : '';
		row.pieces.push(blank, text);
		row.length += blank.length + text.length;
		last = number;
		open = endsOpen(text, separator(text), open !== null) ? row : null;
		if (!open) yield { number: row.number, text: row.pieces.join('') };
	}
	if (open) yield neverEnds(open.number);
}

/**
 * The prompts of a table as lines of JSON. The first row names the columns, and says where the prompt stands; a table of one column
 * needs none. A column called "system" goes before it.
 */
export async function* linesOfTable(lines: AsyncIterable<Line> | Iterable<Line>): AsyncGenerator<Line> {
	let separator: string | null = null;
	let columns: { prompt: number; system: number } | null = null;
	for await (const line of rowsOf(lines, (first) => (separator ??= separatorOf(first)))) {
		if (line.text === null) {
			yield line;
			continue;
		}
		const { number, text } = line;
		if (columns === null) {
			const names = cellsOf(text, separator!).map((name) => name.trim().toLowerCase());
			const prompt = questions.map((name) => names.indexOf(name)).find((at) => at >= 0) ?? -1;
			columns = { prompt, system: names.indexOf('system') };
			if (names.length === 1) separator = '\n'; // in no line: a row is one cell
			if (prompt >= 0) continue;
			if (names.length === 1) columns.prompt = 0;
		}
		const { prompt, system } = columns;
		const cells = separator === '\n' ? [cellsOf(text, separator).join('\n')] : cellsOf(text, separator!);
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
