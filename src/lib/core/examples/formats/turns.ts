import type { Row } from './format.ts';

const isObject = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What an API answers with a text in parts says the same as the text alone; pictures and files stay, to be refused. */
const textOf = (parts: readonly unknown[]): string | null => {
	const texts = parts.map((part) => (isObject(part) && part.type === 'text' ? part.text : null));
	return texts.length > 0 && texts.every((text) => typeof text === 'string') ? texts.join('') : null;
};

const hasBareArguments = (calls: unknown): calls is Row[] =>
	Array.isArray(calls) && calls.some((call) => isObject(call?.function) && isObject(call.function.arguments));

const isOld = ({ role, content, function_call, tool_calls }: Row): boolean =>
	role === 'developer' ||
	role === 'function' ||
	function_call != null ||
	Array.isArray(content) ||
	(tool_calls != null && hasBareArguments(tool_calls));

const asText = (given: unknown): unknown => (isObject(given) ? JSON.stringify(given) : given);

/**
 * The turns in today's spelling: `developer` is the system, a `function_call` one of the `tool_calls`, a `function` the tool
 * that answers it; arguments are JSON text, and text in parts is text. The same list where nothing is old.
 */
export const modernTurns = (turns: readonly unknown[]): readonly unknown[] => {
	if (!turns.some((turn) => isObject(turn) && isOld(turn))) return turns;
	let calls = 0;
	return turns.map((turn) => {
		if (!isObject(turn) || !isOld(turn)) return turn;
		const { function_call, ...modern } = turn;
		if (Array.isArray(modern.content)) modern.content = textOf(modern.content) ?? modern.content;
		if (modern.role === 'developer') modern.role = 'system';
		if (modern.role === 'function') {
			modern.role = 'tool';
			modern.tool_call_id ??= `call_${calls}`;
		}
		if (isObject(function_call)) {
			const called = { ...function_call, arguments: asText(function_call.arguments) };
			modern.tool_calls ??= [{ id: `call_${++calls}`, type: 'function', function: called }];
		} else if (function_call != null) modern.tool_calls ??= function_call; // to be refused as no list of calls
		if (hasBareArguments(modern.tool_calls)) {
			modern.tool_calls = modern.tool_calls.map((call) => {
				const called = call.function as Row;
				return { ...call, function: { ...called, arguments: asText(called.arguments) } };
			});
		}
		return modern;
	});
};
