import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetMe } from '../../lib/contract/keys.ts';
import { BeginDevice, TakeToken } from '../../lib/contract/tokens.ts';
import type { login } from '../commands/login.ts';
import type { Deed } from '../deed.ts';
import { credentialsFile } from '../files/credentials.ts';
import { Refused } from '../remote/ask.ts';
import { browse } from '../remote/browser.ts';
import { call } from '../remote/call.ts';
import { linkHere } from '../remote/link.ts';
import { type Login, findOrigin, keepLogin } from '../remote/logins.ts';
import type { Io } from '../terminal/io.ts';
import type { Say } from '../terminal/say.ts';
import { readSecret } from '../terminal/secret.ts';

/** So much longer each question waits from then on, after the server has said that they come too fast. */
const slowerByMs = 5_000;

const isPending = (problem: unknown) =>
	problem instanceof Refused && (problem.code === 'authorization_pending' || problem.code === 'slow_down');

/** Shows the code, and asks until the person has answered it in the browser. */
const asPerson = async (io: Io, say: Say, origin: string): Promise<Login> => {
	const client = `ait on ${hostname().slice(0, 40)}`;
	const begun = await call({ origin }, BeginDevice, { client }, io);
	say.warn(`Confirm the code ${begun.userCode} at ${begun.verificationUriComplete}`);
	if (await browse(io, begun.verificationUriComplete)) say.note('It is open in your browser.');
	say.note('Waiting for you to confirm it; Ctrl-C gives up.');
	for (let waitMs = io.pollMs; ;) {
		await sleep(waitMs, undefined, { signal: io.signal });
		try {
			const { token, person, team, role, expiresAt } = await call(
				{ origin },
				TakeToken,
				{ deviceCode: begun.deviceCode },
				io
			);
			return { token, kind: 'person', name: person.name, team: { slug: team.slug, name: team.name }, role, expiresAt };
		} catch (problem) {
			if (!isPending(problem)) throw problem;
			if ((problem as Refused).code === 'slow_down') waitMs += slowerByMs;
		}
	}
};

const byKey = async (io: Io, origin: string): Promise<Login> => {
	const token = await readSecret(io, `API key of ${origin} (not shown): `, 'ait login --key');
	const { team, role, key } = await call({ origin, token }, GetMe, {}, io);
	return {
		token,
		kind: key ? 'key' : 'person',
		name: key?.name ?? 'You',
		team: { slug: team.slug, name: team.name },
		role,
		expiresAt: key?.expiresAt ?? ''
	};
};

export const deed: Deed<typeof login> = async ({ io, say, flags }) => {
	const origin = findOrigin(io, flags.server, linkHere(io.cwd)?.server);
	if (origin.startsWith('http:') && !/^http:\/\/(localhost|127\.|\[::1\])/.test(origin))
		say.warn(`ait: ${origin} is not encrypted: whoever is on the way reads what opens it.`);
	const login = flags.key ? await byKey(io, origin) : await asPerson(io, say, origin);
	keepLogin(io, origin, login);
	const { name, team, role, kind, expiresAt } = login;
	say.line(
		kind === 'person'
			? `Logged in at ${origin} as ${name}, ${role} in ${team.name}.`
			: `Logged in at ${origin} with the key "${name}", a ${role} of ${team.name}.`
	);
	say.line(`Kept in ${credentialsFile(io)}${expiresAt === '' ? '' : ` until ${expiresAt.slice(0, 10)}`}.`);
	say.aside('Next: ait link');
	say.json({ server: origin, as: kind, name, team, role, expiresAt: expiresAt || null });
};
