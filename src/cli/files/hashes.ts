import { createHash, hash } from 'node:crypto';
import type { Message } from '../../lib/core/examples/conversation.ts';
import { contentText, exactText, promptText } from '../../lib/core/examples/fingerprint.ts';

/** In one call where Node can: an object for each of a million texts costs more than the hash. */
const inHex = (text: string): string =>
	typeof hash === 'function' ? hash('sha256', text, 'hex') : createHash('sha256').update(text).digest('hex');

/** 48 bits of the hash of a text. */
export const numberOf = (text: string): number => parseInt(inHex(text).slice(0, 12), 16);

/** What two examples with the same question have in common. As the app takes it: the same file and seed give the same split here and there. */
export const promptHash = (messages: readonly Message[], prompt = promptText(messages)): string => inHex(prompt);

/** What two examples have in common that say the same. */
export const saidHash = (messages: readonly Message[], prompt = promptText(messages)): string =>
	inHex(contentText(messages, prompt));

/** What two copies have in common, to the sign; 48 bits of it. The project's own system prompt makes no difference. */
export const copyHash = (messages: readonly Message[], systemPrompt: string | null): number =>
	numberOf(`${contentText(messages)}\n\n${exactText(messages, systemPrompt)}`);

/** 48 bits of the hash of a prompt. */
export const promptNumber = (messages: readonly Message[]): number => numberOf(promptText(messages));

const free = -1;

const placeIn = (slots: Float64Array, value: number): number => {
	const mask = slots.length - 1;
	let at = (value % 0x1_0000_0000) & mask;
	while (slots[at] !== free && slots[at] !== value) at = (at + 1) & mask;
	return at;
};

/** A set of such numbers in a dozen or two bytes each, where a `Set` takes fifty: a file may have a million lines. */
export const numberSet = () => {
	let slots = new Float64Array(1 << 12).fill(free);
	let indexes = new Int32Array(1 << 12);
	let size = 0;
	const grow = () => {
		const larger = new Float64Array(slots.length * 2).fill(free);
		const moved = new Int32Array(slots.length * 2);
		for (let at = 0; at < slots.length; at++) {
			if (slots[at] === free) continue;
			const to = placeIn(larger, slots[at]!);
			larger[to] = slots[at]!;
			moved[to] = indexes[at]!;
		}
		[slots, indexes] = [larger, moved];
	};
	/** Which it is, in the order in which they came; it is taken in where it is new. */
	const indexOf = (value: number): number => {
		const at = placeIn(slots, value);
		if (slots[at] === value) return indexes[at]!;
		slots[at] = value;
		indexes[at] = size++;
		if (size * 2 > slots.length) grow();
		return size - 1;
	};
	return {
		has: (value: number): boolean => slots[placeIn(slots, value)] === value,
		/** Whether it is new. */
		add: (value: number): boolean => {
			const before = size;
			indexOf(value);
			return size > before;
		},
		indexOf,
		size: () => size
	};
};
export type NumberSet = ReturnType<typeof numberSet>;
