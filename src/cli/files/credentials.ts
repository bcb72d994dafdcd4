import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import type { ProviderId } from '../../lib/contract/providers.ts';
import { Failure } from '../exit-codes.ts';
import type { Io } from '../terminal/io.ts';
import type { Project } from './project.ts';
import { asFailure, replaceFile } from './write.ts';

/** What a provider's key is called in the environment, there as everywhere. */
export const keyNames: Partial<Record<ProviderId, string>> = {
	together: 'TOGETHER_API_KEY',
	nebius: 'NEBIUS_API_KEY',
	crusoe: 'CRUSOE_API_KEY',
	openai: 'OPENAI_API_KEY',
	'own-server': 'OWN_SERVER_API_KEY',
	'openai-compatible': 'OPENAI_COMPATIBLE_API_KEY'
};

/** Where what belongs to the person lies, and to no project. */
export const ownFolder = ({ env }: Pick<Io, 'env'>): string =>
	path.join(env.XDG_CONFIG_HOME || path.join(env.HOME || env.USERPROFILE || homedir(), '.config'), 'aitelier');

export const credentialsFile = (io: Pick<Io, 'env'>): string => path.join(ownFolder(io), 'credentials');

/** `keys` are providers'. Whoever keeps more in the same file names it beside them. */
export type Credentials = { keys?: Partial<Record<ProviderId, string>>; [more: string]: unknown };

/** Throws a failure where others may read the file, or it is broken. */
export const readCredentials = (io: Pick<Io, 'env'>): Credentials => {
	const file = credentialsFile(io);
	const found = statSync(file, { throwIfNoEntry: false });
	if (!found) return {};
	if (process.platform !== 'win32' && (found.mode & 0o077) !== 0)
		throw new Failure(`Others may read your keys in ${file}.`, `chmod 600 ${file}`);
	try {
		return JSON.parse(readFileSync(file, 'utf8')) as Credentials;
	} catch (problem) {
		if (problem instanceof SyntaxError)
			throw new Failure(`${file} is not valid JSON.`, `mend it, or rm ${file} and ait key again`);
		throw asFailure(problem, file);
	}
};

/** Nobody else may read it, from the first byte on. */
export const writeCredentials = (io: Pick<Io, 'env'>, credentials: Credentials): void => {
	const file = credentialsFile(io);
	try {
		mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
	} catch (problem) {
		throw asFailure(problem, file);
	}
	replaceFile(file, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
};

export type KeySource = { key: string; from: string };

/** A key and where it comes from: the environment, the project's `.env` as the original read it, or the person's own file. */
export const findKey = (io: Pick<Io, 'env'>, { folder, config }: Project): KeySource | null => {
	const name = keyNames[config.provider];
	if (!name) return null;
	const inEnvironment = io.env[name]?.trim();
	if (inEnvironment) return { key: inEnvironment, from: `$${name}` };
	const dotEnv = path.join(folder, '.env');
	if (existsSync(dotEnv)) {
		const key = parseEnv(readFileSync(dotEnv, 'utf8'))[name]?.trim();
		if (key) return { key, from: '.env' };
	}
	const key = readCredentials(io).keys?.[config.provider];
	return key ? { key, from: credentialsFile(io) } : null;
};

export const keyFor = (io: Pick<Io, 'env'>, project: Project): string | null => findKey(io, project)?.key ?? null;
