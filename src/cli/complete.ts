import { type Command, type Flag, everywhere } from './command.ts';

const flagsOf = (command: Command): [string, Flag][] => Object.entries({ ...command.flags, ...everywhere });
const namesOf = (command: Command) => flagsOf(command).map(([name]) => `--${name}`);
const choicesOf = (command: Command) =>
	flagsOf(command).flatMap(([name, flag]) => (flag.kind === 'choice' ? [[name, flag.of.join(' ')] as const] : []));

/** Between single quotes of every shell. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

const bash = (commands: readonly Command[]): string => `# ait completion for bash
_ait() {
	local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
	if [ "$COMP_CWORD" -eq 1 ]; then
		COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')} help' -- "$word"))
		return
	fi
	case "$command $before" in
${commands.flatMap((command) => choicesOf(command).map(([name, words]) => `	'${command.name} --${name}') COMPREPLY=($(compgen -W '${words}' -- "$word")); return ;;`)).join('\n')}
	esac
	case "$word" in
	-*)
		case "$command" in
${commands.map((command) => `		${command.name}) COMPREPLY=($(compgen -W '${namesOf(command).join(' ')}' -- "$word")) ;;`).join('\n')}
		esac
		;;
	*) COMPREPLY=($(compgen -f -- "$word")) ;;
	esac
}
complete -o filenames -F _ait ait aitelier
`;

const zsh = (commands: readonly Command[]): string => `#compdef ait aitelier
# ait completion for zsh
_ait() {
	local -a names
	names=(
${commands.map(({ name, summary }) => `		${quoted(`${name}:${summary.replaceAll(':', '\\:')}`)}`).join('\n')}
	)
	if (( CURRENT == 2 )); then
		_describe command names
		return
	fi
	case "$words[2]" in
${commands
	.map((command) => {
		const flags = flagsOf(command).map(([name, flag]) => {
			const words = flag.words.replace(/[[\]:]/g, ' ');
			if (flag.kind === 'switch') return quoted(`--${name}[${words}]`);
			return quoted(
				`--${name}=[${words}]:${flag.kind === 'choice' ? `value:(${flag.of.join(' ')})` : `${flag.value.replace(/[:|]/g, ' ')}:`}`
			);
		});
		return `	${command.name}) _arguments ${flags.join(' ')} '*:file:_files' ;;`;
	})
	.join('\n')}
	esac
}
compdef _ait ait aitelier
`;

const fish = (commands: readonly Command[]): string =>
	[
		'# ait completion for fish',
		...['ait', 'aitelier'].flatMap((program) => [
			...commands.map(
				({ name, summary }) => `complete -c ${program} -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`
			),
			...commands.flatMap((command) =>
				flagsOf(command).map(([name, flag]) => {
					const begin = `complete -c ${program} -n '__fish_seen_subcommand_from ${command.name}' -l ${name} -d ${quoted(flag.words)}`;
					if (flag.kind === 'switch') return begin;
					return `${begin} -r${flag.kind === 'choice' ? ` -f -a ${quoted(flag.of.join(' '))}` : ''}`;
				})
			)
		]),
		''
	].join('\n');

/** The scripts by which shells complete, from the one table of commands. */
export const completions = { bash, zsh, fish } as const;
