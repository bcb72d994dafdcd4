import { shown } from '../text/json.ts';
import type { Message } from './conversation.ts';
import { toolsIn, trainedTurns } from './formats/training.ts';
import { controlTokenIn } from './control-tokens.ts';
import type { Offered } from './tools.ts';

/** What a provider refuses a training file for; control tokens it may refuse, or learn. */
export const trainingRules = ['order', 'tools', 'weights', 'empty', 'pair', 'control'] as const;
export type TrainingRule = (typeof trainingRules)[number];

/** What is wrong with an example before it trains; `words` begin with small letters, to be read after its number or line. */
export type Flaw = { rule: TrainingRule; words: string };

/** An example as it is sent. */
export type TrainingLine = { messages: readonly Message[]; tools?: Offered['tools'] };

type Place = Message['role'] | 'start' | 'calling';

const follows: Record<Place, readonly Message['role'][]> = {
	start: ['system', 'user'],
	system: ['user'],
	user: ['assistant'],
	assistant: ['user'],
	calling: ['tool'],
	tool: ['tool', 'assistant']
};
const expected: Record<Place, string> = {
	start: 'a conversation begins with the system prompt or the user',
	system: 'after the system prompt comes the user',
	user: 'user and assistant take turns',
	assistant: 'user and assistant take turns',
	calling: 'the tools that were called answer first',
	tool: 'after a tool comes the assistant'
};

/** The sandbox asks about whatever it was sent. */
const callsOf = (turn: Message) => (Array.isArray(turn.tool_calls) ? turn.tool_calls : []);

const orderFlaw = (messages: readonly Message[]): string | null => {
	let place: Place = 'start';
	for (const [at, turn] of messages.entries()) {
		if (turn.role === 'system' && at > 0) return `turn ${at + 1} is a system prompt; it can only come first`;
		if (!follows[place].includes(turn.role)) return `turn ${at + 1} is from ${turn.role}, but ${expected[place]}`;
		place = callsOf(turn).length > 0 ? 'calling' : turn.role;
	}
	return messages.some(({ role }) => role === 'assistant') ? null : 'there is no answer of the assistant';
};

const toolsFlaw = ({ messages, tools = [] }: TrainingLine): string | null => {
	const offered = new Set(tools.map((tool) => tool.function.name));
	const open = new Set<string>();
	for (const [at, turn] of messages.entries()) {
		const begin = `turn ${at + 1}`;
		for (const call of callsOf(turn)) {
			const name = call?.function?.name;
			if (typeof name !== 'string') return `${begin} has a call without the name of a function`;
			const calls = `${begin} calls ${shown(name)}`;
			if (offered.size === 0) return `${calls}, but the example has no list of tools`;
			if (!offered.has(name)) return `${calls}, which is not among its tools`;
			if (typeof call.id !== 'string' || call.id === '') return `${calls} without an id`;
			open.add(call.id);
		}
		if (turn.role !== 'tool') continue;
		if (turn.tool_call_id == null) return `${begin} is a tool's answer that names no call ("tool_call_id")`;
		if (!open.delete(turn.tool_call_id)) return `${begin} answers a call that nobody has made`;
	}
	return null;
};

const weightsFlaw = (messages: readonly Message[]): string | null => {
	for (const [at, { weight }] of messages.entries())
		if (weight != null && weight !== 0 && weight !== 1) return `turn ${at + 1} has a weight that is neither 0 nor 1`;
	const answers = messages.filter(({ role }) => role === 'assistant');
	return answers.length > 0 && answers.every(({ weight }) => weight === 0)
		? 'every answer has the weight 0, so there is nothing to learn'
		: null;
};

const emptyFlaw = (messages: readonly Message[]): string | null => {
	const at = messages.findIndex(
		(turn) => callsOf(turn).length === 0 && (typeof turn.content !== 'string' || turn.content.trim() === '')
	);
	return at < 0 ? null : `turn ${at + 1} (${messages[at]!.role}) is empty`;
};

const controlFlaw = (messages: readonly Message[]): string | null => {
	for (const [at, { content }] of messages.entries()) {
		const token = typeof content === 'string' ? controlTokenIn(content) : null;
		if (token) return `turn ${at + 1} has the control token ${token}, with which models end or begin a turn`;
	}
	return null;
};

const listed = (found: Partial<Record<TrainingRule, string | null>>): Flaw[] =>
	trainingRules.flatMap((rule) => (found[rule] == null ? [] : [{ rule, words: found[rule] }]));

/** Everything for which a provider would refuse this line, at most once for each rule. */
export const flawsOf = (line: TrainingLine): Flaw[] => {
	const found: Partial<Record<TrainingRule, string | null>> = {
		order: orderFlaw(line.messages),
		tools: toolsFlaw(line),
		weights: weightsFlaw(line.messages),
		empty: emptyFlaw(line.messages),
		control: controlFlaw(line.messages)
	};
	return listed(found);
};

/** A pair as it is sent: what was asked, and two answers of which the first is the better one. */
export type PairLine = {
	input: TrainingLine;
	preferred_output: readonly Message[];
	non_preferred_output: readonly Message[];
};

const pairFlaw = ({ input, preferred_output: better, non_preferred_output: worse }: PairLine): string | null => {
	if (input.messages.at(-1)?.role === 'assistant') return 'what was asked ends with the assistant';
	for (const [name, turns] of [
		['better', better],
		['worse', worse]
	] as const)
		if (turns.length !== 1 || turns[0]!.role !== 'assistant')
			return `the ${name} answer is not one turn of the assistant`;
	return better[0]!.content === worse[0]!.content ? 'both answers say the same' : null;
};

/** The same of a pair: each answer is looked at in its place. */
export const pairFlawsOf = (line: PairLine): Flaw[] => {
	const { messages, ...offered } = line.input;
	const flaws = [line.preferred_output, line.non_preferred_output].flatMap((turns) =>
		flawsOf({ messages: [...messages, ...turns], ...offered })
	);
	return listed({ ...Object.fromEntries(flaws.map(({ rule, words }) => [rule, words])), pair: pairFlaw(line) });
};

/** Text alone, and turns as they should be: nearly all examples, which are asked about by the hundred thousand. */
const isPlain = ({ messages, rewrite }: Pick<Example, 'messages' | 'rewrite'>): boolean => {
	const first = messages[0]?.role === 'system' ? 1 : 0;
	if (first === 1 && controlTokenIn(messages[0]!.content ?? '')) return false;
	for (let at = first; at < messages.length; at++) {
		const { role, content, weight, tool_calls } = messages[at]!;
		if (role !== ((at - first) % 2 === 0 ? 'user' : 'assistant') || weight != null || tool_calls != null) return false;
		if (content.trim() === '' || controlTokenIn(content) !== null) return false;
	}
	return messages.length > first && (messages.length - first) % 2 === 0 && !controlTokenIn(rewrite ?? '');
};

type Example = { messages: readonly Message[]; rewrite: string | null; source?: string | null };

/** The same of an example as it is kept, with the tools of the line it was imported from. */
export const flawsOfExample = ({ source, ...example }: Example): Flaw[] => {
	const offered = toolsIn(source);
	if (typeof offered !== 'string' && isPlain(example)) return [];
	const found = flawsOf({ messages: trainedTurns(example), ...(typeof offered !== 'string' && offered) });
	return typeof offered === 'string'
		? [...found.filter(({ rule }) => rule !== 'tools'), { rule: 'tools', words: `the imported line ${offered}` }]
		: found;
};

/** All but control tokens, of which only the provider's model decides. */
const strictest = trainingRules.filter((rule) => rule !== 'control');

/**
 * How a provider takes what is not as it should be. OpenAI lets turns follow one another in any order, and refuses fields it
 * does not know; of a server of one's own nobody can say what it refuses. How much a whole example counts is Together's alone.
 */
const takes: Record<string, { refuses: readonly TrainingRule[]; thoughts: boolean; weights: boolean }> = {
	openai: { refuses: ['tools', 'weights', 'empty', 'pair'], thoughts: false, weights: false },
	'openai-compatible': { refuses: ['weights', 'empty', 'pair'], thoughts: true, weights: false },
	'own-server': { refuses: ['weights', 'empty', 'pair'], thoughts: true, weights: false },
	nebius: { refuses: strictest, thoughts: false, weights: false },
	crusoe: { refuses: strictest, thoughts: false, weights: false }
};
/** What a provider refuses, by its id. Whoever is not known takes as little as the strictest. */
export const refusedBy = (provider: string | null): readonly TrainingRule[] =>
	takes[provider ?? '']?.refuses ?? strictest;
/** Whether a provider trains on what a model thought before it answered. */
export const takesThoughts = (provider: string | null): boolean => takes[provider ?? '']?.thoughts ?? true;
/** Whether a provider lets an example count more, or less, than the others. */
export const takesWeights = (provider: string | null): boolean => takes[provider ?? '']?.weights ?? true;
