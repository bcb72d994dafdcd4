/** What belongs to one conversation only: who is speaking, and numbers such as an order or an amount. */
export type Details = { names: string[]; codes: string[] };

const introduced = /(?:\bI['’]m|\bI am|[Mm]y name is|[Tt]his is|[Nn]ame['’]s)\s+(\p{Lu}\p{Ll}+)/gu;
const signed = /(?:^|[\n,.!—-])\s*(?:[—-]\s*)?(\p{Lu}\p{Ll}+)\s*$/u;
const coded = /[#$€£]?[\p{L}\d]*(?:[-./]?[\p{L}\d])*\d(?:[-./]?[\p{L}\d])*/gu;

/** A number of somebody's own: long, or mixed with letters. `2 years` and `28 cm` are not. */
const isOwn = (code: string) => {
	const digits = code.replace(/\D/g, '').length;
	return digits >= 4 || (digits >= 3 && /\p{L}|#/u.test(code)) || (digits >= 1 && code.startsWith('#'));
};

export function detailsOf(asked: string): Details {
	if (asked.includes('```')) return { names: [], codes: [] }; // numbers in code are the code's
	const names = [...asked.matchAll(introduced)].map((match) => match[1]!);
	const signature = signed.exec(asked.trim())?.[1];
	const codes = (asked.match(coded) ?? []).filter(isOwn);
	return { names: [...new Set(signature ? [...names, signature] : names)], codes: [...new Set(codes)] };
}

const whole = (word: string, before = '') =>
	new RegExp(`${before}(?<![\\p{L}\\d])${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\p{L}\\d])`, 'gu');

/**
 * A sentence of one conversation, told in another: its name and its numbers are exchanged. A name is left out where the
 * new conversation has none; without a number the sentence cannot be told, and it is `null`.
 */
export function retold(sentence: string, from: Details, to: Details): string | null {
	let text = sentence;
	for (const [at, name] of from.names.entries()) {
		const other = to.names[at] ?? to.names[0];
		text = other ? text.replace(whole(name), other) : text.replace(whole(name, ',?\\s*'), '');
	}
	for (const [at, code] of from.codes.entries()) {
		if (!whole(code).test(text)) continue;
		const other = to.codes[at] ?? to.codes.at(-1);
		if (!other) return null;
		text = text.replace(whole(code), () => other);
	}
	return text;
}
