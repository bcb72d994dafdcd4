import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
	discovered,
	githubEndpoints,
	githubProfile,
	userInfo
} from '../../../src/lib/server/access/oauth-endpoints.ts';

let answers: Record<string, unknown> = {};
let asked: { path: string; authorization: string | undefined }[] = [];
const server = createServer((request, response) => {
	asked.push({ path: request.url!, authorization: request.headers.authorization });
	const answer = answers[request.url!];
	if (typeof answer === 'string') return response.writeHead(302, { location: answer }).end();
	response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}));
});
let url = '';
beforeAll(async () => {
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise<void>((done) => server.close(() => done())));

const document = (issuer: string) => ({
	issuer,
	authorization_endpoint: `${url}/authorize`,
	token_endpoint: `${url}/token`,
	userinfo_endpoint: `${url}/userinfo`
});

test('a discovery document is read once in a while, and only of its own issuer', async () => {
	asked = [];
	answers = {
		'/good/.well-known/openid-configuration': document(`${url}/good`),
		'/bad/.well-known/openid-configuration': document('https://evil.example'),
		'/moved/.well-known/openid-configuration': `${url}/good/.well-known/openid-configuration`
	};
	expect(await discovered(`${url}/good`)).toMatchObject({ token: `${url}/token`, profile: `${url}/userinfo` });
	await discovered(`${url}/good`);
	expect(asked).toHaveLength(1);
	await expect(discovered(`${url}/bad`)).rejects.toThrow('another issuer');
	await expect(discovered(`${url}/moved`)).rejects.toThrow();
	await expect(discovered(`${url}/none`)).rejects.toThrow('404');
});

test('who a token belongs to is asked with the token', async () => {
	asked = [];
	answers = { '/userinfo': { sub: 'x', email: 'ana@example.com', email_verified: true } };
	const endpoints = { issuer: url, authorize: '', token: '', profile: `${url}/userinfo` };
	expect(await userInfo(endpoints, 'token')).toEqual({ email: 'ana@example.com', isVerified: true, name: undefined });
	expect(asked).toEqual([{ path: '/userinfo', authorization: 'Bearer token' }]);
});

test('at GitHub the primary address counts, and whether it is verified', async () => {
	const endpoints = { ...(await githubEndpoints()), profile: `${url}/user` };
	const emails = [
		{ email: 'old@example.com', primary: false, verified: true },
		{ email: 'ana@example.com', primary: true, verified: false }
	];
	answers = { '/user': { login: 'ana', name: null }, '/user/emails': emails };
	expect(await githubProfile(endpoints, 't')).toEqual({ email: 'ana@example.com', isVerified: false, name: undefined });
	answers = { '/user': { name: 'Ana Sol' }, '/user/emails': [{ ...emails[1], verified: true }] };
	expect(await githubProfile(endpoints, 't')).toEqual({ email: 'ana@example.com', isVerified: true, name: 'Ana Sol' });
	answers = { '/user': {}, '/user/emails': [emails[0]] };
	expect(await githubProfile(endpoints, 't')).toMatchObject({ email: undefined, isVerified: false });
});
