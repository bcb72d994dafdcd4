import { AppError } from '../../../core/errors.ts';
import { readJson } from '../../../core/text/json.ts';

/** A place in one list of one project. What it says is nobody's business, so that it may say something else one day. */
export type Cursor = { list: string; in: string; place: number };

export const cursorFor = (cursor: Cursor): string =>
	Buffer.from(JSON.stringify([cursor.list, cursor.in, cursor.place])).toString('base64url');

/** The place that a cursor of this list names. Throws *invalid* for one of another list, or that is none. */
export const placeOf = (text: string, list: Omit<Cursor, 'place'>): number => {
	let said: unknown;
	try {
		said = readJson(Buffer.from(text, 'base64url').toString());
	} catch {
		said = null;
	}
	const [name, within, place] = Array.isArray(said) ? (said as unknown[]) : [];
	if (name !== list.list || within !== list.in || !Number.isSafeInteger(place) || (place as number) < 1)
		throw new AppError('invalid', 'This cursor is not one of this list. Begin again without it.', 'cursor');
	return place as number;
};
