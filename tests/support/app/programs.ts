import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** Where a program is, or undefined. */
export const findProgram = (name: string): string | undefined =>
	(process.env.PATH ?? '')
		.split(path.delimiter)
		.map((dir) => path.join(dir, name))
		.find((file) => fs.existsSync(file));

/** A program, installed by apt as root when it is missing. Throws a sentence where that is not possible. */
export const ensureProgram = (name: string, aptPackages = name): string => {
	const found = findProgram(name);
	if (found) return found;
	if (process.getuid?.() === 0 && fs.existsSync('/usr/bin/apt-get'))
		spawnSync(
			'sh',
			[
				'-c',
				`apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ${aptPackages}`
			],
			{ stdio: 'ignore' }
		);
	const installed = findProgram(name);
	if (!installed) throw new Error(`This needs ${name}. Install ${aptPackages}.`);
	return installed;
};
