import { accessSync, constants, createReadStream } from 'node:fs';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { type RestRow, rest } from '../../lib/contract/rest.ts';
import type { api } from '../commands/api.ts';
import type { Deed } from '../deed.ts';
import { Failure } from '../exit-codes.ts';
import { asFailure } from '../files/write.ts';
import { nearest } from '../parse.ts';
import { type Asked, ask, lost } from '../remote/ask.ts';
import { requestOf } from '../remote/call.ts';
import { checkedFields, fieldsOf } from '../remote/fields.ts';
import { linkHere } from '../remote/link.ts';
import { openServer } from '../remote/logins.ts';
import type { Io } from '../terminal/io.ts';
import { readAll } from '../terminal/read-all.ts';
import type { Say } from '../terminal/say.ts';

const listAll = (say: Say) => {
	const width = Math.max(...rest.map(({ operation }) => operation.name.length)) + 2;
	for (const { operation } of rest) {
		const room = say.columns - width;
		const { summary, name } = operation;
		say.line(`${name.padEnd(width)}${summary.length > room ? `${summary.slice(0, room - 1)}…` : summary}`);
	}
	say.json(rest.map(({ operation: { name, summary }, method, path }) => ({ name, summary, method, path })));
};

const describe = (say: Say, row: RestRow) => {
	const { operation, method, path: address } = row;
	const fields = fieldsOf(row);
	const example = row.takesFile ? undefined : operation.example.input;
	say.text(`${operation.summary}.`);
	say.line(`${method} /api/v1${address}`);
	for (const { name, takes, isNeeded } of fields)
		say.text(
			`  --${name}  ${takes}${isNeeded ? ', needed' : ''}${name === 'project' ? ' outside a linked folder' : ''}`
		);
	if (row.takesFile) say.line('  --file  the file itself, needed');
	if (example) say.text(`Example: ${JSON.stringify(example)}`);
	say.json({ name: operation.name, summary: operation.summary, method, path: address, fields, example });
};

const rowNamed = (name: string): RestRow => {
	const row = rest.find(({ operation }) => operation.name === name);
	if (row) return row;
	const meant = nearest(
		name,
		rest.map(({ operation }) => operation.name)
	);
	throw new Failure(`There is no operation "${name}".`, meant ? `ait api ${meant}` : 'ait api lists them', 'usage');
};

const dataIn = async (io: Io, data: string | undefined): Promise<Record<string, unknown>> => {
	if (data === undefined) return {};
	const text = data === '-' ? await readAll(io.stdin) : data;
	try {
		const value = JSON.parse(text) as unknown;
		if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
	} catch {
		// said below
	}
	throw new Failure('--data is no JSON object.', `--data '{"score":8}'`, 'usage');
};

/** The file of an import as the body; read before anything is asked, so that one that is not there is said here. */
const fileIn = (io: Io, file: string | undefined, name: string): Pick<Asked, 'body' | 'headers'> => {
	if (file === undefined) throw new Failure(`${name} needs a file.`, `ait api ${name} --file examples.jsonl`, 'usage');
	const headers = { 'content-type': 'application/jsonl', 'x-file-name': encodeURIComponent(path.basename(file)) };
	if (file === '-') return { body: io.stdin as unknown as BodyInit, headers };
	const place = path.resolve(io.cwd, file);
	try {
		accessSync(place, constants.R_OK);
	} catch (problem) {
		throw asFailure(problem, file);
	}
	return { body: createReadStream(place) as unknown as BodyInit, headers };
};

export const deed: Deed<typeof api> = async ({ io, say, args: [name, ...typed], flags }) => {
	if (name === undefined) return listAll(say);
	const row = rowNamed(name);
	if (flags.describe) return describe(say, row);
	const link = linkHere(io.cwd);
	const fields = checkedFields(row, typed, await dataIn(io, flags.data), link?.project.slug);
	const server = openServer(io, flags.server, link?.server);
	const request = requestOf(row, fields);
	const sent: Asked = row.takesFile ? { ...request, ...fileIn(io, flags.file, name) } : request;
	const once: Record<string, string> = row.method === 'GET' ? {} : { 'idempotency-key': randomUUID() };
	const answer = await ask(server, { ...sent, headers: { ...sent.headers, ...once } }, io);
	try {
		if (/^application\/json(;|$)/.test(answer.headers.get('content-type') ?? '')) {
			say.raw(`${JSON.stringify(await answer.json(), null, 2)}\n`);
			return;
		}
		const decoder = new TextDecoder();
		for await (const piece of answer.body as unknown as AsyncIterable<Uint8Array>)
			say.raw(decoder.decode(piece, { stream: true }));
		say.raw(decoder.decode());
	} catch (problem) {
		throw lost(problem, server.origin);
	}
};
