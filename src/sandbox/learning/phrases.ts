import { commonWords } from './words.ts';

const common = new Set(commonWords);
const openers = new Set(
	'a an the my our your his her their this that these those its another each every some any no new old used broken'.split(
		' '
	)
);

/** Verbs and adverbs that follow a noun more often than they are part of its name. */
const enders = new Set(
	`add added again ago appear appears arrive arrived arrives ask asked away back became become began begin belong break breaks broke
	buy bought call called came cancel cancelled change changed charge charged come comes contain continue cost costs cover covers crack
	cracked crash crashes deal deliver delivered die died disappear disappeared display displays does doesn't end ends exit exits expect
	expire expired explain fail failed fails fall falls feel fell fix forget forgot generally get gets goes grow happen happened happens
	instead involve keep keeps kept last later leak leaks leave left live lives lose lost made mean means miss mix move moved moves
	need needs never often only open opened pass passed pay print provide read receive received recently refuse refused remain
	remove repair require return returned returns run runs ran seem seems sell send sent shatter ship shipped show showed shows sit
	sits smell smells soon sounds split splits start started starts stay stays stick sticks stink stinks stop stopped stops suit suits
	take tear throw throws to together today tomorrow tonight tore turn turns use wait want wants weigh went wobbles won't work worked
	works write yesterday yet twice once somewhere somehow either neither inside outside themselves itself myself between without instead`.split(
		/\s+/
	)
);

/** Words after an article that name a time, a measure or nothing in particular. */
const vague = new Set(
	`hour hours minute minutes second seconds day days night week weeks weekend month months year years morning evening afternoon
	time times moment end start beginning middle side part parts half rest kind type sort number amount pair couple few little lot
	one ones other others same way thing things something reason problem problems question questions idea chance mistake fact case
	point matter person people someone man woman guy son daughter child kid husband wife mother father mum mom dad brother sister
	aunt uncle grandmother grandfather grandma grandpa friend neighbour neighbours colleague bride groom human everything nothing anything first second third next back
	wrong right best worst better worse bigger smaller larger cheaper whole entire main only red blue green black white`.split(
		/\s+/
	)
);

/** A thing that a text names, without its article, and the last word of it in small letters: `late parcel`, `parcel`. */
export type Phrase = { text: string; head: string };

/**
 * The things that a text names, in its order: what stands after `the`, `my` or `a`, up to the next verb or everyday word.
 * A guess by the look of the words, which rather finds nothing than half a sentence.
 */
export function phrasesOf(text: string): Phrase[] {
	const found: Phrase[] = [];
	for (const clause of text.split(/[^\p{L}\p{N}\s'’-]+|\n/u)) {
		const words = clause.trim().split(/\s+/).filter(Boolean);
		for (let at = 0; at < words.length; at++) {
			if (!openers.has(words[at]!.toLowerCase())) continue;
			let end = at + 1;
			while (end < words.length && end - at <= 5 && isPart(words[end]!, end === at + 1)) end++;
			const run = words.slice(at + 1, end).filter((word) => !/\d/.test(word));
			while (/ing$/.test(run.at(-1) ?? '')) run.pop();
			const head = run.at(-1);
			if (!head || vague.has(head.toLowerCase()) || openers.has(head.toLowerCase()) || head.length < 3) continue;
			const phrase = run.slice(-3).join(' ');
			if (found.some((each) => each.text.toLowerCase() === phrase.toLowerCase())) continue;
			found.push({ text: phrase, head: head.toLowerCase() });
			at = end - 1;
		}
	}
	return found;
}

const isPart = (word: string, isFirst: boolean) => {
	const lower = word.toLowerCase();
	if (openers.has(lower)) return isFirst && ['new', 'old', 'used', 'broken'].includes(lower);
	if (common.has(lower) || enders.has(lower) || /['’]/.test(lower)) return false;
	return isFirst || !/(?:ly|ed)$/.test(lower);
};
