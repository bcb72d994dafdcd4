import type postgres from 'postgres';

/**
 * The arrays that pages and jobs read and send, by the numbers that every Postgres has: element → array. The driver would ask
 * the server for them on every new connection, and a connection that is lost during that question ends the process: its
 * refusal goes to nobody (postgres.js 3.4.9, fetchArrayTypes).
 */
const arrays: Record<number, number> = {
	16: 1000, // bool
	17: 1001, // bytea
	20: 1016, // int8
	21: 1005, // int2
	23: 1007, // int4
	25: 1009, // text
	114: 199, // json
	700: 1021, // float4
	701: 1022, // float8
	1043: 1015, // varchar
	1082: 1182, // date
	1114: 1115, // timestamp
	1184: 1185, // timestamptz
	1700: 1231, // numeric
	2950: 2951, // uuid
	3802: 3807 // jsonb
};

type Value = unknown;

/** Reads `{1,"a \"b\"",NULL,{2}}`, each element by `element`. */
export const readArray = (text: string, element: (text: string) => Value): Value[] => {
	let at = text.indexOf('{') + 1; // what may stand before it are bounds other than 1
	const list = (): Value[] => {
		const values: Value[] = [];
		for (;;) {
			const char = text[at++];
			if (char === '}' || char === undefined) return values;
			if (char === '{') values.push(list());
			else if (char === '"') values.push(element(quoted()));
			else if (char !== ',') {
				const from = at - 1;
				while (at < text.length && text[at] !== ',' && text[at] !== '}') at++;
				const word = text.slice(from, at);
				values.push(word === 'NULL' ? null : element(word));
			}
		}
	};
	const quoted = () => {
		let word = '';
		for (; text[at] !== '"'; at++) word += text[at] === '\\' ? text[++at] : text[at];
		at++;
		return word;
	};
	return list();
};

/** Writes one. Every element is quoted, so that none can be taken for `NULL` or a bracket. */
export const writeArray = (values: Value[], element: (value: Value) => string): string => {
	const written = values.map((value) => {
		if (Array.isArray(value)) return writeArray(value, element);
		if (value === undefined) throw new TypeError('A list of values has one that is undefined');
		return value === null ? 'NULL' : `"${element(value).replace(/["\\]/g, '\\$&')}"`;
	});
	return `{${written.join(',')}}`;
};

type Options = postgres.ParsedOptions & { shared: { typeArrayMap: Record<number, number> } };

/** Makes a client read and write them. drizzle changes how it takes elements, so that is looked up each time. */
export const knowArrays = (options: postgres.ParsedOptions) => {
	const { parsers, serializers, shared } = options as Options;
	for (const [element, array] of Object.entries(arrays)) {
		const of = Number(element);
		shared.typeArrayMap[of] = array;
		parsers[array] ??= (text: string) => readArray(text, (word) => (parsers[of] ? parsers[of](word) : word));
		serializers[array] ??= (values: Value) =>
			Array.isArray(values)
				? writeArray(values, (value) => String(serializers[of] ? serializers[of](value) : value))
				: values;
	}
};
