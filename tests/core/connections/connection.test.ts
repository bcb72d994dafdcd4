import { expect, test } from 'vitest';
import { addressProblem, keyHint, keyProblem } from '../../../src/lib/core/connections/connection.ts';

test('the hint of a key is its end, unless that would be too much of it', () => {
	expect(keyHint('sk-1234567890abcd')).toBe('abcd');
	expect(keyHint('12345678abcd')).toBe('abcd');
	expect(keyHint('12345678901')).toBe('');
});

test('a key is one line of printable ASCII without spaces; none at all is fine', () => {
	for (const key of ['', 'sk-1234567890abcd', '!', '~', 'a=b/c+d']) expect(keyProblem(key)).toBeNull();
	for (const key of [' ', ' sk-1', 'sk-1 ', 'sk 1', 'sk-1\n', '\u007f', 'schlüssel']) {
		expect(keyProblem(key)).toMatch(/without spaces$/);
	}
});

test.each([
	'https://models.example.com/v1',
	'http://127.0.0.1:8000',
	'HTTPS://models.example.com',
	'https://models.example.com/v1/?'
])('%s can be called', (address) => {
	expect(addressProblem(address)).toBeNull();
});

test.each([
	'',
	'models.example.com',
	'https://',
	'ftp://models.example.com',
	'xhttps://a.example',
	'httpsx://a.example'
])('%j is no address of an API', (address) => {
	expect(addressProblem(address)).toMatch(/^Give the address of the API/);
});

test.each(['https://me@a.example', 'https://:key@a.example', 'https://a.example/v1?key=1', 'https://a.example/#key'])(
	'%s says more than where it is',
	(address) => {
		expect(addressProblem(address)).toMatch(/^Give the address alone/);
	}
);
