import type { Cookies } from '@sveltejs/kit';
import { config } from '../platform/config.ts';
import { randomToken } from '../platform/crypto.ts';

const isSecure = () => config().origin.startsWith('https:');
// the prefix demands https; on http://localhost there is none to have
const name = () => (isSecure() ? '__Host-browser' : 'browser');

/** The secret by which a browser is known again between asking for a mail and using it (README). It signs nobody in. */
export const browserToken = (cookies: Cookies): string | undefined => cookies.get(name());

/** The same, made when there is none yet; it outlives the mail by far. */
export const ensureBrowserToken = (cookies: Cookies): string => {
	const token = browserToken(cookies) ?? randomToken();
	cookies.set(name(), token, { path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure(), maxAge: 24 * 3600 });
	return token;
};
