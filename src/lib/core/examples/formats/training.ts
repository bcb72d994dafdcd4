import { withTarget } from '../example.ts';
import type { Message } from '../conversation.ts';
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

/** The functions a conversation could call, which stand beside its turns in the imported line. */
const toolsIn = (source: string | null | undefined): Offered | null => {
	if (!source?.includes('"tools"') && !source?.includes('"functions"')) return null;
	try {
		const offered = toolsOf(JSON.parse(source));
		return typeof offered === 'string' ? null : offered; // an import refuses what cannot be read
	} catch {
		return null;
	}
};

/**
 * The line a provider trains on, without its line break: the rewrite in place of the answer it improves, the project's system
 * prompt first where the example brings none, and the tools of the imported line (`source`). Loss falls on assistant turns.
 */
export const chatLine = ({ messages, rewrite, source }: Trained, systemPrompt?: string | null): string => {
	const turns = rewrite === null ? messages : withTarget(messages, rewrite);
	const prompt = systemPrompt != null && systemPrompt.trim() !== '' && !turns.some((turn) => turn.role === 'system');
	return JSON.stringify({
		messages: [...(prompt ? [{ role: 'system', content: systemPrompt }] : []), ...turns.map(turnFor)],
		...toolsIn(source)
	});
};
