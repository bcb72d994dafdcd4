import { Kept } from '../kept.ts';
import { mayName } from './may-name.ts';
import { type Names, folded, invented, lettersOf, makers, namingWords, withNumber } from './naming-words.ts';

/** One of OpenAI's, and one of Cohere's, that begin like other things. */
const wholes = ['o\\d[\\u2010-\\u2015-](?:mini|pro)', 'command[\\s\\u2010-\\u2015-]r(?:\\+|[\\s\\u2010-\\u2015-]plus)'];
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

/** How names are looked for. `pattern` takes some thirty milliseconds to be set up, and few answers need it. */
type Look = { may: (text: string) => boolean; pattern: () => RegExp };

/** By what is looked for: each request reads the names of its evaluation anew. */
const looks = new Kept<Look>(100);

const lookFor = (names: Names): Look =>
	looks.get(JSON.stringify([names.models, names.own, names.project]), () => {
		let pattern: RegExp | undefined;
		return {
			may: mayName(names),
			pattern: () => {
				pattern ??= finder(names);
				pattern.lastIndex = 0;
				return pattern;
			}
		};
	});

/** The first name by which an answer gives a model away, as it is written there in small letters, or `null`. Such a pair is flagged. */
export const namesAModel = (text: string, names: Names): string | null =>
	lookFor(names).pattern().exec(folded(text).text)?.[0] ?? null;

/** Whether a name that was found in an answer stands in it. */
export const hasName = (text: string, name: string): boolean => folded(text).text.includes(name);

/** Stands where an answer named a model: as long whoever was named. */
export const hiddenName = '[name hidden]';

/** An answer as a blind voter may read it: every name by which a model could be told is hidden, with its number. */
export const masked = (text: string, names: Names): string => {
	const { may, pattern } = lookFor(names);
	if (!may(text)) return text;
	const { text: seen, begin, end } = folded(text);
	let shown = '';
	let from = 0;
	for (const found of seen.matchAll(pattern())) {
		shown += text.slice(from, begin(found.index)) + hiddenName;
		from = end(found.index + found[0].length - 1);
	}
	return shown + text.slice(from);
};
