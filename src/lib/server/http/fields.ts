import { AppError } from '../../core/errors.ts';

/** More than any form of ours sends; a megabyte of `a&a&a…` would be half a million, and seven seconds of work. */
export const mostFields = 2_000;

export const tooManyFields = () =>
	new AppError(
		'invalid',
		`This is more than ${mostFields.toLocaleString('en')} fields or values at once. Choose fewer.`
	);

/** What stands between two fields of a body of this type, or null where it is no form. */
const between = (type: string): string | null => {
	if (/^application\/x-www-form-urlencoded/i.test(type)) return '&';
	const boundary = /^multipart\/form-data.*;\s*boundary="?([^";]+)"?/i.exec(type)?.[1];
	return boundary ? `--${boundary}` : null;
};

/** A body that came too slowly says so itself; any other was cut off. */
const brokenOff = (problem: unknown): null => {
	if (problem instanceof AppError) throw problem;
	return null;
};

/**
 * The fields of a form that was sent; null when it did not arrive whole or is none. They are counted before they are read.
 * Throws *invalid* when there are too many.
 */
export const sentFields = async (request: Request): Promise<FormData | null> => {
	const type = request.headers.get('content-type') ?? '';
	const sign = between(type);
	const body = sign && (await request.arrayBuffer().catch(brokenOff));
	if (!sign || !body) return null;
	const bytes = Buffer.from(body);
	let count = 0;
	for (let at = bytes.indexOf(sign); at >= 0; at = bytes.indexOf(sign, at + sign.length))
		if (++count > mostFields) throw tooManyFields();
	return new Response(bytes, { headers: { 'content-type': type } }).formData().catch(() => null);
};
