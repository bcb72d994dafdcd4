import { expect, test } from 'vitest';
import { maskedEmail, nameFrom, normalEmail } from '../../../src/lib/core/account/email.ts';

test('a masked address is known again by its owner, and tells others little', () => {
	expect(maskedEmail('ana@example.com')).toBe('a…@example.com');
	expect(maskedEmail('a@example.com')).toBe('a…@example.com');
});

test('names are read out of addresses', () => {
	expect(nameFrom('ana@example.com')).toBe('Ana');
	expect(nameFrom('ana.maria_lopez-gil+work@example.com')).toBe('Ana Maria Lopez Gil');
	expect(nameFrom('...@example.com')).toBe('...@example.com');
	expect(nameFrom(`${'a'.repeat(200)}@example.com`)).toHaveLength(80);
});

test('an address is kept in small letters, with its tag', () => {
	expect(normalEmail(' Ana+Work@Example.COM ')).toBe('ana+work@example.com');
});
