import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { blocksOf } from '../../../src/routes/(docs)/markdown.ts';

/** The command lines of a guide, in the order of its page, each whole; `\` at an end goes on. */
export const commandsOf = (markdown: string): string[] =>
	blocksOf(markdown)
		.filter((block) => block.kind === 'code' && block.language === 'sh' && !block.text.startsWith('#!'))
		.flatMap((block) => (block as { text: string }).text.replaceAll(/\\\n\s*/g, '').split('\n'))
		.filter((line) => line.trim() !== '');

/** One shell after the other that share a folder and their variables, as lines in one terminal do. */
export const newShell = (folder: string, env: NodeJS.ProcessEnv) => {
	const state = path.join(folder, '.shell');
	fs.writeFileSync(state, '');
	let cwd = folder;
	return {
		cwd: () => cwd,
		run: (line: string) =>
			new Promise<{ code: number; out: string; err: string }>((done) => {
				const script = `. ${state}\n${line}\ncode=$?\nexport -p > ${state}\npwd > ${state}.cwd\nexit $code`;
				execFile('sh', ['-c', script], { cwd, env }, (problem, out, err) => {
					cwd = fs.readFileSync(`${state}.cwd`, 'utf8').trim();
					done({ code: problem ? Number(problem.code) : 0, out, err });
				});
			})
	};
};
