import { GetMe } from '../../lib/contract/keys.ts';
import { Failure } from '../exit-codes.ts';
import type { Found } from '../found.ts';
import type { Io } from '../terminal/io.ts';
import { Refused } from './ask.ts';
import { call } from './call.ts';
import { linkHere } from './link.ts';
import { type Server, findLogin, findOrigin, openServer } from './logins.ts';

const what = 'Login';

const asFound = (problem: unknown, level: Found['level']): Found => {
	if (!(problem instanceof Failure)) throw problem;
	return { level, what, sentence: problem.message, ...(problem.mend && { mend: problem.mend }) };
};

/** Whom the server takes us for, as far as that is kept here. */
const keptName = (io: Io, { origin, token }: Server): string => {
	const login = findLogin(io, origin);
	if (login?.token !== token) return 'by AITELIER_API_KEY';
	const { kind, name, role, team } = login;
	return `${kind === 'key' ? `with the key “${name}”` : `as ${name}`}, ${role} in ${team.name}`;
};

/** Which login is meant here, and whether its server accepts it. Nothing where no server is. */
export const findLoginState = async (io: Io, { offline }: { offline: boolean }): Promise<Found[]> => {
	const linked = linkHere(io.cwd)?.server;
	try {
		findOrigin(io, undefined, linked);
	} catch {
		return []; // on files alone nobody has to log in
	}
	let server: Server;
	try {
		server = openServer(io, undefined, linked);
	} catch (problem) {
		return [asFound(problem, 'problem')];
	}
	const who = `At ${server.origin} ${keptName(io, server)}`;
	if (offline) return [{ level: 'ok', what, sentence: `${who}.` }];
	try {
		const { role, team } = await call(server, GetMe, {}, io);
		const sentence = findLogin(io, server.origin)?.token === server.token ? who : `${who}, ${role} in ${team.name}`;
		return [{ level: 'ok', what, sentence: `${sentence}: accepted.` }];
	} catch (problem) {
		if (problem instanceof Refused && problem.code === 'unauthenticated')
			return [
				{
					level: 'problem',
					what,
					sentence: `${who}: not accepted any more.`,
					mend: `ait login --server ${server.origin}`
				}
			];
		return [asFound(problem, 'warn')];
	}
};
