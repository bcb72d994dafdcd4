import { describe, expect, test } from 'vitest';
import { safeNext } from '../src/lib/paths.ts';

describe('where to go after signing in stays on our origin', () => {
	test.each([
		'/',
		'/northwind',
		'/northwind/support/rate?n=1#top',
		'/a//b',
		'/invitations/abc-_',
		'/?q=https://x.example'
	])('%s is kept', (next) => {
		expect(safeNext(next)).toBe(next);
		expect(new URL(safeNext(next), 'https://us.example').origin).toBe('https://us.example');
	});

	test.each([
		'//evil.example',
		'///evil.example',
		'/\\evil.example',
		'/\\/evil.example',
		'\\\\evil.example',
		'/a\\..\\b',
		'https://evil.example',
		'https:evil.example',
		'javascript:alert(1)',
		'data:text/html,x',
		'evil.example',
		' //evil.example',
		'/\t/evil.example',
		'/\n/evil.example',
		'/\r\nset-cookie: a=b',
		'/\u0000',
		'/日本',
		'/a b',
		'',
		null,
		undefined
	])('%j becomes home', (next) => {
		expect(safeNext(next)).toBe('/');
	});
});
