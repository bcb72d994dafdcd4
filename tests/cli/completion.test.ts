import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { completions } from '../../src/cli/complete.ts';
import { newFolder } from '../support/app/cli.ts';
import { findProgram } from '../support/app/programs.ts';

// The scripts of `ait completion` in the shells they are for: what Tab offers, and not what is written in them.

const execute = promisify(execFile);

/** How each shell says what it would offer for a line. */
const asked: Record<keyof typeof completions, (script: string, line: string) => [program: string, args: string[]]> = {
	bash: (script, line) => [
		'bash',
		[
			'--norc',
			'-c',
			`source ${script}; COMP_WORDS=(${line}); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _ait; printf '%s\\n' "\${COMPREPLY[@]}"`
		]
	],
	fish: (script, line) => ['fish', ['--no-config', '-c', `source ${script}; complete -C '${line}'`]],
	// only a line editor completes: one at a terminal of its own, which is read until it has asked us the question back
	zsh: (script, line) => [
		'zsh',
		[
			'-f',
			'-c',
			[
				'zmodload zsh/zpty',
				'zpty inner zsh -f -i',
				// its prompt is there when it reads keys
				`zpty -w inner 'unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -u -D; source ${script}; LISTMAX=999; bindkey "^I" list-choices; PS1=REA""DY\\>'`,
				"zpty -r inner said '*READY*'",
				`zpty -w -n inner $'${line}\\t'`,
				// what is typed behind the list comes back when the list is there
				"zpty -w -n inner $'\\C-u'; zpty -w inner 'print OV\"\"ER'",
				"zpty -r inner said '*OVER*'",
				'print -r -- $said'
			].join('\n')
		]
	]
};

const shells = Object.keys(completions) as (keyof typeof completions)[];

test.for(shells)('%s offers commands, flags and choices', async (shell, { skip }) => {
	if (!findProgram(shell)) return skip(`${shell} is not installed`);
	const folder = newFolder();
	const script = path.join(folder, `ait.${shell}`);
	fs.writeFileSync(script, completions[shell](commands));
	const offered = async (line: string) => {
		const [program, args] = asked[shell](script, line);
		const env = { PATH: process.env.PATH, HOME: folder, TERM: 'xterm', LANG: 'C.UTF-8' };
		return (await execute(program, args, { cwd: folder, env, timeout: 60_000 })).stdout;
	};
	const begun = await offered('ait s');
	for (const name of ['split', 'stats', 'status', 'serve', 'stop', 'show', 'sandbox']) expect(begun).toContain(name);
	expect(begun).not.toMatch(/^train/m);
	const flags = await offered('ait split --r');
	for (const flag of ['--ratio', '--reshuffle']) expect(flags).toContain(flag);
	expect(flags).not.toContain('--seed');
	const choices = await offered(shell === 'zsh' ? 'ait rate --filter=' : 'ait rate --filter u');
	expect(choices).toContain('unrated');
});
