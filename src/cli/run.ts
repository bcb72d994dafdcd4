import { AppError } from '../lib/core/errors.ts';
import { commands } from './commands.ts';
import { deeds } from './deeds.ts';
import { Failure, exitCodes } from './exit-codes.ts';
import { helpOf, overview } from './help.ts';
import { nearest, parse } from './parse.ts';
import type { Io } from './terminal/io.ts';
import { sayTo } from './terminal/say.ts';
import { version } from './version.ts';

type Told = { ending: keyof typeof exitCodes; message: string; mend?: string | undefined };

/** Providers' failures are known by their name: their code is only loaded by who asks one. */
const toldOf = (problem: unknown): Told | null => {
	if (problem instanceof Failure) return problem;
	if (problem instanceof AppError) return { ending: 'failed', message: problem.message };
	// Ctrl-C while somebody waits for a provider
	if ((problem as Error).name === 'AbortError') return { ending: 'failed', message: 'Stopped.' };
	const { name, kind, message } = problem as { name?: string; kind?: string; message: string };
	if (name !== 'ProviderError') return null;
	return {
		ending: 'provider',
		message,
		mend: kind === 'key' ? 'ait doctor says where the key is taken from' : undefined
	};
};

const tell = (io: Io, problem: unknown, isJson: boolean): number => {
	const say = sayTo(io, { json: isJson });
	const told = toldOf(problem);
	if (!told) {
		const { message, stack } = problem instanceof Error ? problem : new Error(String(problem));
		say.warn(`ait: this is a mistake of ours: ${io.env.DEBUG ? stack : message}`);
		say.warn('     Try: the same with DEBUG=1 in front, and tell us what it says');
		say.json({ error: { ending: 'failed', code: exitCodes.failed.code, message } });
		return exitCodes.failed.code;
	}
	const { ending, message, mend } = told;
	say.warn(`ait: ${message}`);
	if (mend) say.warn(`     Try: ${mend}`);
	say.json({ error: { ending, code: exitCodes[ending].code, message, ...(mend && { mend }) } });
	return exitCodes[ending].code;
};

/** One command line, from its words to its exit code. Never throws. */
export const run = async (typed: readonly string[], io: Io): Promise<number> => {
	const isJson = typed.includes('--json');
	try {
		const [first, ...rest] = typed;
		const plainly = sayTo(io);
		if (first === undefined || first === '--help' || first === '-h') {
			plainly.line(overview(commands, version));
			return 0;
		}
		if (first === '--version' || first === '-v') {
			plainly.line(version);
			return 0;
		}
		const name = first === 'help' ? (rest[0] ?? '') : first;
		if (first === 'help' && name === '') return run(['--help'], io);
		if (name.startsWith('-')) {
			const meant = nearest(name, ['--version', '--help']);
			throw new Failure(`ait does not know ${name} without a command.`, `ait ${meant ?? '--help'}`, 'usage');
		}
		const words = commands.find((each) => each.name === name);
		if (!words) {
			const meant = nearest(
				name,
				commands.map((each) => each.name)
			);
			throw new Failure(`ait has no command "${name}".`, meant ? `ait ${meant}` : 'ait --help', 'usage');
		}
		const input = parse(words, first === 'help' ? ['--help'] : rest);
		if (input.flags.help) {
			plainly.line(helpOf(words));
			return 0;
		}
		const { deed } = await deeds[words.name]!();
		const { json, quiet } = input.flags as { json: boolean; quiet: boolean };
		// whoever only looks what would happen asks for it
		const isBrief = quiet && words.quietly !== undefined && !(input.flags as { 'dry-run'?: boolean })['dry-run'];
		return (await deed({ io, say: sayTo(io, { json, quiet, isBrief }), ...input } as never)) ?? 0;
	} catch (problem) {
		return tell(io, problem, isJson);
	}
};
