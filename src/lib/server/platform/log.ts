import { randomUUID } from 'node:crypto';
import { Unavailable } from '../../core/errors.ts';

type Fields = Record<string, unknown>;
const levels = { debug: 0, info: 1, warn: 2, error: 3 } as const;

const write = (level: keyof typeof levels, event: string, fields: Fields) => {
	const least = (process.env.LOG_LEVEL ?? 'info') as keyof typeof levels;
	if (levels[level] < (levels[least] ?? 1)) return;
	const line = JSON.stringify({ at: new Date().toISOString(), level, event, ...fields });
	process[level === 'error' || level === 'warn' ? 'stderr' : 'stdout'].write(`${line}\n`);
};

type Failure = Error & { code?: string; query?: string; params?: unknown; severity?: string; routine?: string };

/**
 * What an error says, without the data it happened to: drizzle puts every parameter of a query into its message, and Postgres
 * quotes values it cannot read (class 22).
 */
const wordsOf = (problem: unknown): string => {
	if (!(problem instanceof Error)) return String(problem ?? '');
	const { message, query, params, code, routine } = problem as Failure;
	if (query !== undefined && params !== undefined) return `Failed query: ${query}`;
	return routine !== undefined && code?.startsWith('22') ? `Postgres refused a value in ${routine}` : message;
};

const framesOf = (error: Error) =>
	error.stack
		?.split('\n')
		.filter((line) => /^\s+at /.test(line))
		.join('\n');

/** One wide JSON line per request, job or problem. Never a prompt, an output, an address or a key. */
export const log = {
	debug: (event: string, fields: Fields = {}) => write('debug', event, fields),
	info: (event: string, fields: Fields = {}) => write('info', event, fields),
	warn: (event: string, fields: Fields = {}) => write('warn', event, fields),
	/** Logs something nobody expected and returns the id that the person may quote. What is only away for a moment is no bug. */
	bug: (problem: unknown, fields: Fields = {}) => {
		const id = randomUUID().slice(0, 8);
		if (problem instanceof Unavailable) {
			const { status, code, message } = problem;
			write('warn', code, { id, message, cause: wordsOf(problem.cause), ...fields });
			return { status, code, message, id };
		}
		const error = problem instanceof Error ? problem : new Error(String(problem));
		const cause = error.cause as Failure | undefined;
		write('error', 'bug', {
			id,
			message: wordsOf(error),
			code: (error as Failure).code ?? cause?.code,
			stack: framesOf(error),
			cause: wordsOf(cause),
			...fields
		});
		return {
			status: 500,
			code: 'internal',
			message: 'Something broke on our side. It has been written down; please try again.',
			id
		};
	}
};
