import { readJson } from '../text/json.ts';

/** A function the model may call, as OpenAI and Together both write it. */
type Tool = { type: 'function'; function: { name: string; [key: string]: unknown } };

/** What a line offers beside its turns. */
export type Offered = { tools: Tool[]; parallel_tool_calls?: boolean };

const none = (given: unknown) =>
	given == null || (typeof given === 'string' && given.trim() === '') || (Array.isArray(given) && given.length === 0);

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** ShareGPT writes the list as JSON text, and the functions in it bare. */
const listOf = (given: unknown): unknown => {
	if (typeof given !== 'string') return given;
	try {
		return readJson(given);
	} catch {
		return undefined;
	}
};

const toolOf = (given: unknown): Tool | string => {
	const bare = isObject(given) && given.type === 'function' ? given.function : given;
	if (!isObject(bare) || typeof bare.name !== 'string' || bare.name === '') return 'without the name of a function';
	const { parameters, ...others } = bare as Tool['function'];
	if (parameters == null) return { type: 'function', function: others };
	if (!isObject(parameters)) return `whose "parameters" are not an object: "${bare.name.slice(0, 30)}"`;
	return isObject(given) && given.type === 'function'
		? (given as Tool)
		: { type: 'function', function: bare as Tool['function'] };
};

/** In a line of preferences they stand with what was asked. */
const besideTurns = (row: Record<string, unknown>) =>
	none(row.tools) && none(row.functions) && isObject(row.input) ? row.input : row;

/**
 * The functions the conversation of a row could call: its `tools`, or `functions`, as they were once called; null where there
 * are none. What cannot be sent to a provider is a sentence, to be read after `Line 3 `.
 */
export const toolsOf = (row: Record<string, unknown>): Offered | string | null => {
	const beside = besideTurns(row);
	const { tools, functions, parallel_tool_calls: parallel } = beside;
	const name = none(tools) ? 'functions' : 'tools';
	const given = beside[name];
	if (none(given)) return null;
	if (name === 'tools' && !none(functions)) return 'has both "tools" and "functions"; keep one of them';
	const list = listOf(given);
	if (list === undefined) return `has "${name}" that are not valid JSON`;
	if (none(list)) return null;
	if (!Array.isArray(list)) return `has "${name}" that are not a list of functions`;
	const offered: Tool[] = [];
	for (const each of list) {
		const tool = toolOf(each);
		if (typeof tool === 'string') return `has a tool ${tool}`;
		offered.push(tool);
	}
	return { tools: offered, ...(typeof parallel === 'boolean' && { parallel_tool_calls: parallel }) };
};
