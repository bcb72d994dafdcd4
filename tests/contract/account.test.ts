import * as v from 'valibot';
import { expect, test } from 'vitest';
import { LookAtLink, RequestSignIn, SignInWithCode } from '../../src/lib/contract/account.ts';
import { normalEmail } from '../../src/lib/core/account/email.ts';

const [SignInRequest, CodeEntry, LinkToken] = [RequestSignIn.input, SignInWithCode.input, LookAtLink.input];

test('an address is made small and kept with its tag; where to go next may be left out', () => {
	const { email, next } = v.parse(SignInRequest, { email: ' Ana+Work@Example.COM ' });
	expect({ email: normalEmail(email), next }).toEqual({ email: 'ana+work@example.com', next: '' });
});

test.each([
	'',
	'ana',
	'ana@',
	'@example.com',
	'ana@example',
	'a@b@example.com',
	'ana@example.com, eve@example.com',
	'ana@example.com;eve@example.com',
	'"ana" <ana@example.com>',
	'ana@example.com\r\nBcc: eve@example.com',
	'ana @example.com',
	`${'a'.repeat(250)}@example.com`
])('%j is no address', (email) => {
	expect(v.safeParse(SignInRequest, { email }).success).toBe(false);
});

test('an address of a megabyte is refused: with backtracking, this would not end', () => {
	expect(v.safeParse(SignInRequest, { email: '@'.repeat(1_000_000) }).success).toBe(false);
	expect(v.safeParse(SignInRequest, { email: 'a'.repeat(1_000_000) + '@' }).success).toBe(false);
});

test('a code is any short text; the database decides', () => {
	expect(v.parse(CodeEntry, { code: ' k7q-2mx ' })).toEqual({ code: 'k7q-2mx' });
	for (const code of ['', '   ', 'x'.repeat(41)]) expect(v.safeParse(CodeEntry, { code }).success).toBe(false);
});

test('a link without a token is looked at like any other', () => {
	expect(v.parse(LinkToken, {})).toEqual({ token: '' });
	expect(v.safeParse(LinkToken, { token: 'x'.repeat(201) }).success).toBe(false);
});
