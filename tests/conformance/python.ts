import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { ensureProgram } from '../support/app/programs.ts';

const run = (program: string, args: string[]) => {
	const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
	if (status !== 0) throw new Error(`${path.basename(program)} ${args.join(' ')} failed:\n${stdout}${stderr}`);
};

/** The folder of the programs that a list of requirements names, in an environment of their own, made when it is not there. */
export const pythonPrograms = (
	say: (line: string) => void,
	requirements = 'tests/conformance/requirements.txt'
): string => {
	const text = fs.readFileSync(requirements);
	const name = createHash('sha256').update(text).digest('hex').slice(0, 12);
	const room = path.resolve('node_modules/.cache/conformance', name);
	const done = path.join(room, 'done');
	if (!fs.existsSync(done)) {
		say(`Installing ${text.toString().trim().replaceAll('\n', ', ')} …`);
		fs.rmSync(room, { recursive: true, force: true });
		run(ensureProgram('python3', 'python3 python3-venv'), ['-m', 'venv', room]);
		run(path.join(room, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
		fs.writeFileSync(done, '');
	}
	return path.join(room, 'bin');
};
