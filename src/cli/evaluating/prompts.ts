import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Message } from '../../lib/core/examples/conversation.ts';
import { linesOf } from '../../lib/core/examples/import/lines.ts';
import { type Sayings, familiesOf, indexFor, sayingsOf } from '../../lib/core/examples/near.ts';
import { type ParsedPrompt, parsePrompt } from '../../lib/core/prompts/parse.ts';
import { mostPrompts, withAnswer } from '../../lib/core/prompts/pool.ts';
import { isTable, linesOfTable } from '../../lib/core/prompts/table.ts';
import { figure } from '../../lib/core/text/figure.ts';
import { Failure } from '../exit-codes.ts';
import { eachExample } from '../files/examples.ts';
import { keptNumber, promptNumber } from '../files/hashes.ts';
import { mostCompared, nameOf } from '../files/near.ts';
import type { Project } from '../files/project.ts';
import { trainedPrompts } from '../files/runs.ts';
import { asFailure } from '../files/write.ts';
import type { Io } from '../terminal/io.ts';
import type { Say } from '../terminal/say.ts';
import type { gatherUnreadable } from '../unreadable.ts';
import { type Item, asked } from './items.ts';

type Read = { line: number; messages: Message[]; sayings: Sayings };

const named = 3;
const several = (count: number, one: string) => `${figure(count)} ${one}${count === 1 ? '' : 's'}`;

/** The prompts of a file as the pool of the app reads them, and why lines have none. */
const readPrompts = async (text: string, name: string): Promise<{ list: Read[]; refused: string[] }> => {
	const list: Read[] = [];
	const refused: string[] = [];
	const take = (line: number, parsed: ParsedPrompt) => {
		if (!parsed.ok) refused.push(parsed.reason);
		else list.push({ line, messages: parsed.messages, sayings: sayingsOf(withAnswer(parsed.messages)) });
	};
	const pieces = async function* () {
		yield text;
	};
	const lines = linesOf(pieces());
	for await (const { number, text: line, reason } of isTable(name) ? linesOfTable(lines) : lines)
		if (line === null) refused.push(reason);
		else if (line.trim() !== '') take(number, parsePrompt(line, number));
	return { list, refused };
};

/** Of each prompt what a model knows that nearly asks the same: an example that trains, or what a run has learnt; null for nothing. */
const knownTo = (project: Project, list: readonly Read[], unreadable: ReturnType<typeof gatherUnreadable>) => {
	const learnt = trainedPrompts(project);
	const known: { name: string; sayings: Sayings }[] = [];
	eachExample(
		project,
		(example) => {
			if (known.length > mostCompared) return;
			if (example.split === 'train' || learnt.has(promptNumber(example.messages)))
				known.push({ name: nameOf(example), sayings: sayingsOf(example.messages) });
		},
		unreadable.add
	);
	// with more only what asks exactly the same is known, as where examples are split
	const index = known.length > mostCompared ? null : indexFor(known.map((one) => one.sayings));
	if (index) for (const { sayings } of known) index.add(sayings);
	return list.map(({ messages, sayings }) => {
		const [twin] = index?.twinsOf(sayings) ?? [];
		if (twin !== undefined) return known[twin]!.name;
		return learnt.has(promptNumber(withAnswer(messages))) ? 'what a run has learnt' : null;
	});
};

/** What is asked from a file instead of the validation set: what no model knows, one of those that nearly ask the same. Says what is left out. */
export const promptItems = async (
	{ io, say, project }: { io: Io; say: Say; project: Project },
	name: string,
	unreadable: ReturnType<typeof gatherUnreadable>
): Promise<Item[]> => {
	let text: string;
	try {
		text = readFileSync(path.resolve(io.cwd, name), 'utf8').replace(/^\ufeff/, '');
	} catch (problem) {
		throw asFailure(problem, name, 'read');
	}
	const { list, refused } = await readPrompts(text, name);
	if (list.length > mostPrompts)
		throw new Failure(`${name} has ${figure(list.length)} prompts, and at most ${figure(mostPrompts)} are asked.`);
	const twins = knownTo(project, list, unreadable);
	const unknown = list.filter((_, at) => twins[at] === null);
	const families = familiesOf(unknown.map(({ sayings }) => sayings));
	const chosen = unknown.filter((_, at) => families[at] === at);
	if (refused.length > 0) {
		say.warn(`ait: ${several(refused.length, 'line')} of ${name} ${refused.length === 1 ? 'has' : 'have'} no prompt:`);
		for (const reason of refused.slice(0, named)) say.warn(`     ${reason}`);
	}
	const knows = [...new Set(twins.filter((twin) => twin !== null))];
	if (knows.length > 0) {
		const more = knows.length > named ? ` and ${knows.length - named} more` : '';
		const count = list.length - unknown.length;
		say.note(
			`${several(count, 'prompt')} left out: a model knows what nearly asks the same, ${knows.slice(0, named).join(', ')}${more}.`
		);
	}
	if (chosen.length < unknown.length)
		say.note(
			`${several(unknown.length - chosen.length, 'prompt')} left out: another of the file nearly asks the same.`
		);
	if (chosen.length === 0)
		throw new Failure(`${name} has no prompt that can be asked.`, 'write one question on each line');
	return chosen.map(({ line, messages }) => ({
		key: keptNumber(withAnswer(messages)).toString(36),
		exampleId: String(line),
		prompt: asked(project, messages),
		input: messages.findLast(({ role }) => role === 'user')?.content ?? '',
		expected: ''
	}));
};
