import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Failure } from '../exit-codes.ts';
import type { Io } from './io.ts';

/**
 * Opens a text in the person's editor ($VISUAL, $EDITOR, else vi or Notepad) and gives back what they saved. The file lies in
 * a folder of its own that nobody else may read.
 */
export const edited = async ({ env }: Pick<Io, 'env'>, text: string, name = 'text.md'): Promise<string> => {
	const editor = env.VISUAL || env.EDITOR || (process.platform === 'win32' ? 'notepad' : 'vi');
	const folder = mkdtempSync(path.join(tmpdir(), 'ait-'));
	try {
		const file = path.join(folder, name);
		writeFileSync(file, text, { mode: 0o600 });
		const [program, ...args] = editor.split(/\s+/) as [string, ...string[]];
		const child = spawn(program, [...args, file], { stdio: 'inherit', env: env as NodeJS.ProcessEnv });
		const code = await new Promise<number | null>((done, failed) => {
			child.once('exit', done);
			child.once('error', () => failed(new Failure(`The editor "${program}" cannot be started.`, 'EDITOR=nano ait …')));
		});
		if (code !== 0) throw new Failure(`The editor "${program}" ended with ${code}, so nothing was taken over.`);
		return readFileSync(file, 'utf8').replace(/\r\n/g, '\n').replace(/\n+$/, '');
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
};
