type NumberedText = { number: number; text: string };

/**
 * Text that was pasted, as lines with the numbers people see: JSONL, one JSON array, or one object written over several
 * lines. An element of an array carries the line it begins on, or its place when elements share a line; it is put on one line,
 * which in JSON only moves white space. What is broken stays as it is, for `parseLine` to name.
 */
export const splitDocument = (text: string): NumberedText[] => {
	const document = text.startsWith('\ufeff') ? text.slice(1) : text;
	const start = document.match(/^\s*/)![0].length;
	if (document[start] === '[') return elements(document, start + 1);
	if (/^\s*\{[ \t]*\r?\n/.test(document)) return elements(document, start);
	return document
		.split('\n')
		.map((line, index) => ({ number: index + 1, text: line.endsWith('\r') ? line.slice(0, -1) : line }))
		.filter((line) => line.text.trim() !== '');
};

/** Values that follow one another from `start`, parted by commas or white space, until the bracket that closes them or the end. */
const elements = (text: string, start: number): NumberedText[] => {
	const found: NumberedText[] = [];
	let line = 1;
	for (let at = 0; at < start; at++) if (text[at] === '\n') line++;
	let from = -1; // where the value begun last begins
	let fromLine = 0;
	let depth = 0;
	let inString = false;
	let at = start;
	const finish = () => {
		if (from >= 0)
			found.push({
				number: fromLine,
				text: text
					.slice(from, at)
					.replace(/\r?\n[ \t]*/g, ' ')
					.trim()
			});
		from = -1;
	};
	for (; at < text.length; at++) {
		const sign = text[at]!;
		if (sign === '\n') line++;
		if (inString) {
			if (sign === '\\') at++;
			else if (sign === '"') inString = false;
			continue;
		}
		if (depth === 0 && (sign === ',' || sign === ']')) {
			finish();
			if (sign === ']') break;
			continue;
		}
		if (from < 0 && !/\s/.test(sign)) {
			from = at;
			fromLine = line;
		}
		if (sign === '"') inString = true;
		else if (sign === '{' || sign === '[') depth++;
		else if (sign === '}' || sign === ']') {
			depth = Math.max(0, depth - 1);
			if (depth === 0) {
				at++;
				finish();
				at--;
			}
		}
	}
	finish();
	const shareALine = new Set(found.map((element) => element.number)).size < found.length;
	return shareALine ? found.map((element, index) => ({ ...element, number: index + 1 })) : found;
};
