import { type Command, type Flag, everywhere, groups } from './command.ts';
import { exitCodes } from './exit-codes.ts';

export const indent = 2;
const widest = 80;

/** Words in lines of at most 80 columns; every line but the first begins with so many blanks. */
export const wrapped = (text: string, hanging: number, first = hanging): string => {
	const lines: string[] = [];
	let line = '';
	for (const word of text.split(' ')) {
		const room = widest - (lines.length === 0 ? first : hanging);
		if (line !== '' && line.length + 1 + word.length > room) {
			lines.push(line);
			line = word;
		} else line = line === '' ? word : `${line} ${word}`;
	}
	return [...lines, line].join(`\n${' '.repeat(hanging)}`);
};

/** Two columns; the second is wrapped. What is too long for the first has a line of its own. */
const columns = (rows: readonly (readonly [string, string])[], most = 28): string => {
	const width = Math.min(most, Math.max(...rows.map(([left]) => left.length)) + 2);
	const at = indent + width;
	return rows
		.map(([left, right]) => {
			const begin = `${' '.repeat(indent)}${left}`;
			const isLong = left.length + 2 > width;
			return `${isLong ? `${begin}\n${' '.repeat(at)}` : begin.padEnd(at)}${wrapped(right, at)}`;
		})
		.join('\n');
};

/** More choices than a line holds are said in words. */
const isLong = (flag: Flag) => flag.kind === 'choice' && flag.of.join('|').length > 48;

export const flagName = (name: string, flag: Flag): string => {
	const short = flag.short ? `-${flag.short}, ` : '';
	if (flag.kind === 'switch') return `${short}--${name}`;
	return `${short}--${name} <${flag.kind !== 'choice' ? flag.value : isLong(flag) ? name : flag.of.join('|')}>`;
};

export const flagWords = (flag: Flag): string => {
	const words = flag.kind === 'choice' && isLong(flag) ? `${flag.words}: ${flag.of.join(', ')}` : flag.words;
	return 'default' in flag && flag.default !== undefined ? `${words} (default ${flag.default})` : words;
};

export const usageOf = ({ name, args = [] }: Pick<Command, 'name' | 'args'>): string =>
	[
		`ait ${name}`,
		...args.map((arg) => {
			const shown = `<${arg.name}>${arg.isMany ? '…' : ''}`;
			return arg.isNeeded ? shown : `[${shown}]`;
		}),
		'[flags]'
	].join(' ');

const quietWords = ({ quietly }: Command): string => {
	if (quietly === undefined) return everywhere.quiet.words;
	return quietly === 'nothing' ? 'Print nothing but what goes wrong' : `Print ${quietly}, and what goes wrong`;
};

/** `ait <command> --help`. */
export const helpOf = (command: Command): string => {
	const { summary, more = [], args = [], flags, examples } = command;
	const quiet = { ...everywhere.quiet, words: quietWords(command) };
	const flagRows = Object.entries({ ...flags, ...everywhere, quiet }).map(
		([name, flag]: [string, Flag]) => [flagName(name, flag), flagWords(flag)] as const
	);
	return [
		wrapped(summary, 0),
		...more.map((paragraph) => wrapped(paragraph, 0)),
		`Usage\n  ${usageOf(command)}`,
		...(args.length > 0 ? [`Arguments\n${columns(args.map(({ name, words }) => [`<${name}>`, words]))}`] : []),
		`Flags\n${columns(flagRows)}`,
		`Examples\n${examples.map(({ run, says }) => `  ${run}\n      ${wrapped(says, 6)}`).join('\n')}`
	].join('\n\n');
};

/** `ait --help`. */
export const overview = (commands: readonly Command[], version: string): string =>
	[
		`aitelier ${version}: turn rated examples into a fine-tuned model, and prove, blind,\nthat it is better.`,
		'Usage\n  ait <command> [flags]',
		...groups.map(
			(group) =>
				`${group}\n${columns(commands.filter((each) => each.group === group).map(({ name, summary }) => [name, summary]))}`
		),
		'The way\n  ait init, ait import FILE, ait rate, ait split, ait train, ait eval --compare',
		`Exit codes\n${columns(Object.values(exitCodes).map(({ code, means }) => [String(code), means]))}`,
		'ait <command> --help says more. ait --version names the version.'
	].join('\n\n');
