import { inMicros } from '../micros.ts';
import { type RestRow, inFile, ownPlaces } from '../rest.ts';
import { type Schema, jsonSchemaOf } from './json-schema.ts';
import { fieldWords } from './field-words.ts';

/** One thing that can be sent. */
export type Field = { name: string; schema: Schema; required: boolean; example?: unknown };

/** Where each field of an operation's input goes in a request. */
export type RestFields = { path: Field[]; query: Field[]; body: Schema | null; bodyExample: unknown };

/** What pages name their acts by. A script has the Idempotency-Key, from which the handler makes it. */
const ownNames = ['clientId'];

const namesIn = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);

const described = (row: RestRow, name: string, schema: Schema): Schema => ({
	...schema,
	description: schema.description ?? fieldWords(row.operation.name, [name]) ?? ''
});

/** What a request of this row is made of. */
export const restFields = (row: RestRow): RestFields => {
	const { operation, path: address, method, paged, takesFile } = row;
	const input = jsonSchemaOf(operation.input, 'input', operation.name);
	const properties = input.properties ?? {};
	const required = input.required ?? [];
	const sent = operation.example.input as Record<string, unknown>;
	const inPath = namesIn(address);
	const path = inPath.map((name): Field => ({
		name,
		required: true,
		schema: described(row, name, properties[name] ?? { type: 'string', minLength: 1 }),
		example: name === 'project' ? 'support' : sent[name]
	}));
	const others = Object.entries(properties).filter(([name]) => ![...inPath, ...ownNames].includes(name));
	if (takesFile || method === 'GET') {
		const query = others
			.filter(([name]) => (takesFile ? !inFile.includes(name) : !paged || !ownPlaces.includes(name)))
			.map(([name, schema]): Field => ({
				name,
				schema: described(row, name, schema),
				required: required.includes(name),
				...(name in sent && { example: sent[name] })
			}));
		const cursor: Field = {
			name: 'cursor',
			required: false,
			schema: described(row, 'cursor', { type: 'string' })
		};
		return { path, query: paged ? [...query, cursor] : query, body: null, bodyExample: undefined };
	}
	if (others.length === 0) return { path, query: [], body: null, bodyExample: undefined };
	return {
		path,
		query: [],
		body: {
			...input,
			properties: Object.fromEntries(others),
			required: required.filter((name) => others.some(([other]) => other === name)),
			// a field that nobody knows is refused
			additionalProperties: false
		},
		bodyExample: Object.fromEntries(Object.entries(sent).filter(([name]) => others.some(([other]) => other === name)))
	};
};

/** What a row answers when all went well; null where it is a file. */
export const restAnswer = ({ operation, paged }: RestRow): { schema: Schema; example: unknown } => {
	const schema = jsonSchemaOf(operation.output, 'output', operation.name);
	const example = inMicros(JSON.parse(JSON.stringify(operation.example.output ?? null)));
	if (!paged) return { schema, example };
	const rows = schema.properties![paged.rows]!;
	return {
		schema: {
			type: 'object',
			properties: {
				data: { ...rows, description: fieldWords(operation.name, ['data']) },
				next: {
					anyOf: [{ type: 'string' }, { type: 'null' }],
					description: fieldWords(operation.name, ['next'])
				}
			},
			required: ['data', 'next'],
			additionalProperties: false
		},
		example: { data: (example as Record<string, unknown>)[paged.rows], next: null }
	};
};
