/** By what the answers of an evaluation could give a model away. */
export type Names = {
	/** Ids of base models: `meta-llama/Llama-3.1-8B-Instruct`. */
	models: readonly string[];
	/** What the project's own models are called at the provider: the whole of it is a name, and no word of it. */
	own: readonly string[];
	/** The project's name: its words are what answers are about. */
	project: string;
};

/** Families and vendors that are nobody's ordinary words. A space stands where people write one, a hyphen, or nothing. */
const everybody = [
	'chat gpt',
	'open ai',
	'gpt oss',
	'gpt',
	'claude',
	'anthropic',
	'gemini',
	'gemma',
	'mistral',
	'mixtral',
	'ministral',
	'deep seek',
	'qwen',
	'qwq',
	'llama',
	'phi',
	'glm',
	'grok',
	'kimi',
	'nemotron',
	'smol lm',
	'hunyuan',
	'internlm',
	'baichuan',
	'minimax',
	'exaone'
];
/** Families that are words as well: they name a model with a number behind them, as in `Yi-34B` and `Granite 3`. */
const withNumber = ['yi', 'command r', 'granite', 'falcon', 'nova', 'titan', 'solar', 'olmo'];
/** Parts of model ids, and vendors, that say nothing, or that answers say of other things. */
const ordinary = new Set(
	'amazon apple base big chat code coder community deep fast google instruct large lite long math medium meta microsoft mini model models nano nvidia open preview pro reflection research sandbox slow small smart super text thinking tiny together turbo tuned ultra vision writer'.split(
		' '
	)
);

/** What a reader does not see in a word: soft hyphens, joiners, and marks of width or direction. */
const unseen = /[\u00ad\u034f\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]/;
const isPlainText = (text: string) => !/[^\u0000-\u007f]/.test(text);

/** A text as names are looked for in it, in small letters of usual width, and where in the text its units begin and end. */
type Folded = { text: string; begin: (unit: number) => number; end: (unit: number) => number };

const folded = (text: string): Folded => {
	if (isPlainText(text)) return { text: text.toLowerCase(), begin: (unit) => unit, end: (unit) => unit + 1 };
	const signs: [begin: number, end: number][] = [];
	let out = '';
	let place = 0;
	for (const sign of text) {
		const seen = unseen.test(sign) ? '' : sign.normalize('NFKC').toLowerCase();
		const end = place + sign.length;
		for (let unit = 0; unit < seen.length; unit++) signs.push([place, end]);
		out += seen;
		place = end;
	}
	return { text: out, begin: (unit) => signs[unit]![0], end: (unit) => signs[unit]![1] };
};

const lettersOf = (words: string) => folded(words).text.match(/[\p{L}\p{N}]+/gu) ?? [];

/** Of `meta-llama/Llama-3.1-8B-Instruct`: the id, what it is called without its vendor, its vendor, its family. */
const wordsOf = (id: string): string[] => {
	const parts = folded(id).text.split('/').filter(Boolean);
	const name = parts.at(-1) ?? '';
	const vendor = parts.length > 1 ? parts.at(-2)! : '';
	const family = /^\p{L}+/u.exec(name)?.[0] ?? '';
	const isFamily = family.length >= 4 && !ordinary.has(family) && !withNumber.includes(family);
	const isVendor = vendor.length >= 4 && !ordinary.has(vendor);
	return [parts.join('/'), name, ...(isVendor ? [vendor] : []), ...(isFamily ? [family] : [])].filter(
		(word) => word.length >= 4 && !ordinary.has(word)
	);
};

/** Of `ana/base:zebra-1` also `zebra-1`: what stands between its signs, where it has a number, as no word of a project has. */
const wholesOf = (own: string): string[] => {
	const name = folded(own).text;
	const parts = name.split(/[/:]/).filter((part) => part.length >= 6 && /\d/.test(part));
	return [...new Set([name, ...parts])].filter((each) => each.length >= 4);
};

/** The words by which a model is known, in small letters: those of the contenders first, then everybody's, without the project's. */
export const namingWords = ({ models, own, project }: Names): string[] => {
	const said = new Set(lettersOf(project));
	const isOfProject = (word: string) => said.has(word) || lettersOf(word).every((part) => said.has(part));
	const whole = own.flatMap(wholesOf);
	const spoken = [...models.flatMap(wordsOf), ...everybody].filter((word) => !isOfProject(word));
	return [...new Set([...whole, ...spoken])];
};

const escaped = (sign: string) => sign.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
/** Between two parts of a name, and before its number. */
const gap = '[\\s\\u2010-\\u2015_.-]?';
const version = `(?:${gap}\\d+(?:[.\\d]*\\d)?\\p{L}{0,2}(?![\\p{L}\\p{N}]))`;
/** Of what is also a word: `Granite-3` and `Granite 3.3` or `3b`, but not 3 cm of granite. */
const ownNumber = '(?:[\\u2010-\\u2015-]?\\d[.\\d]*\\p{L}?|\\s\\d+(?:\\.\\d+|b))(?!\\p{N})';

/** Parts with a gap between them; or, as no ordinary word is written, every letter by itself. */
const patternOf = (word: string): string => {
	const parts = word
		.split(/[\s-]+/)
		.filter(Boolean)
		.map((part) => [...part].map(escaped).join(''));
	const letters = [...word.replace(/\s/g, '')];
	const spread = letters.every((letter) => /\p{L}/u.test(letter)) ? `|${letters.join('[\\s.-]')}` : '';
	return `(?:${parts.join(gap)}${spread})${version}?`;
};

const finder = (names: Names): RegExp => {
	const words = namingWords(names).toSorted((one, two) => two.length - one.length);
	const said = new Set(lettersOf(names.project));
	const numbered = withNumber.filter((word) => !said.has(word)).map((word) => word.split(' ').join(gap) + ownNumber);
	return new RegExp(`(?<![\\p{L}\\p{N}])(?:${[...words.map(patternOf), ...numbered].join('|')})(?!\\p{L})`, 'gu');
};

const finders = new WeakMap<Names, RegExp>();
const finderOf = (names: Names): RegExp => {
	const known = finders.get(names) ?? finder(names);
	finders.set(names, known);
	known.lastIndex = 0;
	return known;
};

/** The first name by which an answer gives a model away, as it is written there in small letters, or `null`. Such a pair is flagged. */
export const namesAModel = (text: string, names: Names): string | null =>
	finderOf(names).exec(folded(text).text)?.[0] ?? null;

/** Stands where an answer named a model: as long whoever was named. */
export const hiddenName = '[name hidden]';

/** An answer as a blind voter may read it: every name by which a model could be told is hidden, with its number. */
export const masked = (text: string, names: Names): string => {
	const { text: seen, begin, end } = folded(text);
	let shown = '';
	let from = 0;
	for (const found of seen.matchAll(finderOf(names))) {
		shown += text.slice(from, begin(found.index)) + hiddenName;
		from = end(found.index + found[0].length - 1);
	}
	return shown + text.slice(from);
};

/** What may be a name in a text that nobody has folded: letters with whatever between them, as a pattern of the database. */
export const loosePattern = (names: Names): string =>
	[...namingWords(names), ...withNumber.map((word) => `${word} 0`)]
		.map((word) =>
			(word.match(/[a-z0-9]/g) ?? []).map((letter) => (letter === '0' ? '[0-9]' : letter)).join('[^a-z0-9]*')
		)
		.join('|');
