import { type Message, conversationProblem, rewriteProblem, turnRoles } from '../../lib/core/examples/conversation.ts';
import { answerAt } from '../../lib/core/examples/example.ts';
import { mostAtOnce, sayingsOf } from '../../lib/core/examples/near.ts';
import type { edit } from '../commands/edit.ts';
import type { Deed } from '../deed.ts';
import { Failure } from '../exit-codes.ts';
import {
	type Edit,
	type Example,
	answerOf,
	editedLine,
	isBlankLine,
	isUnreadable,
	readExample
} from '../files/examples.ts';
import { findExample } from '../files/find.ts';
import { promptHash } from '../files/hashes.ts';
import { eachLine, rewriteLines } from '../files/lines.ts';
import { nameOf, twinsAmong } from '../files/near.ts';
import { type Project, examplesFile } from '../files/project.ts';
import { writing } from '../files/session.ts';
import { agreed, mustBeAsked } from '../terminal/ask.ts';
import { edited } from '../terminal/editor.ts';

const heading = new RegExp(`^### (${turnRoles.join('|')})[ \\t]*$`, 'm');

const asText = (example: Example): string =>
	example.messages
		.map(({ role, content }, at) => `### ${role}\n${at === answerAt(example.messages) ? answerOf(example) : content}\n`)
		.join('\n');

/** The turns of a text that was edited. What a turn has besides its text stays with the turn in the same place. */
const turnsIn = (text: string, before: readonly Message[]): Message[] => {
	const [rest, ...parts] = text.split(heading);
	if (rest!.trim() !== '')
		throw new Failure('What stands before the first "### …" belongs to no turn.', 'ait edit again');
	const turns: Message[] = [];
	for (let at = 0; at < parts.length; at += 2) {
		const role = parts[at] as Message['role'];
		const content = parts[at + 1]!.trim();
		const same = before[turns.length];
		turns.push(same?.role === role ? { ...same, content } : { role, content });
	}
	const problem = conversationProblem(turns);
	if (problem) throw new Failure(`It was not taken over: ${problem}.`, 'ait edit again');
	return turns;
};

/** What measures must not be learnt, so a question may not come to stand on both sides. */
const refuseLeak = (project: Project, example: Example, messages: readonly Message[]) => {
	const prompt = promptHash(messages);
	if (example.split === null || prompt === promptHash(example.messages)) return;
	if (example.split === 'val')
		throw new Failure(
			'This is a validation example: what it asks is locked. Its answer can be changed.',
			'ait edit --output TEXT'
		);
	const measured: Parameters<typeof twinsAmong>[0][number][] = [];
	const refuse = (name: string, asks: string): never => {
		throw new Failure(`It asks ${asks} as ${name}, which is in validation: the model would know its answer.`);
	};
	eachLine(examplesFile(project), (bytes, line) => {
		const other = line === example.line || isBlankLine(bytes) ? null : readExample(bytes, line);
		if (!other || isUnreadable(other) || other.split !== 'val') return;
		if (promptHash(other.messages) === prompt) refuse(nameOf(other), 'the same');
		if (measured.length <= mostAtOnce) measured.push({ name: nameOf(other), sayings: sayingsOf(other.messages) });
	});
	const [twin] = twinsAmong(measured, messages);
	if (twin !== undefined) refuse(twin, 'nearly the same');
};

const rewriteOf = (example: Example, text: string): string | null => {
	const problem = rewriteProblem(text);
	if (problem) throw new Failure(`It was not taken over: ${problem}.`);
	return text === example.messages[answerAt(example.messages)]!.content ? null : text;
};

export const deed: Deed<typeof edit> = ({ io, say, args: [wanted], flags }) =>
	writing(io, say, 'edit', async (project) => {
		const example = findExample(project, wanted!);
		const name = nameOf(example);
		const put = (line: string | null) =>
			rewriteLines(examplesFile(project), (_, number) => (number === example.line ? line : undefined));
		if (flags.delete) {
			if (!(await agreed(io, say, `Delete ${name}?`, { yes: flags.yes, mend: `ait edit ${wanted} --delete --yes` })))
				throw new Failure(`${name} stays.`);
			put(null);
			say.line(`Deleted ${name}.`);
			say.json({ id: example.id, deleted: true });
			return;
		}
		const change: Edit = {};
		if (flags.rating !== undefined) change.rating = flags.rating === 0 ? null : flags.rating;
		if (flags.output !== undefined) change.rewrite = rewriteOf(example, flags.output);
		if (flags.rating === undefined && flags.output === undefined) {
			mustBeAsked(io, `ait edit ${wanted} --output TEXT`);
			const before = asText(example);
			const after = await edited(io, before, 'example.md');
			if (after.trim() === before.trim()) {
				say.line('Nothing was changed.');
				return;
			}
			const turns = turnsIn(after, example.messages);
			refuseLeak(project, example, turns);
			const answer = turns[answerAt(turns)]!.content;
			const kept = example.messages[answerAt(example.messages)]!.content;
			change.messages = turns.map((turn, at) => (at === answerAt(turns) ? { ...turn, content: kept } : turn));
			change.rewrite = answer === kept ? null : answer;
		}
		put(editedLine(example, change));
		say.line(`Changed ${name}.`);
		say.json({ id: example.id, deleted: false, rating: change.rating === undefined ? example.rating : change.rating });
	});
