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

export function detailsOf(prompt: string): Details {
	if (prompt.includes('```')) return { names: [], codes: [] }; // numbers in code are the code's
	const names = [...prompt.matchAll(introduced)].map((match) => match[1]!);
	const signature = signed.exec(prompt.trim())?.[1];
	const codes = (prompt.match(coded) ?? []).filter(isOwn);
	return { names: [...new Set(signature ? [...names, signature] : names)], codes: [...new Set(codes)] };
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const whole = (word: string) => `(?<![\\p{L}\\d])${escaped(word)}(?![\\p{L}\\d])`;

/**
 * A sentence of one conversation, told in another: its name and its numbers are exchanged. Where the new conversation has
 * no number, the thing is called by its name (`called`: `order`); without one it is `null`.
 */
export function retold(sentence: string, from: Details, to: Details, called?: string): string | null {
	let text = sentence;
	for (const [at, name] of from.names.entries()) {
		const other = to.names[at] ?? to.names[0];
		text = other
			? text.replace(new RegExp(whole(name), 'gu'), other)
			: text.replace(new RegExp(`,?\\s*${whole(name)}`, 'gu'), '');
	}
	for (const [at, code] of from.codes.entries()) {
		const place = new RegExp(whole(code), 'gu');
		if (!place.test(text)) continue;
		const other = to.codes[at] ?? to.codes.at(-1);
		if (!other && !called) return null;
		const spoken = new RegExp(`(?:(?:the |your )?${called} )?${whole(code)}`, 'gu');
		text = other
			? text.replace(place, () => other)
			: text.replace(spoken, (_, offset: number) => (offset === 0 ? `Your ${called}` : `your ${called}`));
	}
	return text;
}
