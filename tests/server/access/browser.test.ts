import { expect, test } from 'vitest';
import { browserToken, ensureBrowserToken } from '../../../src/lib/server/access/browser.ts';
import { newCookies } from '../../support/data/cookies.ts';

test('a browser keeps one secret, out of reach of scripts', () => {
	const { jar, options } = newCookies();
	expect(browserToken(jar)).toBeUndefined();
	const token = ensureBrowserToken(jar);
	expect(Buffer.from(token, 'base64url')).toHaveLength(32);
	expect(ensureBrowserToken(jar)).toBe(token);
	expect(browserToken(jar)).toBe(token);
	expect(options.get('browser')).toMatchObject({ httpOnly: true, sameSite: 'lax', path: '/' });
	expect(ensureBrowserToken(newCookies().jar)).not.toBe(token);
});
