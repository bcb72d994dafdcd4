import * as v from 'valibot';
import { expect, test } from 'vitest';
import { CreateTeam } from '../../src/lib/contract/account.ts';
import { Email, Name, whole } from '../../src/lib/contract/fields.ts';
import { normalEmail } from '../../src/lib/core/account/email.ts';

test.each([
	['Ana@Example.com ', 'ana@example.com'],
	['ana+test@example.co.uk', 'ana+test@example.co.uk'],
	["o'neil@example.com", "o'neil@example.com"]
])('%j is the address %s', (text, address) => expect(normalEmail(v.parse(Email, text))).toBe(address));

test.each([
	'',
	'ana',
	'ana@',
	'@example.com',
	'a@b@c.com',
	'ana@example',
	'ana @example.com',
	'ana@exa mple.com',
	'Ana <ana@example.com>',
	'a@x.com,b@y.com',
	'a@x.com;b@y.com',
	'ana@example.com\r\nBcc: eve@example.com',
	`${'x'.repeat(250)}@e.com`
])('%j is no address', (text) => expect(v.safeParse(Email, text).success).toBe(false));

test('a name is one line of 1 to 80 characters, trimmed', () => {
	expect(v.parse(CreateTeam.input, { name: '  Acme 🎉 ' })).toEqual({ name: 'Acme 🎉' });
	for (const wrong of ['', '   ', 'a\nb', 'a\u0000b', 'x'.repeat(81), 7, null])
		expect(v.safeParse(Name, wrong).success).toBe(false);
	expect(v.safeParse(CreateTeam.input, {}).issues?.[0].message).toBeTruthy();
});

test('what is beyond a limit is told the limit as people read it', () => {
	const said = (value: number) => v.safeParse(whole('The number', 1, 2000), value).issues?.[0].message;
	expect([0, 2000, 2001].map(said)).toEqual(['The number is at least 1', undefined, 'The number is at most 2,000']);
});
