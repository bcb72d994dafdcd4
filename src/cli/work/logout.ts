import { to } from '../../lib/paths.ts';
import type { logout } from '../commands/logout.ts';
import type { Deed } from '../deed.ts';
import { linkHere } from '../remote/link.ts';
import { findLogin, findOrigin, forgetLogin } from '../remote/logins.ts';

export const deed: Deed<typeof logout> = ({ io, say, flags }) => {
	const origin = findOrigin(io, flags.server, linkHere(io.cwd)?.server);
	const login = findLogin(io, origin);
	const isForgotten = forgetLogin(io, origin);
	say.line(isForgotten ? `Forgot what opens ${origin}.` : `You were not logged in at ${origin}.`);
	if (login?.kind === 'person') say.line(`The token works on until you end it at ${origin}${to.account()}`);
	say.json({ server: origin, forgotten: isForgotten });
};
