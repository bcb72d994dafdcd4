import { Failure } from '../exit-codes.ts';
import { readCredentials, writeCredentials } from '../files/credentials.ts';
import type { Io } from '../terminal/io.ts';

/** What opens a server, and whom the server takes us for. */
export type Login = {
	token: string;
	kind: 'person' | 'key';
	/** The person, or what the key is called. */
	name: string;
	team: { slug: string; name: string };
	role: string;
	/** ISO 8601, UTC. */
	expiresAt: string;
};

/** A server that is spoken to. `by`: what opens it, where somebody may have to look at that. */
export type Server = { origin: string; token: string; by?: 'login' | 'AITELIER_API_KEY' };

type Kept = { servers?: Record<string, Login>; lastServer?: string };

const kept = (io: Pick<Io, 'env'>): Kept => readCredentials(io) as Kept;

/** The origin that a person means: `localhost:5173`, `https://aitelier.example/northwind`. Throws a *usage* failure. */
export const originOf = (said: string): string => {
	const isLocal = /^(localhost|127\.|\[::1\])/.test(said);
	const address = URL.parse(/^https?:\/\//.test(said) ? said : `${isLocal ? 'http' : 'https'}://${said}`);
	if (!address || address.hostname === '')
		throw new Failure(`"${said}" is no address of a server.`, 'ait login --server https://aitelier.example', 'usage');
	return address.origin;
};

/** Which server is meant: the one that is named, $AITELIER_URL, the one this folder is linked with, or that of the last login. */
export const findOrigin = (io: Pick<Io, 'env'>, named: string | undefined, linked?: string): string => {
	const said = named ?? (io.env.AITELIER_URL?.trim() || linked || kept(io).lastServer);
	if (!said)
		throw new Failure('It is not said which server is meant.', 'ait login --server https://aitelier.example', 'usage');
	return originOf(said);
};

export const findLogin = (io: Pick<Io, 'env'>, origin: string): Login | null => kept(io).servers?.[origin] ?? null;

/**
 * A server with what opens it: the login that is kept, or $AITELIER_API_KEY, which goes to $AITELIER_URL and nowhere else: a folder of
 * somebody else's may be linked with any server. Throws a failure that names `ait login`.
 */
export const openServer = (io: Pick<Io, 'env'>, named: string | undefined, linked?: string): Server => {
	const origin = findOrigin(io, named, linked);
	const [url, key] = [io.env.AITELIER_URL?.trim(), io.env.AITELIER_API_KEY?.trim()];
	const isForThis = url !== undefined && url !== '' && originOf(url) === origin;
	if (isForThis && key) return { origin, token: key, by: 'AITELIER_API_KEY' };
	const token = findLogin(io, origin)?.token;
	if (token) return { origin, token, by: 'login' };
	if (key && !isForThis)
		throw new Failure(
			`AITELIER_API_KEY is only sent to AITELIER_URL, and ${origin} is not that.`,
			`AITELIER_URL=${origin} ait …`
		);
	throw new Failure(`You are not logged in at ${origin}.`, `ait login --server ${origin}`);
};

export const keepLogin = (io: Pick<Io, 'env'>, origin: string, login: Login): void => {
	const all = readCredentials(io) as Kept;
	writeCredentials(io, { ...all, servers: { ...all.servers, [origin]: login }, lastServer: origin });
};

/** Says whether there was one. */
export const forgetLogin = (io: Pick<Io, 'env'>, origin: string): boolean => {
	const all = readCredentials(io) as Kept;
	const { [origin]: found, ...others } = all.servers ?? {};
	if (!found) return false;
	const [next] = Object.keys(others);
	const { lastServer, ...rest } = all;
	const last = lastServer === origin ? next : lastServer;
	writeCredentials(io, { ...rest, servers: others, ...(last !== undefined && { lastServer: last }) });
	return true;
};
