import { Column, is, SQL, Subquery } from 'drizzle-orm';

/** Of a query of drizzle: where a value goes in what comes out, and what it is. */
export type Field = { path: string[]; field: unknown };
type Decoder = { mapFromDriverValue(value: unknown): unknown };
type Of<T> = { decoder: T };

/** What reads a value, as drizzle 0.45.4 finds it out for each value of each row. */
const decoderOf = (field: unknown): Decoder => {
	if (is(field, Column)) return field;
	if (is(field, SQL)) return (field as unknown as Of<Decoder>).decoder;
	if (is(field, Subquery)) return (field._.sql as unknown as Of<Decoder>).decoder;
	return (field as { sql: Of<Decoder> }).sql.decoder;
};

const asItIs = Column.prototype.mapFromDriverValue;

/**
 * Makes rows of values into objects, finding out once what reads each of them. Undefined for a selection with tables inside, which drizzle
 * knows how to leave out where a join has found nothing.
 */
export const rowReader = (fields: Field[]): ((rows: unknown[][]) => Record<string, unknown>[]) | undefined => {
	if (fields.some(({ path }) => path.length !== 1)) return undefined;
	const read = fields.map(({ path: [name], field }) => {
		const decoder = decoderOf(field);
		const isPlain = decoder.mapFromDriverValue === asItIs;
		return { name: name!, decode: isPlain ? null : (value: unknown) => decoder.mapFromDriverValue(value) };
	});
	return (rows) =>
		rows.map((row) => {
			const made: Record<string, unknown> = {};
			for (let at = 0; at < read.length; at++) {
				const { name, decode } = read[at]!;
				const value = row[at];
				made[name] = value === null || decode === null ? value : decode(value);
			}
			return made;
		});
};
