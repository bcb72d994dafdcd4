import type { Readable, Writable } from 'node:stream';

/** What a command has of the world. Tests hand in a folder, an environment and streams of their own. */
export type Io = {
	cwd: string;
	env: Readonly<Record<string, string | undefined>>;
	stdin: Readable & { isTTY?: boolean; setRawMode?: (on: boolean) => unknown };
	stdout: Writable & { isTTY?: boolean; columns?: number; rows?: number };
	stderr: Writable & { isTTY?: boolean };
	now: () => Date;
	/** A number in [0, 1). */
	random: () => number;
	/** Ctrl-C, where a command has something to finish first. */
	signal: AbortSignal;
	/** How often a provider is asked again. */
	pollMs: number;
	/** This program as a file, which another thread can run too. Not in tests. */
	program?: string;
};

/** Whether the terminal does more than write on: move, clear, paint. */
export const canMove = ({ env }: Pick<Io, 'env'>): boolean => env.TERM !== 'dumb';

/** Colours only for people, and never against their wish (no-color.org). */
export const hasColour = ({ env, stdout }: Pick<Io, 'env' | 'stdout'>): boolean =>
	stdout.isTTY === true && !env.NO_COLOR && canMove({ env });

/** Whether the locale can show more than ASCII. */
export const hasUnicode = ({ env }: Pick<Io, 'env'>): boolean => {
	const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
	if (locale) return /utf-?8/i.test(locale);
	return env.WT_SESSION !== undefined || env.TERM_PROGRAM === 'vscode';
};

/** At most 80 columns, so that it can be read, copied and sent. */
export const columnsOf = ({ stdout }: Pick<Io, 'stdout'>): number => Math.max(40, Math.min(80, stdout.columns ?? 80));
