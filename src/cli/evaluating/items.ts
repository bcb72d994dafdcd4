import type { Message } from '../../lib/core/examples/conversation.ts';
import { promptOf } from '../../lib/core/examples/example.ts';
import { Failure } from '../exit-codes.ts';
import { answerOf, eachExample, questionOf } from '../files/examples.ts';
import { keptNumber } from '../files/hashes.ts';
import type { Project } from '../files/project.ts';
import type { gatherUnreadable } from '../unreadable.ts';

/** A validation example, or a prompt of a file, as it is asked. */
export type Item = {
	/** Its prompt by its hash: what an answer is kept under. */
	key: string;
	/** Of a prompt of a file its line. */
	exampleId: string | null;
	prompt: Message[];
	/** The last thing the person said. */
	input: string;
	expected: string;
};

/** What a model is asked: with the project's system prompt where the turns bring none. */
export const asked = (project: Project, turns: Message[]): Message[] => {
	const system = project.config.systemPrompt?.trim() ? project.config.systemPrompt : null;
	return system !== null && !turns.some(({ role }) => role === 'system')
		? [{ role: 'system', content: system }, ...turns]
		: turns;
};

/** What a project asks of a model: its validation set. */
export const itemsOf = (project: Project, unreadable: ReturnType<typeof gatherUnreadable>): Item[] => {
	const items: Item[] = [];
	eachExample(
		project,
		(example) => {
			if (example.split !== 'val') return;
			items.push({
				key: keptNumber(example.messages).toString(36),
				exampleId: example.id,
				prompt: asked(project, promptOf(example.messages)),
				input: questionOf(example),
				expected: answerOf(example)
			});
		},
		unreadable.add
	);
	if (items.length === 0) throw new Failure('Validation is empty, so there is nothing to ask.', 'ait split');
	return items;
};

/** The id as the original writes it: a number where it is one. */
export const idForFile = (id: string | null): number | string | undefined =>
	id === null ? undefined : /^\d+$/.test(id) ? Number(id) : id;
