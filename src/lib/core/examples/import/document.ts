import { elementSplitter } from './elements.ts';
import { lineSplitter } from './lines.ts';
import type { Line, Splitter } from './reading.ts';

/** So many bytes tell whether a file is one JSON document or has a line for each example. */
const enoughToTell = 4096;

/** Whether it begins like a JSON array or like an object written over several lines; undefined: too little to tell. */
const isDocument = (start: Uint8Array): boolean | undefined => {
	// the decoder drops a byte order mark, and keeps back a character that has not arrived whole
	const text = new TextDecoder().decode(start.subarray(0, enoughToTell), { stream: true }).trimStart();
	if (text === '' || /^\{[ \t\r]*$/.test(text)) return start.length < enoughToTell ? undefined : false;
	return text[0] === '[' || /^\{[ \t]*\r?\n/.test(text);
};

/** What takes a file apart that begins like this; undefined: more of it must come first, unless it `isAll`. */
export const splitterFor = (start: Uint8Array, isAll: boolean, maxLength?: number): Splitter | undefined => {
	const whole = isDocument(start);
	if (whole === undefined && !isAll) return undefined;
	return whole ? elementSplitter(maxLength) : lineSplitter(maxLength);
};

/** Text that was pasted, as lines with the numbers people see: the same that a file of this text would give. */
export const splitDocument = (text: string): Line[] => {
	const bytes = new TextEncoder().encode(text);
	const splitter = splitterFor(bytes, true)!;
	return [...splitter.take(bytes), ...splitter.end()];
};
