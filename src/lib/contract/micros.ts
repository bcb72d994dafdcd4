// Scripts get money in whole micro-dollars: a tenth of a cent is a number there, and none is a fraction that a float has lost.
import type * as v from 'valibot';

const perCent = 10_000;

/** What a field of money is called there: `costCents` is `costMicros`. */
export const microsName = (name: string): string => name.replace('Cents', 'Micros').replace(/^cents/, 'micros');

const isPlain = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

type Part = {
	entries?: Record<string, Part>;
	options?: Part[];
	items?: Part[];
	pipe?: Part[];
	item?: Part;
	wrapped?: Part;
	rest?: Part;
	value?: Part;
};

/** What a schema is made of; texts and numbers of nothing. */
const partsOf = ({ entries, options, items, pipe, item, wrapped, rest, value }: Part): Part[] =>
	[
		...Object.values(entries ?? {}),
		...[options ?? [], items ?? [], pipe ?? []].flat(),
		item,
		wrapped,
		rest,
		value
	].filter((part) => typeof part === 'object' && part !== null);

/** Whether a field of money stands anywhere in what this schema describes: most outputs have none, and leave as they are. */
export const holdsMoney = (schema: v.GenericSchema): boolean => {
	const holds = (part: Part): boolean =>
		Object.keys(part.entries ?? {}).some((name) => microsName(name) !== name) || partsOf(part).some(holds);
	return holds(schema as unknown as Part);
};

/** An output with its money in micro-dollars, however deep it stands. */
export const inMicros = (value: unknown): unknown => {
	if (Array.isArray(value)) return value.map(inMicros);
	if (!isPlain(value)) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, inner]) => {
			const other = microsName(name);
			return other !== name && typeof inner === 'number'
				? [other, Math.round(inner * perCent)]
				: [other, inMicros(inner)];
		})
	);
};

type Schema = { [word: string]: unknown; properties?: Record<string, Schema>; required?: string[]; type?: unknown };

const whole = (schema: Schema): Schema => {
	if (schema.type === 'number') return { ...schema, type: 'integer' };
	if (Array.isArray(schema.anyOf)) return { ...schema, anyOf: (schema.anyOf as Schema[]).map(whole) };
	return schema;
};

/** The JSON Schema of what `inMicros` gives, from that of what it is given. */
export const schemaInMicros = (schema: unknown): unknown => {
	if (Array.isArray(schema)) return schema.map(schemaInMicros);
	if (!isPlain(schema)) return schema;
	const { properties, required, ...rest } = schema as Schema;
	return {
		...Object.fromEntries(Object.entries(rest).map(([word, inner]) => [word, schemaInMicros(inner)])),
		...(properties && {
			properties: Object.fromEntries(
				Object.entries(properties).map(([name, inner]) => {
					const other = microsName(name);
					return [other, schemaInMicros(other === name ? inner : whole(inner))];
				})
			)
		}),
		...(required && { required: required.map(microsName) })
	};
};
