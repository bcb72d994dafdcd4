import { parseArgs } from 'node:util';
import { type Argument, type Command, type Flag, everywhere } from './command.ts';
import { Failure } from './exit-codes.ts';

const usage = (sentence: string, mend: string) => new Failure(sentence, mend, 'usage');

/** How many letters have to be added, dropped, changed or swapped. */
const distance = (one: string, two: string): number => {
	const rows: number[][] = [Array.from({ length: two.length + 1 }, (_, at) => at)];
	for (let i = 1; i <= one.length; i++) {
		const row = [i];
		for (let j = 1; j <= two.length; j++) {
			const isSame = one[i - 1] === two[j - 1];
			let least = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + (isSame ? 0 : 1));
			if (i > 1 && j > 1 && one[i - 1] === two[j - 2] && one[i - 2] === two[j - 1])
				least = Math.min(least, rows[i - 2]![j - 2]! + 1);
			row.push(least);
		}
		rows.push(row);
	}
	return rows[one.length]![two.length]!;
};

/** The known word that was most likely meant, or null where none is near. */
export const nearest = (word: string, known: readonly string[]): string | null => {
	const [best] = known
		.map((each) => ({ each, far: each.startsWith(word) && word.length > 1 ? 0.5 : distance(word, each) }))
		.sort((one, two) => one.far - two.far);
	return best && best.far <= Math.max(1, Math.ceil(word.length / 3)) ? best.each : null;
};

const numberIn = (name: string, flag: Extract<Flag, { kind: 'number' }>, text: string, help: string): number => {
	const value = text.trim() === '' ? NaN : Number(text);
	const { min = -Infinity, max = Infinity, isOpen, isWhole } = flag;
	const isInside = isOpen ? value > min && value < max : value >= min && value <= max;
	if (Number.isFinite(value) && isInside && (!isWhole || Number.isInteger(value))) return value;
	const kind = isWhole ? 'a whole number' : 'a number';
	const range =
		min === -Infinity
			? ''
			: max === Infinity
				? `, ${isOpen ? 'above' : 'at least'} ${min}`
				: isOpen
					? ` between ${min} and ${max}`
					: ` from ${min} to ${max}`;
	throw usage(`--${name} takes ${kind}${range}, not "${text}".`, help);
};

const choiceIn = (command: string, name: string, { of }: Extract<Flag, { kind: 'choice' }>, text: string): string => {
	if (of.includes(text)) return text;
	const meant = nearest(text, of);
	throw usage(`--${name} is one of ${of.join(', ')}, not "${text}".`, `ait ${command} --${name} ${meant ?? of[0]}`);
};

const checkArguments = (typed: readonly string[], args: readonly Argument[], { name }: Command, help: string) => {
	const missing = args.find(({ isNeeded }, at) => isNeeded && typed[at] === undefined);
	if (missing) throw usage(`ait ${name} needs ${missing.words}.`, help);
	const tooMany = args.some(({ isMany }) => isMany) ? undefined : typed[args.length];
	if (tooMany !== undefined) throw usage(`ait ${name} does not take "${tooMany}".`, help);
};

/** Flags that are not known here, as arguments: `--score 8` and `--score=8` are `score=8`, and `--json` stays. */
const withFieldsAsArguments = (typed: readonly string[], flags: Readonly<Record<string, Flag>>): string[] => {
	const words: string[] = [];
	for (let at = 0; at < typed.length; at++) {
		const word = typed[at]!;
		const [, name, value] = /^--([^=]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
		const known = name === undefined ? undefined : flags[name];
		if (name === undefined || known) {
			words.push(word);
			if (known && known.kind !== 'switch' && value === undefined && at + 1 < typed.length) words.push(typed[++at]!);
		} else if (value !== undefined) words.push(`${name}=${value}`);
		else {
			const next = typed[at + 1];
			const hasValue = next !== undefined && !next.startsWith('--');
			words.push(`${name}=${hasValue ? next : 'true'}`);
			if (hasValue) at++;
		}
	}
	return words;
};

/**
 * What was typed after the name of a command. Throws a *usage* failure that names the nearest flag. `--no-…` is not made up:
 * only what the table knows is understood.
 */
export const parse = (words: Command, typed: readonly string[]) => {
	const flags: Record<string, Flag> = { ...words.flags, ...everywhere };
	const help = `ait ${words.name} --help`;
	const options = Object.fromEntries(
		Object.entries(flags).map(([name, { kind, short }]) => [
			name,
			{ type: kind === 'switch' ? ('boolean' as const) : ('string' as const), ...(short && { short }) }
		])
	);
	const { tokens, positionals } = parseArgs({
		args: words.takesFields ? withFieldsAsArguments(typed, flags) : [...typed],
		options,
		strict: false,
		allowPositionals: true,
		tokens: true
	});
	const given: Record<string, string | true> = {};
	for (const token of tokens) {
		if (token.kind !== 'option') continue;
		const flag = flags[token.name];
		if (!flag) {
			const meant = nearest(token.name, Object.keys(flags));
			throw usage(`ait ${words.name} does not know ${token.rawName}.`, meant ? `ait ${words.name} --${meant}` : help);
		}
		if (flag.kind === 'switch' && token.value !== undefined)
			throw usage(`--${token.name} takes no value.`, `ait ${words.name} --${token.name}`);
		if (flag.kind !== 'switch' && token.value === undefined) throw usage(`--${token.name} needs a value.`, help);
		given[token.name] = token.value ?? true;
	}
	const read = Object.entries(flags).map(([name, flag]): [string, unknown] => {
		const value = given[name];
		if (flag.kind === 'switch') return [name, value === true];
		if (typeof value !== 'string') return [name, 'default' in flag ? flag.default : undefined];
		if (flag.kind === 'number') return [name, numberIn(name, flag, value, help)];
		return [name, flag.kind === 'choice' ? choiceIn(words.name, name, flag, value) : value];
	});
	const isHelp = given.help === true;
	if (!isHelp) checkArguments(positionals, words.args ?? [], words, help);
	return { args: positionals, flags: Object.fromEntries(read) };
};
