// What pages weigh on the wire, by the bytes that arrive, and that only what may be compressed is.
import { once } from 'node:events';
import http from 'node:http';
import zlib from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { to } from '../../src/lib/paths.ts';
import { inProject } from '../../src/lib/server/access/scope.ts';
import { importSample } from '../../src/lib/server/examples/commands.ts';
import { newSession } from '../support/data/session.ts';
import { type StartedApp, startApp } from '../support/app/started-app.ts';
import { newProject, newTeam } from '../support/data/team.ts';

let app: StartedApp;
let session: string;
let place: [team: string, project: string];
beforeAll(async () => {
	app = await startApp();
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	await importSample(await inProject(team.scope, project.slug), { sample: 'customer-support' });
	session = await newSession(app.owner, team.owner.id);
	place = [team.slug, project.slug];
});
afterAll(() => app.close());

/** As a browser asks, but the bytes as they come. */
const take = async (address: string, accepted = 'gzip, deflate, br', more: http.OutgoingHttpHeaders = {}) => {
	const headers = { cookie: `session=${session}`, accept: 'text/html', 'accept-encoding': accepted, ...more };
	const [answer] = (await once(http.get(app.origin + address, { headers }), 'response')) as [http.IncomingMessage];
	const pieces: Buffer[] = [];
	for await (const piece of answer) pieces.push(piece as Buffer);
	const bytes = Buffer.concat(pieces);
	const coding = answer.headers['content-encoding'];
	const plain = coding === 'br' ? zlib.brotliDecompressSync(bytes) : coding === 'gzip' ? zlib.gunzipSync(bytes) : bytes;
	return { status: answer.statusCode, headers: answer.headers, coding, bytes: bytes.length, text: plain.toString() };
};

// gzip looks back 32 KB, and the texts of a page stand further from where its script repeats them
test.each([
	['the page', '', { br: 20_000, gzip: 40_000 }],
	['what a live page asks again', '/__data.json', { br: 20_000, gzip: 20_000 }]
])('fifty examples on the wire: %s', async (_, rest, most) => {
	const address = to.examples(...place) + rest;
	const plain = await take(address, 'identity');
	for (const [coding, bytes] of Object.entries(most)) {
		const sent = await take(address, coding);
		expect(sent.coding).toBe(coding);
		expect(sent.headers.vary).toContain('accept-encoding');
		expect(sent.bytes, coding).toBeLessThanOrEqual(bytes);
		// nonces and the place of the live page differ by a few bytes
		expect(Math.abs(sent.text.length - plain.text.length)).toBeLessThan(500);
	}
});

test('what may carry a key, a code or a link of a person keeps its length to itself', async () => {
	const [team] = place;
	for (const address of [to.keys(team), to.members(team), to.account(), to.login()]) {
		expect((await take(address)).coding, address).toBeUndefined();
	}
});

test('whoever has a document already is told so, whichever coding it came in', async () => {
	const first = await take('/docs');
	expect(first.coding).toBe('br');
	expect(first.headers.etag).toMatch(/^W\//);
	const again = await take('/docs', 'gzip, deflate, br', { 'if-none-match': first.headers.etag });
	expect(again).toMatchObject({ status: 304, bytes: 0, coding: undefined });
});
