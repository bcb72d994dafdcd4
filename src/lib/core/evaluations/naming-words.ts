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
export const makers = [
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
export const invented = new Set(['chat gpt', 'open ai', 'gpt', 'anthropic', 'deep seek', 'mixtral', 'qwen']);
/** Families that are words as well: they name a model with a number behind them, as in `Yi-34B` and `Granite 3`. */
export const withNumber = ['yi', 'granite', 'falcon', 'nova', 'titan', 'solar', 'olmo'];
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

export const folded = (text: string): Folded => {
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

export const lettersOf = (words: string) => folded(words).text.match(/[\p{L}\p{N}]+/gu) ?? [];

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
	// hyphens and spaces stand for any gap, and alone they would be found between any two letters
	return [...new Set([...whole, ...spoken])].filter((word) => /[^\s-]/.test(word));
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
