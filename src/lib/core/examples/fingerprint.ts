import { answerAt } from './example.ts';
import type { Message } from './conversation.ts';

const encoder = new TextEncoder();
/** A text is looked through as bytes here: that takes a third of the time of asking it for each character. */
const looked = new Uint8Array(1 << 16);

/**
 * Text as duplicates are compared: NFKC, lower case, every run of white space one space, trimmed. Normalising twice changes
 * nothing. ASCII, nearly all of what is imported, skips the Unicode tables.
 */
export const normalise = (text: string): string => {
	// only ASCII takes a byte a character, and of a long text the bytes end where there is no room for more
	const { read, written } = encoder.encodeInto(text, looked);
	if (read !== text.length || written !== read) return normaliseUnicode(text);
	let isSpaced = 0; // or may be: two blanks, or a line break, tab or other control character
	let wasBlank = 0;
	for (let at = 0; at < written; at++) {
		const byte = looked[at]!;
		const isBlank = Number(byte <= 0x20);
		isSpaced |= (isBlank & wasBlank) | Number(byte < 0x0e);
		wasBlank = isBlank;
	}
	const folded = text.toLowerCase();
	return (isSpaced ? folded.replace(/\s+/g, ' ') : folded).trim();
};

const normaliseUnicode = (text: string): string => {
	// again after lower-casing: J with a caron has no capital of its own, but its small letter is one character
	const folded = text.normalize('NFKC').toLowerCase().normalize('NFKC');
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
 * What two examples have in common that say the same: prompt and answer, without the system prompt. The order in which a seed
 * deals examples out goes by its hash. `prompt` saves the work when it is at hand.
 */
export const contentText = (messages: readonly Message[], prompt = promptText(messages)): string => {
	const answer = messages[answerAt(messages)];
	return answer ? prompt + turnText(answer) : prompt;
};

/**
 * What two copies have in common besides, to the sign: the system prompt and the answer. In code and in names case and white
 * space are the very thing to learn. Written as JSON, so that the database can read the same from the stored turns. A system
 * prompt `beside` is left out: the project's, which its training files carry.
 */
export const exactText = (messages: readonly Message[], beside: string | null = null): string => {
	const end = answerAt(messages);
	let text = '';
	for (let index = 0; index < end; index++) {
		const turn = messages[index]!;
		if (turn.role === 'system' && turn.content !== beside) text += `${JSON.stringify(turn.content)}\n`;
	}
	const answer = messages[end];
	if (!answer) return text;
	return text + JSON.stringify(answer.content) + (answer.tool_calls ? JSON.stringify(answer.tool_calls) : '');
};
