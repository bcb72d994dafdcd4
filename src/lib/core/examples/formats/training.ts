import { withTarget } from '../example.ts';
import { promptText } from '../fingerprint.ts';
import { type Message, sampleWeightProblem } from '../conversation.ts';
import { type Offered, toolsOf } from '../tools.ts';

type Trained = { messages: readonly Message[]; rewrite: string | null; source?: string | null };

/** Only what the providers know, in one order, so that equal examples give equal bytes. */
const turnFor = (turn: Message) => {
	const { role, content, weight, name, reasoning, reasoning_content, tool_calls, tool_call_id } = turn;
	return {
		role,
		content,
		...(role === 'assistant' && weight != null && { weight }),
		...(name != null && { name }),
		...(role === 'assistant' && reasoning != null && { reasoning }),
		...(role === 'assistant' && reasoning_content != null && { reasoning_content }),
		...(tool_calls != null && { tool_calls }),
		...(tool_call_id != null && { tool_call_id })
	};
};

/**
 * The functions a conversation could call, which stand beside its turns in the imported line (`source`). An import refuses
 * what cannot be read; where an earlier one did not, it is a sentence, to be read after `Line 3 `.
 */
export const toolsIn = (source: string | null | undefined): Offered | string | null => {
	if (!source?.includes('"tools"') && !source?.includes('"functions"')) return null;
	try {
		return toolsOf(JSON.parse(source));
	} catch {
		return null;
	}
};

/** How much an imported line counts in training, where it says so; an import refuses what is no such number. */
export const weightIn = (source: string | null | undefined): number | null => {
	if (!source?.includes('"weight"')) return null;
	try {
		const { weight } = JSON.parse(source);
		return sampleWeightProblem(weight) === null ? (weight ?? null) : null;
	} catch {
		return null;
	}
};

/** The turns that train: the rewrite in place of the answer it improves. */
export const trainedTurns = ({ messages, rewrite }: Omit<Trained, 'source'>): readonly Message[] =>
	rewrite === null ? messages : withTarget(messages, rewrite);

const withoutThoughts = ({ reasoning: _, reasoning_content: __, ...turn }: Message): Message => turn as Message;

/**
 * What a provider is sent of an example: the parts of its line. `thoughts` and `weights`: whether it takes what a model thought before
 * it answered, and how much an example counts (trainable.ts).
 */
export const trainedParts = (
	{ source, ...example }: Trained,
	systemPrompt?: string | null,
	{ thoughts = true, weights = true }: { thoughts?: boolean; weights?: boolean } = {}
) => {
	const turns = trainedTurns(example);
	const prompt = systemPrompt != null && systemPrompt.trim() !== '' && !turns.some((turn) => turn.role === 'system');
	const tools = toolsIn(source);
	const weight = weights ? weightIn(source) : null;
	return {
		messages: [
			...(prompt ? [{ role: 'system', content: systemPrompt }] : []),
			...turns.map((turn) => turnFor(thoughts ? turn : withoutThoughts(turn)))
		],
		...(typeof tools !== 'string' && tools),
		...(weight !== null && { weight })
	};
};

/**
 * The line a provider trains on, without its line break: the rewrite in place of the answer it improves, the project's system
 * prompt first where the example brings none, and the tools of the imported line (`source`). Loss falls on assistant turns.
 */
export const chatLine = (...example: Parameters<typeof trainedParts>): string =>
	JSON.stringify(trainedParts(...example));

type Line = { messages?: Message[]; input?: { messages: Message[] }; preferred_output?: Message[] };

/** What a line of a training file asks, as equal prompts are compared: of a conversation, or of what was asked with two answers. */
export const promptOfLine = (line: string): string => {
	const { messages, input, preferred_output: preferred } = JSON.parse(line) as Line;
	return promptText(messages ?? [...input!.messages, ...preferred!]);
};
