import * as v from 'valibot';

export const Name = v.pipe(
	v.string('Give it a name'),
	v.trim(),
	v.minLength(1, 'Give it a name'),
	v.maxLength(80, 'A name has at most 80 characters'),
	v.regex(/^[^\u0000-\u001f\u007f]*$/, 'A name is one line of plain text')
);

/** One `@`, lower-cased, at most 255 characters (security.md AU12); a `+tag` is kept. */
export const Email = v.pipe(
	v.string('Give an email address'),
	v.trim(),
	v.toLowerCase(),
	v.maxLength(255, 'An email address has at most 255 characters'),
	v.check((text) => {
		const parts = text.split('@');
		return (
			parts.length === 2 &&
			parts[0]!.length > 0 &&
			parts[1]!.length > 2 &&
			!/[\s\u0000-\u001f<>",;]/.test(text) &&
			parts[1]!.includes('.')
		);
	}, 'Give an email address, like ana@example.com')
);

export const NewTeam = v.object({ name: Name });
