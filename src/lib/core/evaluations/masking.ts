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
	'minimax m',
	'exaone',
	'zhipu',
	'moonshot ai',
	'x-ai',
	'deep mind',
	'alibaba cloud',
	'ernie bot',
	'通义千问',
	'文心一言',
	'智谱清言',
	'豆包'
];
/** Whoever makes them, where it is a word as well: a name behind “a language model trained by”. */
const makers = [
	'meta',
	'google',
	'microsoft',
	'amazon',
	'apple',
	'nvidia',
	'alibaba',
	'baidu',
	'tencent',
	'ibm',
	'cohere'
];
/** Nobody's words in any form: they have a genitive and a plural. */
const invented = new Set(['chat gpt', 'open ai', 'gpt', 'anthropic', 'deep seek', 'mixtral', 'qwen']);
/** Families that are words as well: they name a model with a number behind them, as in `Yi-34B` and `Granite 3`. */
const withNumber = ['yi', 'granite', 'falcon', 'nova', 'titan', 'solar', 'olmo'];
/** One of OpenAI's, and one of Cohere's, that begin like other things. */
const wholes = ['o\\d[\\u2010-\\u2015-](?:mini|pro)', 'command[\\s\\u2010-\\u2015-]r(?:\\+|[\\s\\u2010-\\u2015-]plus)'];
/** Parts of model ids, and vendors, that say nothing, or that answers say of other things. Also what people call their own models. */
const ordinary = new Set(
	'amazon answers apple assistant base big chat code coder community current custom customer deep default fast google helper instruct large lite local long main math medium meta microsoft mini model models nano nvidia open preview pro reflection research sales sandbox service slow small smart super support test text thinking tiny together turbo tuned ultra vision writer'.split(
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
	const isFamily = !withNumber.includes(family);
	const isVendor = vendor.length >= 4;
	// `o3` is a name, `v2` is not
	const isName = (word: string) => (word.length >= 4 || /^[a-u]\d/.test(word)) && !ordinary.has(word);
	return [parts.join('/'), name, ...(isVendor ? [vendor] : []), ...(isFamily ? [family] : [])].filter(isName);
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
	const isOfProject = (word: string) => lettersOf(word).every((part) => said.has(part));
	const whole = own.flatMap(wholesOf);
	const spoken = [...models.flatMap(wordsOf), ...everybody].filter((word) => !isOfProject(word));
	return [...new Set([...whole, ...spoken])];
};

const escaped = (sign: string) => sign.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
/** Between two parts of a name, and before its number. */
const gap = '[\\s\\u2010-\\u2015_.-]?';
/** What goes on with letters that the name could be a part of: in scripts without spaces it stands beside others'. */
const latin = '[\\p{sc=Latn}\\p{N}]';
const version = `(?:${gap}\\d+(?:[.\\d]*\\d)?\\p{sc=Latn}{0,2}(?!${latin}))`;
/** Sizes, versions and kinds by which people tell the models of one family: `8x7B`, `R1`, `Sonnet 4.1`, `-large-latest`. */
const kinds =
	'instruct|chat|turbo|mini|nano|micro|flash|lite|pro|plus|max|ultra|sonnet|opus|haiku|instant|coder|thinking|preview|latest|scout|maverick|omni|distill|air|oss|ai';
const joinedKinds = `${kinds}|large|medium|small|tiny|base|it|vision|code|fast|high|low|exp|beta|next`;
const sized = '(?:[vrkme]\\d+(?:\\.\\d+)*|\\d+(?:\\.\\d+)*(?:x\\d+(?:\\.\\d+)?)?b)';
const tail = [
	`[\\u2010-\\u2015_.:-](?:${joinedKinds}|[vrkme]?\\d+(?:[.x\\d]*\\d)?\\p{sc=Latn}{0,2})(?!${latin})`,
	`\\s(?:${sized}|(?:${kinds})(?:${gap}\\d+(?:\\.\\d+)?)?)(?!${latin})`
].join('|');
/** Of what is also a word: `Granite-3` and `Granite 3.3` or `3b`, but not 3 cm or 3.5 cm of granite. */
const unit = '(?:[cmk]?m|m?m²|k?g|[kmg]?wh?|kwp|[kmgt]b|m?l|inch(?:es)?|ft|euros?|dollars?)';
const ownNumber = `(?:[\\u2010-\\u2015-]?\\d[.\\d]*\\p{sc=Latn}?|\\s\\d+(?:\\.\\d+|b))(?!\\p{N}|\\s?(?:[%€$°]|${unit}(?!\\p{L})))`;

/** Parts with a gap between them; or, as no ordinary word is written, every letter by itself. */
const patternOf = (word: string): string => {
	const parts = word
		.split(/[\s-]/)
		.filter(Boolean)
		.map((part) => [...part].map(escaped).join(''));
	const letters = [...word.replace(/\s/g, '')];
	const spread = letters.every((letter) => /\p{L}/u.test(letter)) ? `|${letters.join('[\\s.-]')}` : '';
	return `(?:${parts.join(gap)}${spread})${invented.has(word) ? 's?' : ''}`;
};

const oneOf = (patterns: readonly string[]) => (patterns.length ? `(?:${patterns.join('|')})` : '(?!)');

/** Where a name ends: a Latin one at any other letter, one of a script without spaces anywhere. Each kind is looked for at once. */
const finder = (names: Names): RegExp => {
	const words = namingWords(names).toSorted((one, two) => two.length - one.length);
	const said = new Set(lettersOf(names.project));
	const isFree = (word: string) => !said.has(word);
	const {
		latins = [],
		wides = [],
		others = []
	} = Object.groupBy(words, (word) =>
		/^[\p{sc=Latn}\p{N}]/u.test(word) ? 'latins' : /^\p{sc=Han}/u.test(word) ? 'wides' : 'others'
	);
	const numbered = withNumber.filter(isFree).map((word) => word + ownNumber);
	const named = oneOf([...latins.map((word) => `${patternOf(word)}${version}?`), ...numbered, ...wholes]);
	const maker = oneOf(makers.filter(isFree));
	const saying =
		'(?<!\\p{L})(?:ai|llm|chatbot|assistant|language model)(?!\\p{L})[^.!?\\n]{0,60}\\s(?:by|from|at|of)\\s';
	return new RegExp(
		[
			`(?<!${latin})(?:${maker}[\\s\\u2010-\\u2015-])?${named}(?:${tail})*(?!\\p{sc=Latn})`,
			`(?<!${latin})${maker}(?<=${saying}${maker})(?:\\s(?:ai|cloud|research))?(?!\\p{L})`,
			`(?<![\\p{L}\\p{N}])${oneOf(others.map((word) => `${patternOf(word)}${version}?`))}(?!\\p{L})`,
			oneOf(wides.map((word) => `${patternOf(word)}${version}?`))
		].join('|'),
		'gu'
	);
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

/** Whether a name that was found in an answer stands in it. */
export const hasName = (text: string, name: string): boolean => folded(text).text.includes(name);

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

/** Whatever `namesAModel` looks for, as words in small letters; a digit stands behind or in those that are names only with a number. */
export const lookedFor = (names: Names): string[] => {
	const digits = [...'0123456789'];
	const numbered = digits.flatMap((digit) => [
		...withNumber.map((word) => word + digit),
		`o${digit}mini`,
		`o${digit}pro`
	]);
	return [...namingWords(names), ...numbered, 'commandr', ...makers];
};
