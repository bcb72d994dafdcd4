import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

type Claims = { email?: string; email_verified?: boolean | string; name?: string };

/**
 * An OpenID Connect issuer, as far as a sign-in needs one. It checks what a real one checks: the client's secret, the
 * address to return to, the PKCE verifier, and that a code is used once. `visit` is the person who logs in there.
 */
export const startIssuer = async (client: { id: string; secret: string }) => {
	const state = { claims: {} as Claims, away: false };
	const codes = new Map<string, { challenge: string; redirectUri: string }>();
	const tokens = new Set<string>();
	const sha = (text: string) => createHash('sha256').update(text).digest('base64url');

	const server = createServer(async (request, response) => {
		const say = (status: number, body: unknown) =>
			response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
		if (state.away) return say(503, {});
		if (request.url === '/.well-known/openid-configuration') {
			return say(200, {
				issuer: url,
				authorization_endpoint: `${url}/authorize`,
				token_endpoint: `${url}/token`,
				userinfo_endpoint: `${url}/userinfo`
			});
		}
		if (request.url === '/userinfo') {
			const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
			return tokens.has(token) ? say(200, { sub: 'someone', ...state.claims }) : say(401, {});
		}
		if (request.url !== '/token') return say(404, {});
		const parts: Buffer[] = [];
		for await (const part of request) parts.push(part as Buffer);
		const sent = new URLSearchParams(Buffer.concat(parts).toString());
		const code = sent.get('code') ?? '';
		const known = codes.get(code);
		codes.delete(code);
		const secret = Buffer.from(`${client.id}:${client.secret}`).toString('base64');
		if (request.headers.authorization !== `Basic ${secret}`) return say(401, { error: 'invalid_client' });
		if (known?.redirectUri !== sent.get('redirect_uri') || known?.challenge !== sha(sent.get('code_verifier') ?? '')) {
			return say(400, { error: 'invalid_grant' });
		}
		const token = randomBytes(16).toString('hex');
		tokens.add(token);
		say(200, { access_token: token, token_type: 'Bearer', expires_in: 60 });
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

	/** The person agrees: what the browser brings back. */
	const visit = (authorize: URL): URLSearchParams => {
		const code = randomBytes(8).toString('hex');
		const asked = authorize.searchParams;
		codes.set(code, { challenge: asked.get('code_challenge')!, redirectUri: asked.get('redirect_uri')! });
		return new URLSearchParams({ code, state: asked.get('state')! });
	};
	const stop = () =>
		new Promise<void>((done) => {
			server.close(() => done());
			server.closeAllConnections();
		});
	return { url, state, visit, stop };
};
