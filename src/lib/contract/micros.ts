// Scripts get money in whole micro-dollars: a tenth of a cent is a number there, and none is a fraction that a float has lost.

const perCent = 10_000;

/** What a field of money is called there: `costCents` is `costMicros`. */
export const microsName = (name: string): string => name.replace('Cents', 'Micros').replace(/^cents/, 'micros');

const isPlain = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

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
