import { answerAt } from './conversation.ts';
import type { Message } from './conversation.ts';

/**
 * Text as duplicates are compared: NFKC, lower case, every run of white space one space, trimmed. Normalising twice changes
 * nothing. ASCII, nearly all of what is imported, skips the Unicode tables.
 */
export const normalise = (text: string): string => {
	// again after lower-casing: J with a caron has no capital of its own, but its small letter is one character
	const folded = /[^\u0000-\u007f]/.test(text)
		? text.normalize('NFKC').toLowerCase().normalize('NFKC')
		: text.toLowerCase();
	return (/[^\S ]| {2}/.test(folded) ? folded.replace(/\s+/g, ' ') : folded).trim();
};

// Normalised text has no line breaks, so a line break between the parts makes the whole unambiguous.
const turnText = (turn: Message): string => {
	const said = `${turn.role}\n${normalise(turn.content)}\n`;
	if (!turn.tool_calls) return said;
	return (
		said +
		turn.tool_calls.map((call) => `${normalise(call.function.name)}\n${normalise(call.function.arguments)}\n`).join('')
	);
};

/**
 * What two examples with the same question have in common: the turns before the last assistant turn, without the system
 * prompt. The server keeps its SHA-256; equal ones may not stand on both sides of the split.
 */
export const promptText = (messages: readonly Message[]): string => {
	const end = answerAt(messages);
	let text = '';
	for (let index = 0; index < end; index++) {
		const turn = messages[index]!;
		if (turn.role !== 'system') text += turnText(turn);
	}
	return text;
};

/**
 * What two copies of the same example have in common: prompt and answer. The system prompt is left out here too, so that an
 * export, which carries the project's, is recognised when it comes back. `prompt` saves the work when it is at hand.
 */
export const contentText = (messages: readonly Message[], prompt = promptText(messages)): string => {
	const answer = messages[answerAt(messages)];
	return answer ? prompt + turnText(answer) : prompt;
};
