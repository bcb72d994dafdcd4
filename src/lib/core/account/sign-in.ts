import * as v from 'valibot';
import { Email } from '../team/fields.ts';

const Next = v.optional(v.pipe(v.string(), v.maxLength(2000)), '');

/** Asking for a mail. `next` is where the person wanted to go; what leaves our origin is dropped later (paths.ts). */
export const SignInRequest = v.object({ email: Email, next: Next });

/** The code, as it was typed; `email` only comes along so that the page can show it again. */
export const CodeEntry = v.object({
	code: v.pipe(
		v.string('Type the code'),
		v.trim(),
		v.minLength(1, 'Type the code'),
		v.maxLength(40, 'The code has six signs')
	),
	email: v.optional(v.string(), '')
});

export const LinkToken = v.object({
	token: v.optional(v.pipe(v.string(), v.maxLength(200, 'This is not a link of ours')), '')
});
