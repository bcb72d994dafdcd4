import type { Message } from '../conversation.ts';
import { targetOf } from '../example.ts';
import { type Draft, type Format, type Row, drafted, fields } from './format.ts';
import { sharegpt } from './sharegpt.ts';
import { trainedParts } from './training.ts';

/** To the prompt, the rewrite is preferred over the answer it improves. */
export type Rewritten = { messages: readonly Message[]; rewrite: string; source?: string | null };

const answer = (content: string) => [{ role: 'assistant' as const, content }];

/** The parts of a line of preference data (DPO) as Together and OpenAI read it; the rest as of `trainedParts`. */
export const preferenceParts = (
	example: Rewritten,
	systemPrompt?: string | null,
	taken?: Parameters<typeof trainedParts>[2]
) => {
	const { messages, weight, ...tools } = trainedParts(example, systemPrompt, taken);
	return {
		input: { messages: messages.slice(0, -1), ...tools },
		preferred_output: answer(example.rewrite),
		non_preferred_output: answer(targetOf({ messages: example.messages, rewrite: null })),
		...(weight !== undefined && { weight })
	};
};

/** The line itself, without its line break. The project's system prompt comes first where the example brings none. */
export const preferenceLine = (...example: Parameters<typeof preferenceParts>): string =>
	JSON.stringify(preferenceParts(...example));

const isList = (value: unknown): value is unknown[] => Array.isArray(value) && value.length > 0;
const isObject = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);
/** An answer as a turn of a conversation, of OpenAI's or of ShareGPT's words. */
const contentOf = (turn: unknown): unknown => (isObject(turn) ? (turn.value ?? turn.content) : turn);

/** What was asked, as far as it stands beside the answers. */
const askedIn = ({ input, prompt, question, conversations }: Row): readonly unknown[] | string => {
	if (isList(conversations)) {
		const draft = sharegpt.read({ conversations });
		return typeof draft === 'string' ? draft : draft.turns;
	}
	const given = (isObject(input) ? input.messages : null) ?? prompt ?? question;
	if (isList(given)) return given;
	return typeof given === 'string' && given !== '' ? [{ role: 'user', content: given }] : [];
};

type Parts = { asked: readonly unknown[]; better: unknown; worse: unknown };

/** Both answers with what was asked: texts, turns, or whole conversations that differ in their last answer. */
const partsOf = (row: Row): Parts | string => {
	const better = row.preferred_output ?? row.chosen;
	const worse = row.non_preferred_output ?? row.rejected;
	if (worse == null)
		return `has a better answer but no worse one ("${row.chosen == null ? 'non_preferred_output' : 'rejected'}")`;
	const asked = askedIn(row);
	if (typeof asked === 'string') return asked;
	if (!Array.isArray(better) || !Array.isArray(worse))
		return { asked, better: contentOf(better), worse: contentOf(worse) };
	const before = better.slice(0, -1);
	return JSON.stringify(before) === JSON.stringify(worse.slice(0, -1))
		? { asked: isList(before) ? before : asked, better: contentOf(better.at(-1)), worse: contentOf(worse.at(-1)) }
		: 'has two conversations that differ before their last answer';
};

/** A pair becomes an example with a rewrite: the worse answer, improved to the better one. */
const read = (row: Row): Draft => {
	const parts = partsOf(row);
	if (typeof parts === 'string') return parts;
	const { asked, better, worse } = parts;
	if (asked.length === 0) return 'has two answers, but not what was asked';
	const isText = (value: unknown) => typeof value === 'string' && value.trim() !== '';
	if (!isText(better) || !isText(worse)) return `has a ${isText(better) ? 'worse' : 'better'} answer that is no text`;
	if (better === worse) return 'has two answers that say the same';
	const saysMore = isObject(row.input) && Object.keys(row.input).some((key) => key !== 'messages');
	return drafted(row, [...asked, { role: 'assistant', content: worse }], { rewrite: better, saysMore });
};

/** `{"input":{"messages":[…]},"preferred_output":[…],"non_preferred_output":[…]}` of OpenAI and Together, or `chosen` and `rejected`. */
export const preference: Format = {
	name: 'Preference pairs (DPO)',
	sniff: ({ preferred_output, chosen, rejected, completion }) =>
		preferred_output != null || (chosen != null && (rejected != null || completion == null)),
	read,
	fields: fields(
		'input',
		'prompt',
		'question',
		'conversations',
		'preferred_output',
		'non_preferred_output',
		'chosen',
		'rejected'
	)
};
