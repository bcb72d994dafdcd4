import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Sent } from './recorder.ts';

type Schema = { [word: string]: unknown };
type Operation = { parameters?: Schema[]; requestBody?: Schema };

const record = (value: unknown): Schema =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : {};
const list = (value: unknown): Schema[] => (Array.isArray(value) ? value.map(record) : []);

/** Words of OpenAPI 3.0 as JSON Schema knows them. */
const asJsonSchema = (value: unknown): unknown => {
	if (Array.isArray(value)) return value.map(asJsonSchema);
	if (typeof value !== 'object' || value === null) return value;
	const schema = Object.fromEntries(
		Object.entries(value).map(([word, inner]) => [word, asJsonSchema(inner)])
	) as Schema;
	for (const [word, bound] of [
		['exclusiveMinimum', 'minimum'],
		['exclusiveMaximum', 'maximum']
	] as const) {
		if (schema[word] === true) schema[word] = schema[bound];
		if (schema[word] === true || schema[word] === false || schema[word] === undefined) delete schema[word];
	}
	if (schema.nullable !== true) return schema;
	const { nullable: _, ...rest } = schema;
	return { anyOf: [rest, { type: 'null' }] };
};

/** A published document, and what it says against a request. */
export const openDocument = (
	folder: string,
	beginning: string,
	python: string,
	/** Mends it where it contradicts itself. */
	mend: (schemas: Record<string, Schema>) => void = () => {}
) => {
	const name = fs.readdirSync(folder).find((each) => each.startsWith(beginning) && each.endsWith('.yaml'));
	if (!name) throw new Error(`There is no document ${beginning}*.yaml in ${folder}.`);
	const toJson = 'import json,sys,yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout, default=str)';
	const text = execFileSync(python, ['-c', toJson, path.join(folder, name)], { maxBuffer: 2 ** 28, encoding: 'utf8' });
	const document = asJsonSchema(JSON.parse(text)) as Schema;
	mend(record(record(document.components).schemas) as Record<string, Schema>);
	const ajv = new Ajv2020({
		strict: false,
		allErrors: true,
		validateSchema: false,
		logger: false,
		discriminator: false
	});
	formats.default(ajv);
	ajv.addSchema(document, 'document');

	const resolved = (schema: Schema): Schema => {
		let known = schema;
		while (typeof known.$ref === 'string')
			known = known.$ref
				.split('/')
				.slice(1)
				.reduce((at, part) => record(at[part.replaceAll('~1', '/').replaceAll('~0', '~')]), document);
		return known;
	};

	/** Every schema that may describe a value: its parts and its alternatives. */
	const parts = (schema: Schema): Schema[] => {
		const known = resolved(schema);
		return [known, ...['allOf', 'oneOf', 'anyOf'].flatMap((word) => list(known[word]).flatMap(parts))];
	};

	/** Fields that no part of the schema names, by their path. */
	const unknownIn = (value: unknown, schema: Schema, at: string): string[] => {
		const all = parts(schema);
		if (Array.isArray(value))
			return value.flatMap((each, index) => {
				const items = all.map(({ items: inner }) => record(inner)).filter((inner) => Object.keys(inner).length > 0);
				return items.length > 0 ? unknownIn(each, { anyOf: items }, `${at}[${index}]`) : [];
			});
		if (typeof value !== 'object' || value === null) return [];
		const named = all.map(({ properties }) => record(properties));
		const isOpen = all.some((part) => part.additionalProperties || part.additional_properties);
		return Object.entries(value).flatMap(([field, inner]) => {
			const schemas = named.map((fields) => fields[field]).filter((known) => known !== undefined);
			if (schemas.length === 0)
				return isOpen || named.every((fields) => Object.keys(fields).length === 0) ? [] : [`${at}.${field}`];
			return unknownIn(inner, { anyOf: schemas }, `${at}.${field}`);
		});
	};

	const paths = record(document.paths);
	const operationOf = (method: string, asked: string): { route: string; operation: Operation } | null => {
		const given = asked.split('/');
		const fitting = Object.keys(paths).filter((route) => {
			const wanted = route.split('/');
			return wanted.length === given.length && wanted.every((part, at) => /^\{.*\}$/.test(part) || part === given[at]);
		});
		// a route without a variable goes before one that has it there
		const route = fitting.sort((a, b) => a.split('{').length - b.split('{').length)[0];
		const operation = route && record(paths[route])[method.toLowerCase()];
		return route && operation ? { route, operation: operation as Operation } : null;
	};

	/** What is wrong with a request by this document, each as one line; none where it is as it should be. */
	const against = ({ method, path: asked, query, type, body }: Sent): string[] => {
		const found = operationOf(method, asked);
		if (!found) return [`no route ${method} ${asked}`];
		const { route, operation } = found;
		const shared = list(record(paths[route]).parameters);
		const known = [...shared, ...list(operation.parameters)].map(resolved).filter((each) => each.in === 'query');
		const about = `${method} ${route}`;
		const names = [...query.keys()].map((name) => name.replace(/\[.*\]$/, ''));
		const unknownQuery = names.filter((name) => !known.some((each) => each.name === name));
		const problems = unknownQuery.map((name) => `${about}: unknown query ${name}`);
		if (!body) return problems;
		const content = record(resolved(record(operation.requestBody)).content);
		if (!type.startsWith('application/json'))
			return Object.keys(content).some((each) => type.startsWith(each))
				? problems
				: [...problems, `${about}: unknown type ${type}`];
		const schema = record(record(content['application/json']).schema);
		const value: unknown = JSON.parse(body);
		const place = `/paths/${route.replaceAll('~', '~0').replaceAll('/', '~1')}/${method.toLowerCase()}/requestBody`;
		const isReferred = typeof record(operation.requestBody).$ref === 'string';
		const pointer = encodeURI(isReferred ? '' : `document#${place}/content/application~1json/schema`);
		const validate = ajv.compile(pointer ? { $ref: pointer } : schema);
		if (!validate(value))
			problems.push(...(validate.errors ?? []).map((each) => `${about}: ${each.instancePath} ${each.message}`));
		return [...problems, ...unknownIn(value, schema, '').map((field) => `${about}: unknown field ${field.slice(1)}`)];
	};
	return { name, against };
};
