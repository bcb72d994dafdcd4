import { withTarget } from '../example.ts';
import type { Message } from '../conversation.ts';
import { readJson } from '../../text/json.ts';

type Trained = { messages: readonly Message[]; rewrite: string | null; source?: string | null };

/** Only what the providers know, in one order, so that equal examples give equal bytes. */
const turnFor = ({ role, content, weight, name, tool_calls, tool_call_id }: Message) => ({
	role,
	content,
	...(role === 'assistant' && { weight }), // JSON has no undefined
	...(name != null && { name }),
	...(tool_calls != null && { tool_calls }),
	...(tool_call_id != null && { tool_call_id })
});

/** The functions a conversation could call stand beside its messages; ShareGPT writes them as JSON text, and bare. */
const toolsIn = (source: string | null | undefined): object | null => {
	if (!source?.includes('"tools"')) return null;
	try {
		const { tools: given, parallel_tool_calls } = JSON.parse(source);
		const tools = typeof given === 'string' ? readJson(given) : given;
		if (!Array.isArray(tools) || tools.length === 0) return null;
		return {
			tools: tools.map((tool) => (tool.type === 'function' ? tool : { type: 'function', function: tool })),
			...(typeof parallel_tool_calls === 'boolean' && { parallel_tool_calls })
		};
	} catch {
		return null; // an unreadable list of tools is not sent; the conversation still is
	}
};

/** What a provider is sent of an example: the parts of its line. */
export const trainedParts = ({ messages, rewrite, source }: Trained, systemPrompt?: string | null) => {
	const turns = rewrite === null ? messages : withTarget(messages, rewrite);
	const prompt = systemPrompt != null && systemPrompt.trim() !== '' && !turns.some((turn) => turn.role === 'system');
	return {
		messages: [...(prompt ? [{ role: 'system', content: systemPrompt }] : []), ...turns.map(turnFor)],
		...toolsIn(source)
	};
};

/**
 * The line a provider trains on, without its line break: the rewrite in place of the answer it improves, the project's system
 * prompt first where the example brings none, and the tools of the imported line (`source`). Loss falls on assistant turns.
 */
export const chatLine = (example: Trained, systemPrompt?: string | null): string =>
	JSON.stringify(trainedParts(example, systemPrompt));
