import { expect, test } from 'vitest';
import { isEmail, maskedEmail, nameFrom, normalEmail } from '../../../src/lib/core/account/email.ts';

test.each(['ana@example.com', 'a@b.c', 'ana.maria+work@mail.example.com', 'Ünïcødé@exämple.de'])(
	'%s is an address',
	(text) => {
		expect(isEmail(text)).toBe(true);
	}
);

test.each([
	['', 'nothing'],
	['example.com', 'no @'],
	['ana@', 'nothing after the @'],
	['@example.com', 'nothing before the @'],
	['ana@ben@example.com', 'two @'],
	['ana@localhost', 'no dot after the @'],
	['ana.maria@localhost', 'a dot, but before the @'],
	['ana@b.', 'too short to be a domain'],
	['ana@[127.0.0.1]', 'a machine, which mail would be sent to'],
	...[
		' ',
		'\t',
		'\n',
		'\u0000',
		'\u001f',
		'<',
		'>',
		'"',
		',',
		';',
		':',
		'\\',
		'(',
		')',
		'[',
		']',
		'\u200b',
		'\u202e'
	].map((sign) => [`ana${sign}maria@example.com`, `${JSON.stringify(sign)} in it`])
])('%j is none: %s', (text) => {
	expect(isEmail(text!)).toBe(false);
});

test('a masked address is known again by its owner, and tells others little', () => {
	expect(maskedEmail('ana@example.com')).toBe('a…@example.com');
	expect(maskedEmail('a@example.com')).toBe('a…@example.com');
});

test('names are read out of addresses', () => {
	expect(nameFrom('ana@example.com')).toBe('Ana');
	expect(nameFrom('ana.maria_lopez-gil+work@example.com')).toBe('Ana Maria Lopez Gil');
	expect(nameFrom('...@example.com')).toBe('...@example.com');
	expect(nameFrom('ana..maria@example.com')).toBe('Ana Maria');
	expect(nameFrom(`${'a'.repeat(200)}@example.com`)).toHaveLength(80);
	expect(nameFrom(`${'.'.repeat(200)}@example.com`)).toHaveLength(80);
});

test('an address is kept in small letters, with its tag', () => {
	expect(normalEmail(' Ana+Work@Example.COM ')).toBe('ana+work@example.com');
});
