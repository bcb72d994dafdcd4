import { execFile } from 'node:child_process';
import path from 'node:path';
import { compiled } from '../run/compiled.ts';

const program = path.resolve('src/cli/main.ts');
const preload = path.resolve('tests/support/app/interrupted.ts');

/** A command of `ait` as a process of its own, with Ctrl-C before its n-th change of the folder (interrupted.ts). */
export const cutOff = (
	cwd: string,
	args: readonly string[],
	at: number | null,
	count = '',
	more: Record<string, string> = {}
) =>
	new Promise<{ code: number | null; signal: string | null }>((done) => {
		const env = {
			PATH: process.env.PATH,
			NODE_COMPILE_CACHE: compiled,
			HOME: path.join(cwd, '.home'),
			LANG: 'C.UTF-8',
			...(at !== null && { INTERRUPT_AT: String(at) }),
			INTERRUPT_COUNT: count,
			...more
		};
		const child = execFile(process.execPath, ['--import', preload, program, ...args], { cwd, env }, (problem) =>
			done({ code: problem ? (problem.code as unknown as number | null) : 0, signal: problem?.signal ?? null })
		);
		child.stdin!.end();
	});
