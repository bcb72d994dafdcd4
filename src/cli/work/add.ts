import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Message } from '../../lib/core/examples/conversation.ts';
import { othersIn } from '../../lib/core/examples/formats/full.ts';
import { splitDocument } from '../../lib/core/examples/import/document.ts';
import { type Parsed, parseLine } from '../../lib/core/examples/import/parse.ts';
import { mostAtOnce, sayingsOf } from '../../lib/core/examples/near.ts';
import { conversationProblem } from '../../lib/core/examples/conversation.ts';
import type { add } from '../commands/add.ts';
import type { Deed } from '../deed.ts';
import { Failure } from '../exit-codes.ts';
import { appending, largestId } from '../files/append.ts';
import { isBlankLine, isUnreadable, newLine, readExample } from '../files/examples.ts';
import { hashesAt, hashesOf } from '../files/hashes.ts';
import { eachSpan } from '../files/lines.ts';
import { idOf, nameOf, twinsAmong } from '../files/near.ts';
import { messagesAt, plainLineAt } from '../files/plain-line.ts';
import { type Project, examplesFile } from '../files/project.ts';
import { writing } from '../files/session.ts';
import { asFailure } from '../files/write.ts';
import { edited } from '../terminal/editor.ts';
import type { Io } from '../terminal/io.ts';
import { readAll } from '../terminal/read-all.ts';

type Accepted = Extract<Parsed, { ok: true }>;

/** The original took paths here, and people type texts: what is a file is read. */
const textOrFile = (io: Io, given: string): string => {
	const file = path.resolve(io.cwd, given);
	const isFile = given.length < 1000 && !given.includes('\n') && statSync(file, { throwIfNoEntry: false })?.isFile();
	return (isFile ? readFileSync(file, 'utf8') : given).trim();
};

const parsedOne = (text: string, where: string): Accepted => {
	const lines = splitDocument(text);
	if (lines.length === 0) throw new Failure(`${where} is empty.`);
	if (lines.length > 1)
		throw new Failure(`${where} has ${lines.length} examples, and ait add takes one.`, 'ait import FILE');
	const [line] = lines;
	const parsed = line!.text === null ? null : parseLine(line!.text, line!.number);
	if (!parsed?.ok)
		throw new Failure(`${where}: ${parsed?.reason ?? line!.reason}.`, 'ait add --help shows what is read');
	return parsed;
};

const pairOf = (project: Project, input: string, output: string): Pick<Accepted, 'messages'> => {
	const { systemPrompt } = project.config;
	const messages: Message[] = [
		...(systemPrompt?.trim() ? [{ role: 'system' as const, content: systemPrompt }] : []),
		{ role: 'user', content: input },
		{ role: 'assistant', content: output }
	];
	const problem = conversationProblem(messages);
	if (problem) throw new Failure(`This cannot be added: ${problem}.`, 'ait add --input TEXT --output TEXT');
	return { messages };
};

const readFile = (io: Io, file: string): string => {
	try {
		return readFileSync(path.resolve(io.cwd, file), 'utf8');
	} catch (problem) {
		throw asFailure(problem, file, 'read');
	}
};

const named = 3;

/** The names of examples that nearly ask the same. Throws a failure where the conversation is there already, as the app does. */
const twinsIn = (project: Project, messages: readonly Message[]): string[] => {
	const file = examplesFile(project);
	if (!existsSync(file)) return [];
	const { said } = hashesOf(messages);
	const others: Parameters<typeof twinsAmong>[0][number][] = [];
	eachSpan(file, (buffer, from, to, line) => {
		const plain = plainLineAt(buffer, from, to);
		const bytes = plain ? '' : buffer.toString('latin1', from, to);
		if (!plain && isBlankLine(bytes)) return;
		const read = plain ? { id: String(plain.id), messages: null } : readExample(bytes, line);
		if (isUnreadable(read)) return;
		const example = { line, id: read.id };
		if ((plain ? hashesAt(buffer, plain) : hashesOf(read.messages!)).said === said)
			throw new Failure(`This conversation is here already, as ${nameOf(example)}.`, `ait show ${idOf(example)}`);
		if (others.length > mostAtOnce) return;
		others.push({ name: nameOf(example), sayings: sayingsOf(read.messages ?? messagesAt(buffer, plain!)) });
	});
	return twinsAmong(others, messages);
};

export const deed: Deed<typeof add> = ({ io, say, flags }) =>
	writing(io, say, 'add', async (project) => {
		const { input, output, file, rating } = flags;
		if ((input === undefined) !== (output === undefined))
			throw new Failure('--input and --output belong together.', 'ait add --input TEXT --output TEXT', 'usage');
		let example: Pick<Accepted, 'messages'> & Partial<Accepted>;
		if (input !== undefined) example = pairOf(project, textOrFile(io, input), textOrFile(io, output!));
		else if (file !== undefined && file !== '-') example = parsedOne(readFile(io, file), file);
		else if (file === '-' || !io.stdin.isTTY)
			example = parsedOne(await readAll(io.stdin), 'What came through the pipe');
		else {
			const asked = await edited(io, '', 'input.md');
			example = pairOf(project, asked.trim(), (await edited(io, '', 'output.md')).trim());
		}
		const id = largestId(examplesFile(project)) + 1;
		const near = twinsIn(project, example.messages);
		const { messages, rewrite = null, source = null } = example;
		const { others } = othersIn({ source, messages });
		const to = appending(project);
		const rated = rating ?? example.rating ?? null;
		// its side is dealt out by ait split, which knows where its prompt stands already
		to.line(newLine(id, { messages, rewrite, rating: rated }, io.now(), others));
		to.done();
		say.line(`Added example ${id}${rated === null ? '' : `, rated ${rated}`}.`);
		if (near.length > 0)
			say.text(`It asks nearly the same as ${near.slice(0, named).join(', ')}: ait split keeps them on one side.`);
		say.outcome(String(id));
		if (rated === null) say.aside(`Next: ait rate ${id}`);
		say.json({ id, rating: rated, turns: messages.length, near });
	});
