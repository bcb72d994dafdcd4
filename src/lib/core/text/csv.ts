/** A spreadsheet runs what begins with one of these; a person only wanted to read it. */
const formula = /^[=+\-@\t\r\n]|^\s+[=+\-@]/;

const cell = (value: string | number | boolean | null | undefined): string => {
	if (value === null || value === undefined) return '';
	if (typeof value !== 'string') return String(value);
	const text = formula.test(value) ? `'${value}` : value;
	return /[",\r\n']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/**
 * Rows as RFC 4180 writes them, with the columns of the first one as the header. Text that a spreadsheet would take for a
 * formula gets a leading apostrophe (OWASP: CSV injection); numbers are left alone.
 */
export const csvOf = (
	columns: readonly string[],
	rows: readonly Record<string, string | number | boolean | null>[]
): string =>
	[columns.map(cell), ...rows.map((row) => columns.map((column) => cell(row[column])))]
		.map((cells) => cells.join(','))
		.join('\r\n') + '\r\n';
