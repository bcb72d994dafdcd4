import type * as v from 'valibot';
import type { Operation } from '../../lib/contract/operation.ts';
import { type RestRow, documented } from '../../lib/contract/rest.ts';
import type { Io } from '../terminal/io.ts';
import { type Asked, ask, lost } from './ask.ts';
import type { Server } from './logins.ts';

const namesIn = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);

/** The request by which a row's operation is asked. `input` has the fields of its path too, `project` among them. */
export const requestOf = ({ method, path, takesFile }: RestRow, input: Readonly<Record<string, unknown>>): Asked => {
	const inPath = namesIn(path);
	const address = inPath.reduce(
		(filled, name) => filled.replace(`{${name}}`, encodeURIComponent(String(input[name]))),
		path
	);
	const others = Object.entries(input).filter(([name, value]) => value !== undefined && !inPath.includes(name));
	if (method !== 'GET' && !takesFile)
		return {
			method,
			path: `/api/v1${address}`,
			body: JSON.stringify(Object.fromEntries(others)),
			headers: { 'content-type': 'application/json' }
		};
	const query = new URLSearchParams();
	for (const [name, value] of others)
		for (const each of Array.isArray(value) ? value : [value]) query.append(name, String(each));
	return { method, path: `/api/v1${address}${query.size > 0 ? `?${query}` : ''}` };
};

export const rowOf = ({ name }: Pick<Operation, 'name'>): RestRow =>
	documented.find((row) => row.operation.name === name)!;

/** What an operation answers over REST: a list that goes on has its rows in `data`. */
type Answer<Op extends Operation> = v.InferOutput<Op['output']>;

/** One operation of the contract, by its own types. `as`: the name under which the same may be asked again. */
export const call = async <Op extends Operation>(
	server: Pick<Server, 'origin' | 'by'> & { token?: string },
	operation: Op,
	input: Readonly<Record<string, unknown>>,
	io: Pick<Io, 'signal'>,
	{ as }: { as?: string } = {}
): Promise<Answer<Op>> => {
	const request = requestOf(rowOf(operation), input);
	const headers = { ...request.headers, ...(as !== undefined && { 'idempotency-key': as }) };
	const answer = await ask(server, { ...request, headers }, io);
	try {
		return (await answer.json()) as Answer<Op>;
	} catch (problem) {
		throw lost(problem, server.origin);
	}
};
