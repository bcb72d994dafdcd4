import { splitterFor } from './document.ts';
import { type Lines, reading } from './reading.ts';

/**
 * The examples of a file as numbered lines, whatever it is: JSONL, a JSON array, or objects written over several lines. All are
 * read as they arrive, in constant memory: what is longer than `maxLength` characters is a bad line, and never gathered.
 */
export const linesOfFile = (pieces: AsyncIterable<Uint8Array>, maxLength?: number): Lines =>
	reading(pieces, (start, isAll) => splitterFor(start, isAll, maxLength));
