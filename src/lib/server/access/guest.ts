import type { Cookies } from '@sveltejs/kit';
import { config } from '../platform/config.ts';
import { randomToken } from '../platform/crypto.ts';

const isSecure = () => config().origin.startsWith('https:');
const name = () => (isSecure() ? '__Secure-guest' : 'guest');
const place = '/guest';

/** The secret by which a guest is known again, as long as their link may last. It opens nothing but their own ballots. */
export const guestToken = (cookies: Cookies): string | undefined => cookies.get(name());

/** The same, made when there is none yet. Sent below `/guest` alone; lax, since the link is mostly opened from a mail. */
export const ensureGuestToken = (cookies: Cookies): string => {
	const token = guestToken(cookies) ?? randomToken();
	cookies.set(name(), token, {
		path: place,
		httpOnly: true,
		sameSite: 'lax',
		secure: isSecure(),
		maxAge: 90 * 24 * 3600
	});
	return token;
};
