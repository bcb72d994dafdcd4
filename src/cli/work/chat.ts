import type { Message } from '../../lib/core/examples/conversation.ts';
import type { Completion } from '../../lib/server/providers/provider.ts';
import type { chat } from '../commands/chat.ts';
import type { Deed } from '../deed.ts';
import { Failure } from '../exit-codes.ts';
import type { Project } from '../files/project.ts';
import { reading } from '../files/session.ts';
import { type Connected, connect } from '../providers.ts';
import { askOn } from '../terminal/ask.ts';
import { harmless } from '../terminal/plain.ts';
import { readAll } from '../terminal/read-all.ts';
import { versionIn } from '../training/follow.ts';
import { callName, readyRun } from '../training/serving.ts';

type Flags = Parameters<Deed<typeof chat>>[0]['flags'];

const modelOf = (project: Project, connected: Connected, flags: Flags): string => {
	if (flags.model !== undefined) return flags.model;
	if (flags.base) return project.config.model;
	return callName(project, readyRun(project, versionIn(flags.run)), connected);
};

export const deed: Deed<typeof chat> = async ({ io, say, args, flags }) => {
	const project = reading(io, say);
	const connected = await connect(io, project);
	const model = modelOf(project, connected, flags);
	const system = flags.system ?? project.config.systemPrompt ?? '';
	const messages: Message[] = system.trim() === '' ? [] : [{ role: 'system', content: system }];
	const { temperature, 'max-tokens': maxTokens } = flags;

	const ask = async (question: string): Promise<Completion> => {
		messages.push({ role: 'user', content: question });
		const write = (piece: string) => say.isJson || say.raw(harmless(piece));
		const answer = await connected.provider.chat(connected.access, { model, messages, temperature, maxTokens }, write);
		messages.push({ role: 'assistant', content: answer.text });
		say.line();
		if (answer.finishReason === null) say.warn('ait: The answer was cut off.');
		if (answer.finishReason === 'length') say.note('It reached the longest length: --max-tokens.');
		return answer;
	};

	const question = args.length > 0 ? args.join(' ') : io.stdin.isTTY ? null : (await readAll(io.stdin)).trim();
	if (question === '') throw new Failure('Nothing was asked.', 'ait chat "Where is my parcel?"', 'usage');
	if (question !== null) {
		const startedAt = io.now().getTime();
		const { text, finishReason, promptTokens, completionTokens } = await ask(question);
		say.json({ model, text, finishReason, promptTokens, completionTokens, ms: io.now().getTime() - startedAt });
		return;
	}
	say.note(`${model} listens. Ctrl-D ends it.`);
	const asked = askOn(io, say);
	try {
		for (;;) {
			const said = await asked.text('>').catch(() => null);
			if (said === null) {
				io.stderr.write('\n'); // behind the question that nobody answers any more
				return;
			}
			if (said !== '') await ask(said);
		}
	} finally {
		asked.close();
	}
};
