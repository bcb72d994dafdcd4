import type { Message } from '$lib/core/examples/example';
import { splitDocument } from '$lib/core/examples/import/document';
import { linesOfFile } from '$lib/core/examples/import/file-lines';
import { parseLine } from '$lib/core/examples/import/parse';
import type { Line } from '$lib/core/examples/import/lines';
import { formats, sniff } from '$lib/core/examples/formats/sniff';

export type Preview = {
	/** What the lines are, in words; null when nothing could be told. */
	format: string | null;
	rows: { line: number; messages: Message[]; rating: number | null; isRewritten: boolean }[];
	good: number;
	bad: { line: number; reason: string }[];
	badCount: number;
	/** There are more lines than were looked at. */
	more: boolean;
};

const shownRows = 5;
const shownProblems = 50;
/** A slice of work between two frames: typing and scrolling go on meanwhile. */
const sliceMs = 12;

/**
 * What an import would make of the first lines: rows to read, counts, and the bad lines with their reasons. The same parsers
 * run on the server, over all lines. Null when `isStale` says that nobody waits for it any more.
 */
export const previewOf = async (
	lines: AsyncIterable<Line> | Iterable<Line>,
	{ most = 5_000, isStale = () => false }: { most?: number; isStale?: () => boolean } = {}
): Promise<Preview | null> => {
	const preview: Preview = { format: null, rows: [], good: 0, bad: [], badCount: 0, more: false };
	const texts: string[] = [];
	let since = performance.now();
	for await (const line of lines) {
		if (preview.good + preview.badCount === most) {
			preview.more = true;
			break;
		}
		const parsed =
			line.text === null ? ({ ok: false, reason: line.reason } as const) : parseLine(line.text, line.number);
		if (parsed.ok) {
			preview.good++;
			const { messages, rating, rewrite } = parsed;
			if (preview.rows.length < shownRows)
				preview.rows.push({ line: line.number, messages, rating, isRewritten: rewrite !== null });
		} else {
			preview.badCount++;
			if (preview.bad.length < shownProblems) preview.bad.push({ line: line.number, reason: parsed.reason });
		}
		if (texts.length < 100 && line.text !== null) texts.push(line.text);
		if (performance.now() - since < sliceMs) continue;
		await new Promise((done) => setTimeout(done));
		if (isStale()) return null;
		since = performance.now();
	}
	const format = sniff(texts);
	return isStale() ? null : { ...preview, format: format && formats[format].name };
};

/** Safari cannot iterate a stream. */
async function* piecesOf(file: Blob): AsyncGenerator<Uint8Array> {
	const reader = file.stream().getReader();
	try {
		for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
	} finally {
		await reader.cancel();
	}
}

type IsStale = () => boolean;
export const previewOfFile = (file: Blob, isStale: IsStale) => previewOf(linesOfFile(piecesOf(file)), { isStale });
export const previewOfText = (text: string, isStale: IsStale) => previewOf(splitDocument(text), { isStale });
