import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { compressed, mayCompress } from '../../../src/lib/server/http/compress.ts';
import { listEndpoints } from '../../support/data/route-files.ts';

const page = '/[team=slug]/[project=slug]/examples';
const text = 'Where is my parcel? '.repeat(500);
const answer = (more: Record<string, string> = {}, body: BodyInit = text) =>
	new Response(body, { headers: { 'content-type': 'text/html; charset=utf-8', ...more } });
const asked = (headers: Record<string, string> = {}, method = 'GET') =>
	new Request('https://aitelier.example/x', {
		method,
		headers: { 'accept-encoding': 'gzip, deflate, br', ...headers }
	});
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

test('what the browser takes is what it gets, and caches are told', async () => {
	const found: Record<string, unknown[]> = {};
	for (const accepted of ['br, gzip', 'gzip', 'gzip;q=1, br;q=0.5', 'br;q=0, gzip', 'deflate', 'identity', '']) {
		const sent = await compressed(asked({ 'accept-encoding': accepted }), page, answer());
		const coding = sent.headers.get('content-encoding');
		const bytes = await bytesOf(sent);
		const plain =
			coding === 'br' ? zlib.brotliDecompressSync(bytes) : coding === 'gzip' ? zlib.gunzipSync(bytes) : bytes;
		found[accepted] = [coding, plain.toString() === text, sent.headers.get('vary')];
		if (coding !== null) expect(bytes.length).toBeLessThan(300);
	}
	const vary = 'accept-encoding';
	expect(found).toEqual({
		'br, gzip': ['br', true, vary],
		gzip: ['gzip', true, vary],
		'gzip;q=1, br;q=0.5': ['gzip', true, vary],
		'br;q=0, gzip': ['gzip', true, vary],
		deflate: [null, true, vary],
		identity: [null, true, vary],
		'': [null, true, vary]
	});
});

test.for([
	['a live stream', answer({ 'content-type': 'text/event-stream; charset=utf-8' })],
	['a file that is taken', answer({ 'content-disposition': 'attachment; filename="x.jsonl"' })],
	['what is compressed already', answer({ 'content-encoding': 'br' })],
	['a picture', answer({ 'content-type': 'image/png' })],
	['a few bytes', answer({ 'content-length': '40' }, 'x'.repeat(40))],
	['what nobody may change', answer({ 'cache-control': 'no-cache, no-transform' })]
] as const)('%s stays as it is', async ([, response]) => {
	expect(await compressed(asked(), page, response)).toBe(response);
});

test('a tag becomes weak, and whoever has the same already is left to Kit', async () => {
	const tagged = () => answer({ etag: '"abc"' });
	expect((await compressed(asked(), page, tagged())).headers.get('etag')).toBe('W/"abc"');
	for (const known of ['"abc"', 'W/"abc"']) {
		const sent = await compressed(asked({ 'if-none-match': known }), page, tagged());
		expect(sent.headers.get('etag'), known).toBe('"abc"');
		expect(sent.headers.get('content-encoding'), known).toBeNull();
	}
});

/** A body whose pieces come when the test says so. */
const slowly = () => {
	let asked = 0;
	let cancelled: unknown;
	const pieces: (string | null)[] = [];
	let wake = () => {};
	const body = new ReadableStream<Uint8Array>(
		{
			async pull(controller) {
				asked++;
				while (pieces.length === 0) await new Promise<void>((done) => (wake = done));
				const piece = pieces.shift()!;
				if (piece === null) controller.close();
				else controller.enqueue(new TextEncoder().encode(piece));
			},
			cancel: (reason) => void (cancelled = reason)
		},
		{ highWaterMark: 0 }
	);
	const give = (piece: string | null) => {
		pieces.push(piece);
		wake();
	};
	return { body, give, asked: () => asked, cancelled: () => cancelled };
};

test('a body that comes in pieces is passed on piece by piece', async () => {
	const source = slowly();
	source.give('the frame of the page');
	const sent = await compressed(asked({ 'accept-encoding': 'gzip' }), page, answer({}, source.body));
	let read = '';
	const gunzip = zlib.createGunzip().on('data', (piece: Buffer) => (read += piece.toString()));
	const over = (async () => {
		for await (const piece of sent.body!) gunzip.write(piece);
	})();
	const until = async (words: string) => {
		while (!read.includes(words)) await setImmediate();
	};
	await until('the frame of the page');
	source.give(', and the rest');
	await until(', and the rest');
	source.give(null);
	await over;
});

test('a body that nobody reads is asked for no more, and hears that nobody does', async () => {
	const source = slowly();
	for (let i = 0; i < 50; i++) source.give(randomBytes(20_000).toString('hex'));
	const sent = await compressed(asked(), page, answer({}, source.body));
	const reader = sent.body!.getReader();
	await reader.read();
	expect(source.asked()).toBeLessThan(5);
	await reader.cancel('gone');
	expect(source.cancelled()).toBe('gone');
});

test('every way in is decided about: nothing that can carry a key, a code or a link of a person', () => {
	const endpoints = listEndpoints().map(({ method, route }) => ({
		route,
		method: method === 'page' ? 'GET' : method.startsWith('?') ? 'POST' : method
	}));
	const plain = endpoints.filter(({ method, route }) => method === 'GET' && !mayCompress(method, route));
	expect(plain.map(({ route }) => route)).toEqual([
		'/',
		'/[team=slug]/events',
		'/[team=slug]/projects/new',
		'/[team=slug]/settings',
		'/[team=slug]/settings/audit',
		'/[team=slug]/settings/audit/[format]',
		'/[team=slug]/settings/connections',
		'/[team=slug]/settings/keys',
		'/[team=slug]/settings/members',
		'/[team=slug]/settings/webhooks',
		'/[team=slug]/settings/webhooks/[webhook]',
		'/account',
		'/account/mails/[token]',
		'/dev/outbox',
		'/dev/outbox/[mail]',
		'/dev/ui',
		'/dev/ui/shell',
		'/device',
		'/guest/[token]',
		'/invitations/[token]',
		'/livez',
		'/login',
		'/login/[provider]',
		'/login/[provider]/callback',
		'/login/confirm',
		'/readyz',
		'/teams/new'
	]);
	const written = endpoints.filter(({ method, route }) => method !== 'GET' && mayCompress(method, route));
	expect(written).toEqual([{ route: '/[team=slug]/[project=slug]/rate/cards', method: 'POST' }]);
});
