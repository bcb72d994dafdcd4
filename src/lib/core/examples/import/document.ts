import { endOfString } from '../../text/json.ts';
import { elementSplitter } from './elements.ts';
import { lineSplitter } from './lines.ts';
import type { Line, Splitter } from './reading.ts';

/** So many bytes tell whether a file is one JSON document or has a line for each example. */
const enoughToTell = 4096;

/** Whether brackets of this text are left open at its end, outside of a string. */
const isOpen = (text: string): boolean => {
	let depth = 0;
	for (let at = 0; at < text.length; at++) {
		if (text[at] === '"') at = endOfString(text, at);
		else if (text[at] === '{' || text[at] === '[') depth++;
		else if (text[at] === '}' || text[at] === ']') depth--;
	}
	return depth > 0;
};

/** A first line that was cut off has another example behind it, on a line of its own. */
const isExample = (second: string, first: string): boolean => {
	const field = /^\{\s*"[^"]*"/.exec(first)?.[0];
	return /^\{.*\}\s*$/.test(second) || (field !== undefined && second.startsWith(field));
};

/** Whether it begins like a JSON array or like an object written over several lines; undefined: too little to tell. */
const isDocument = (start: Uint8Array, isAll: boolean): boolean | undefined => {
	const isEnough = isAll || start.length >= enoughToTell;
	// the decoder drops a byte order mark, and keeps back a character that has not arrived whole
	const text = new TextDecoder().decode(start.subarray(0, enoughToTell), { stream: true }).trimStart();
	if (text[0] === '[') return true;
	const end = text.indexOf('\n');
	if (text !== '' && text[0] !== '{') return false;
	if (end < 0) return isEnough ? false : undefined;
	const first = text.slice(0, end);
	if (!isOpen(first)) return false;
	const [second, ...others] = text.slice(end).trimStart().split('\n', 2);
	if (others.length === 0 && !isEnough) return undefined;
	return !isExample(second!, first);
};

/** What takes a file apart that begins like this; undefined: more of it must come first, unless it `isAll`. */
export const splitterFor = (start: Uint8Array, isAll: boolean, maxLength?: number): Splitter | undefined => {
	const whole = isDocument(start, isAll);
	if (whole === undefined) return undefined;
	return whole ? elementSplitter(maxLength) : lineSplitter(maxLength);
};

/** Text that was pasted, as lines with the numbers people see: the same that a file of this text would give. */
export const splitDocument = (text: string): Line[] => {
	const bytes = new TextEncoder().encode(text);
	const splitter = splitterFor(bytes, true)!;
	return [...splitter.take(bytes), ...splitter.end()];
};
