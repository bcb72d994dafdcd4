// The fields that several operations share: typed JSON, in and out. A form's strings become values in http/form-values.
import * as v from 'valibot';
import { isEmail } from '../core/account/email.ts';
import { roles } from '../core/permissions.ts';
import { figure } from '../core/text/figure.ts';

/** An id of ours. `what` begins the sentence: `Id('The run')`. */
export const Id = (what: string) => v.pipe(v.string(`${what} is missing`), v.uuid(`${what} is not one of ours`));

/** A whole number between two limits. */
export const whole = (what: string, min: number, max: number) =>
	v.pipe(
		v.number(`${what} is a number`),
		v.integer(`${what} is a whole number`),
		v.minValue(min, `${what} is at least ${figure(min)}`),
		v.maxValue(max, `${what} is at most ${figure(max)}`)
	);

/** Words that a list is searched for. Too many are refused and not left out: the list would show everything, as if all of it had them. */
export const Search = v.optional(
	v.pipe(
		v.string('A search is a text'),
		v.trim(),
		v.maxLength(200, 'This search is too long: it has at most 200 characters')
	)
);

/** How many rows one page of a list has; `rowsOnPage` where nobody says. */
export const Limit = v.fallback(v.optional(whole('The limit', 1, 100)), undefined);
export const rowsOnPage = 50;

/** A number between two limits. */
export const between = (what: string, min: number, max: number) =>
	v.pipe(
		v.number(`${what} is a number`),
		v.minValue(min, `${what} is at least ${min}`),
		v.maxValue(max, `${what} is at most ${max}`)
	);

/** A name of one line: of a person, a team, a project. */
export const Name = v.pipe(
	v.string('Give it a name'),
	v.trim(),
	v.minLength(1, 'Give it a name'),
	v.maxLength(80, 'A name has at most 80 characters'),
	v.regex(/^[^\u0000-\u001f\u007f]*$/, 'A name is one line of plain text')
);

/** An email address as it was typed; which one it is, capitals aside, `normalEmail` of core/account says. */
export const Email = v.pipe(
	v.string('Give an email address'),
	v.trim(),
	v.maxLength(255, 'An email address has at most 255 characters'),
	v.check(isEmail, 'Give an email address, like ana@example.com')
);

export const RoleName = v.picklist(roles, 'Choose a role');

/** An operation that needs nothing. */
export const NoInput = v.object({});
/** An operation that has nothing to say. */
export const NoOutput = v.optional(v.null()) as v.GenericSchema<unknown, null | undefined> as v.GenericSchema<
	void | null,
	null | undefined
>;

/** A moment. Use cases give a `Date`; as JSON it is ISO 8601 in UTC. */
export const Time = v.pipe(
	v.date(),
	v.transform((at) => at.toISOString()),
	v.string(),
	v.isoTimestamp()
);

/** A file made while it is taken: bytes or text, piece by piece. */
export type Download = { name: string; pieces: AsyncIterable<string | Uint8Array> };
export const File = <D extends Download = Download>(mediaType: string) =>
	v.pipe(v.any() as v.GenericSchema<D, D>, v.metadata({ contentMediaType: mediaType }));

/** Of a file that an operation gives: its media type. */
export const mediaTypeOf = (schema: v.GenericSchema): string | undefined =>
	v.getMetadata(schema as v.GenericSchema).contentMediaType as string | undefined;

/** A body that is read while it arrives. */
export const Stream = <Piece>() =>
	v.pipe(v.any() as v.GenericSchema<AsyncIterable<Piece> | Iterable<Piece>>, v.metadata({ contentMediaType: '*/*' }));
