import type { Message } from '../../lib/core/examples/conversation.ts';
import { maxCharacters } from '../../lib/core/examples/conversation.ts';
import { endOfString } from '../../lib/core/text/json.ts';
import { type Tail, tailOf } from './fields.ts';
import { decoded } from './lines.ts';

/** An example whose line is written as the original and we write it, in a third of the time that reading any line takes. */
export type Quick = Tail & {
	messages: Message[];
	/** Where its turns stand in the line. */
	from: number;
	to: number;
	/** There is no escape in them, so that these bytes are what `JSON.stringify` would write. */
	isPlain: boolean;
};

const begin = /^\{"id":\d{1,15},"messages":\[/;
const roles = [
	'{"role":"system","content":"',
	'{"role":"user","content":"',
	'{"role":"assistant","content":"'
] as const;
const roleNames = ['system', 'user', 'assistant'] as const;
const mostTurns = 200;

/**
 * Text alone, in turns of role and content, behind an id; anything else is null, and read by the rules of every line
 * (`readExample`), which say the same of what is found here. A rewritten line is left to them too.
 */
export const quickExample = (line: string): Quick | null => {
	const head = begin.exec(line)?.[0];
	if (head === undefined || line.includes('"originalOutput":')) return null;
	const tail = tailOf(line);
	if (!tail) return null;
	const from = head.length - 1;
	const messages: Message[] = [];
	const isAscii = !/[\u0080-\u00ff]/.test(line);
	let isPlain = true;
	let isAsked = false;
	let characters = 0;
	let at = from;
	do {
		at++; // behind [ or ,
		const kind = roles.findIndex((role) => line.startsWith(role, at));
		if (kind < 0 || messages.length === mostTurns) return null;
		const start = at + roles[kind]!.length - 1;
		const end = endOfString(line, start);
		if (line.charCodeAt(end + 1) !== 0x7d) return null;
		const raw = line.slice(start, end + 1);
		if (raw.includes('\\')) {
			if (raw.includes('\\u')) return null; // perhaps half of a character
			isPlain = false;
		}
		let content: string;
		try {
			content = JSON.parse(raw) as string;
			if (!isAscii) content = decoded(content);
		} catch {
			return null;
		}
		if (content.trim() === '' || content.includes('\ufffd')) return null;
		characters += content.length;
		isAsked ||= kind === 1;
		messages.push({ role: roleNames[kind]!, content });
		at = end + 2;
	} while (line.charCodeAt(at) === 0x2c);
	const isWhole = line.startsWith('],"rating":', at) && messages.at(-1)!.role === 'assistant';
	if (!isWhole || !isAsked || characters > maxCharacters) return null;
	// one field more than those that are known is something nobody looked at here
	if (
		!/^\],"rating":(?:null|\d+)(?:,"createdAt":"[\w:.+-]*")?(?:,"version":\d{1,9})?(?:,"split":"(?:train|val)")?\}$/.test(
			line.slice(at)
		)
	)
		return null;
	return { ...tail, messages, from, to: at + 1, isPlain };
};
