import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../../../src/lib/core/errors.ts';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import { providers } from '../../../src/lib/server/providers/registry.ts';
import {
	type Resolve,
	assertPublicUrl,
	guardedFetch,
	isAllowedAddress
} from '../../../src/lib/server/providers/safe-fetch.ts';

const to =
	(...addresses: string[]): Resolve =>
	async () =>
		addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
const somewhere = to('93.184.215.14');

let asked = 0;
const server = createServer((request, response) => {
	asked += 1;
	if (request.url === '/away') response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
	else response.end('inside');
});
let port = 0;
beforeAll(async () => {
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	port = (server.address() as AddressInfo).port;
});
afterAll(() => {
	server.closeAllConnections();
	server.close();
});

test.each([
	['127.0.0.1', 'this machine'],
	['127.8.9.1', 'this machine'],
	['0.0.0.0', 'nowhere'],
	['0.1.2.3', 'nowhere'],
	['10.1.2.3', 'private'],
	['172.16.0.1', 'private'],
	['172.31.255.255', 'private'],
	['192.168.1.1', 'private'],
	['169.254.169.254', 'cloud metadata'],
	['100.64.0.1', 'shared'],
	['100.127.255.255', 'shared'],
	['198.18.0.1', 'benchmarks'],
	['192.0.0.1', 'protocols'],
	['224.0.0.1', 'multicast'],
	['240.0.0.1', 'reserved'],
	['255.255.255.255', 'broadcast'],
	['203.0.113.7', 'documentation'],
	['::', 'nowhere'],
	['::1', 'this machine'],
	['fc00::1', 'unique local'],
	['fdff::1', 'unique local'],
	['fe80::1', 'link-local'],
	['fe90::1', 'link-local beyond fe80:'],
	['febf::1', 'link-local beyond fe80:'],
	['fec0::1', 'site-local'],
	['::ffff:127.0.0.1', 'IPv4 in IPv6'],
	['::ffff:7f00:1', 'IPv4 in IPv6'],
	['0:0:0:0:0:ffff:a00:1', 'IPv4 in IPv6'],
	['::ffff:8.8.8.8', 'IPv4 in IPv6'],
	['::7f00:1', 'IPv4-compatible'],
	['64:ff9b::7f00:1', 'NAT64'],
	['64:ff9b:1::1', 'NAT64'],
	['2002:7f00:1::', '6to4'],
	['2001::1', 'Teredo'],
	['2001:db8::1', 'documentation'],
	['ff02::1', 'multicast'],
	['not an address', 'nothing']
])('%s (%s) is refused', (address) => {
	expect(isAllowedAddress(address)).toBe(false);
});

test.each(['8.8.8.8', '93.184.215.14', '2606:4700::1111', '172.32.0.1', '11.0.0.1', '100.128.0.1'])(
	'%s is public',
	(address) => {
		expect(isAllowedAddress(address)).toBe(true);
	}
);

test.each([
	'http://example.com',
	'https://example.com:8443',
	'https://user:pass@example.com',
	'https://user@example.com',
	'ftp://example.com',
	'javascript:alert(1)',
	'example.com',
	'',
	'https://127.0.0.1',
	'https://127.1',
	'https://0x7f.1',
	'https://0x7f000001',
	'https://2130706433',
	'https://0177.0.0.1',
	'https://[::1]',
	'https://[::ffff:127.0.0.1]',
	'https://[::ffff:7f00:1]',
	'https://[fe90::1]',
	'https://[64:ff9b::7f00:1]',
	'https://localhost',
	'https://localhost.',
	'https://example.com.',
	'https://db',
	'https://printer.local',
	'https://metadata.google.internal',
	'https://xn--exmple-cua.com',
	'https://exämple.com',
	'https://①②⑦.⓪.⓪.①',
	`https://${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(20)}.com`
])('the address %s is refused under its field', async (address) => {
	const check = assertPublicUrl(address, { allowLocal: false, resolve: somewhere });
	await expect(check).rejects.toMatchObject({ name: 'AppError', code: 'invalid', field: 'baseUrl' });
});

test.each([
	'https://api.example.com/v1',
	'https://api.example.com:443/v1',
	'https://8.8.8.8/v1',
	'https://[2606:4700::1111]/'
])('the address %s is accepted', async (address) => {
	expect(await assertPublicUrl(address, { allowLocal: false, resolve: somewhere })).toBeInstanceOf(URL);
});

test('every address behind a name has to be public', async () => {
	for (const resolve of [to('10.0.0.1'), to('8.8.8.8', '127.0.0.1'), to('8.8.8.8', '::1'), to()]) {
		const check = assertPublicUrl('https://api.example.com', { allowLocal: false, resolve });
		await expect(check).rejects.toMatchObject({ code: 'invalid', field: 'baseUrl' });
	}
	const unknown: Resolve = () => Promise.reject(new Error('ENOTFOUND'));
	const check = assertPublicUrl('https://api.example.com', { allowLocal: false, resolve: unknown, field: 'url' });
	await expect(check).rejects.toMatchObject({
		code: 'invalid',
		field: 'url',
		message: expect.stringContaining('not be found')
	});
});

test('in development this machine and this network are allowed, but never the metadata of a cloud', async () => {
	const guard = { allowLocal: true, resolve: to('127.0.0.1') };
	expect(await assertPublicUrl('http://localhost:4010/openai/v1', guard)).toBeInstanceOf(URL);
	expect(await assertPublicUrl('http://192.168.1.4:8000', guard)).toBeInstanceOf(URL);
	await expect(assertPublicUrl('http://169.254.169.254/latest', guard)).rejects.toThrow(AppError);
	await expect(assertPublicUrl('http://user:pass@localhost', guard)).rejects.toThrow(AppError);
	await expect(assertPublicUrl('http://rebound.example', { ...guard, resolve: to('169.254.169.254') })).rejects.toThrow(
		AppError
	);
});

test('a name that turns to this machine after the check is refused when connecting', async () => {
	const answers = ['93.184.215.14', '127.0.0.1'];
	const flipping: Resolve = async () => [{ address: answers.shift() ?? '127.0.0.1', family: 4 }];
	const guard = { allowLocal: false, resolve: flipping };
	await assertPublicUrl('https://rebound.example/v1', guard);
	const before = asked;
	const reached = guardedFetch(guard)('https://rebound.example/v1');
	await expect(reached).rejects.toMatchObject({ cause: { name: 'AppError', code: 'invalid' } });
	expect(asked).toBe(before);
});

test('the connection goes to the address that was checked', async () => {
	let resolved = 0;
	const resolve: Resolve = async () => {
		resolved += 1;
		return [{ address: '127.0.0.1', family: 4 }];
	};
	const reply = await guardedFetch({ allowLocal: true, resolve })(`http://nowhere.example:${port}/`);
	expect(await reply.text()).toBe('inside');
	expect(resolved).toBe(1);
});

test('an address that is no name is checked as well, and redirects are not followed', async () => {
	await expect(guardedFetch({ allowLocal: false })(`https://127.0.0.1/`)).rejects.toThrow(AppError);
	await expect(guardedFetch({ allowLocal: false })(new Request('https://[::1]/'))).rejects.toThrow(AppError);
	const reply = await guardedFetch({ allowLocal: true })(`http://127.0.0.1:${port}/away`);
	expect(reply.status).toBe(302);
});

test('an answer that is too large is not read to its end', async () => {
	const reply = await guardedFetch({ allowLocal: true, mostBytes: 5 })(`http://127.0.0.1:${port}/`);
	await expect(reply.text()).rejects.toMatchObject({ code: 'TOO_LARGE' });
});

test('a provider connection to a forbidden address is refused with its sentence, and nothing is asked', async () => {
	configureProviders({ allowLocal: false });
	const before = asked;
	for (const provider of ['openai-compatible', 'openai', 'together'] as const) {
		for (const baseUrl of [`http://127.0.0.1:${port}/v1`, `https://127.0.0.1:${port}/v1`, 'https://2130706433/v1']) {
			const check = providers[provider].check({ provider, baseUrl, key: 'key' });
			await expect(check, baseUrl).rejects.toMatchObject({ name: 'AppError', field: 'baseUrl' });
		}
	}
	expect(asked).toBe(before);
	configureProviders({ allowLocal: true });
	const inside = providers['openai-compatible'].check({
		provider: 'openai-compatible',
		baseUrl: `http://127.0.0.1:${port}/away`,
		key: 'key'
	});
	// reached, but what it says in its answer stays with us
	const answer = await inside;
	expect(answer).toMatchObject({ ok: false });
	expect(JSON.stringify(answer)).not.toContain('inside');
});
