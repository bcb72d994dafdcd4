/** Words too common to say what a text is about, the commonest first. */
export const commonWords =
	`the to and a of in is you i for it that on be with have this are your as not we can or my will if at do from an but was so by our they
	what there would when me any how has no been about which their one all more just get also out up were had them than then here its who
	because could should did some other into only does he she his her us very too now much may am i'm it's don't please thank thanks like
	want need know help make use time well after before over such same own while where why these those each both most under again
	hello hi hey dear good morning evening afternoon greetings regards cheers many kind best tell let think really still something anything came
	i've i'd i'll we've we're we'd you're they're that's there's what's isn't aren't wasn't doesn't didn't can't couldn't won't wouldn't haven't
	hasn't got getting give gave take took put go going went say says said look see try tried yet never ever even though already always
	thing things way lot bit quite else maybe just`
		.split(/\s+/)
		.filter(Boolean);

const stop = new Set(commonWords);
const word = /[\p{L}\p{N}]+(?:['’]\p{L}+)?/gu;

/** Words and signs with the white space before them, so that joining them gives the text back. */
export const pieces = (text: string): string[] => text.match(/\s*[\p{L}\p{N}'’]+|\s*[^\s\p{L}\p{N}]/gu) ?? [];

const stem = (full: string) =>
	full.length > 4
		? full
				.replace(/ies$/, 'y')
				.replace(/(ing|ed|es|s|ly)$/, '')
				.replace(/(.)\1$/, '$1')
		: full;

const commonStems = new Set(commonWords.map(stem));

/** All words of a text, cut to their stems. */
export const stems = (text: string): string[] => (text.toLowerCase().match(word) ?? []).map(stem);

/** Whether a stem is that of a word that is everywhere. */
export const isCommon = (term: string): boolean => commonStems.has(term);

const questionWords = new Set('how when where why who whose which what'.split(' '));

/** Whether a word asks for something: common, but `when` and `where` want different answers. */
export const asks = (word: string): boolean => questionWords.has(word);

/** What a text is about: its words without the common ones, cut to their stems. */
export const terms = (text: string): string[] =>
	(text.toLowerCase().match(word) ?? []).filter((each) => !stop.has(each)).map(stem);

export type Sentence = { lead: string; text: string };

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

/** The sentences of a text with the white space before each. A block of code is one sentence. */
export function sentences(text: string): Sentence[] {
	const list: Sentence[] = [];
	let lead = '';
	for (const part of text.split(/(```[\s\S]*?```)/)) {
		const segments = part.startsWith('```') ? [part] : Array.from(segmenter.segment(part), (each) => each.segment);
		for (const segment of segments) {
			const inner = segment.trim();
			const before = segment.slice(0, segment.length - segment.trimStart().length);
			if (inner) {
				list.push({ lead: list.length ? lead + before : '', text: inner });
				lead = segment.slice(before.length + inner.length);
			} else lead += segment;
		}
	}
	return list;
}
