import { type Argument, type Command, type Flag, groups } from './command.ts';
import { commands } from './commands.ts';
import { exitCodes } from './exit-codes.ts';
import { flagName, flagWords, usageOf } from './help.ts';

const fenced = (lines: readonly string[]) => ['```sh', ...lines, '```', ''];

const quietLine = ({ quietly }: Command) => `With \`--quiet\` it prints ${quietly}.`;
const anchorOf = ({ name }: Command) => `ait-${name}`;

const flagLine = ([name, flag]: [string, Flag]) => `- \`${flagName(name, flag)}\` ${flagWords(flag)}`;
const argumentLine = ({ name, words }: Argument) => `- \`<${name}>\` ${words}`;

const commandLines = (command: Command): string[] => {
	const { name, summary, more = [], args = [], flags, examples } = command;
	return [
		`## ait ${name}`,
		'',
		`${summary}.`,
		'',
		...more.flatMap((paragraph) => [paragraph, '']),
		...fenced([usageOf(command)]),
		...(args.length > 0 ? [...args.map(argumentLine), ''] : []),
		...(Object.keys(flags).length > 0 ? [...Object.entries(flags).map(flagLine), ''] : []),
		...(command.quietly === undefined ? [] : [quietLine(command), '']),
		...fenced(examples.flatMap(({ run, says }) => [`# ${says}`, run]))
	];
};

const groupLines = (group: string): string[] => [
	`### ${group}`,
	'',
	...commands
		.filter((each) => each.group === group)
		.map((each) => `- [ait ${each.name}](#${anchorOf(each)}) ${each.summary}`),
	''
];

/** The page of the docs about the command line, as Markdown: made from the table of commands, so that it cannot say anything else. */
export const cliMarkdown = (): string =>
	[
		'# Command line',
		'',
		'The workshop in a terminal, on files of your own: `ait` needs Node 20 or newer, and nothing else.',
		'',
		...fenced([
			'npx aitelier init --yes',
			'npx aitelier import answers.jsonl',
			'npx aitelier rate',
			'npx aitelier split',
			'npx aitelier train',
			'npx aitelier eval --compare'
		]),
		'A project is a folder with `.aitelier.json` and `data/examples.jsonl`, an example a line, as the original aitelier wrote them: such a project opens as it is. Fields that nobody knows stay, and so does every line that is not changed, to the byte.',
		'',
		'Each command answers in JSON with `--json`, with fields that stay as they are, and with `--quiet` prints the answer alone, and what goes wrong on the standard error; of what it does it says nothing then, or the name with which a script goes on. Colours are for terminals only, and never against `NO_COLOR`. Progress and questions go to the standard error.',
		'',
		'## All commands',
		'',
		...groups.flatMap(groupLines),
		'## Exit codes',
		'',
		'| code | means |',
		'| --- | --- |',
		...Object.values(exitCodes).map(({ code, means }) => `| \`${code}\` | ${means} |`),
		'',
		...commands.flatMap(commandLines)
	].join('\n');
