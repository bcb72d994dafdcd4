import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Message } from '../../lib/core/examples/conversation.ts';
import { othersIn } from '../../lib/core/examples/formats/full.ts';
import { splitDocument } from '../../lib/core/examples/import/document.ts';
import { type Parsed, parseLine } from '../../lib/core/examples/import/parse.ts';
import { conversationProblem } from '../../lib/core/examples/conversation.ts';
import type { add } from '../commands/add.ts';
import type { Deed } from '../deed.ts';
import { Failure } from '../exit-codes.ts';
import { appending, largestId } from '../files/append.ts';
import { newLine } from '../files/examples.ts';
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
		throw asFailure(problem, file);
	}
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
		const { messages, rewrite = null, source = null } = example;
		const { others } = othersIn({ source, messages });
		const to = appending(project);
		const rated = rating ?? example.rating ?? null;
		// its side is dealt out by ait split, which knows where its prompt stands already
		to.line(newLine(id, { messages, rewrite, rating: rated }, io.now(), others));
		to.done();
		say.line(`Added example ${id}${rated === null ? '' : `, rated ${rated}`}.`);
		if (rated === null) say.line(`Next: ait rate ${id}`);
		say.json({ id, rating: rated, turns: messages.length });
	});
