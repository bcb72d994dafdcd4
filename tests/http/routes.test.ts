// Long because every claim is made of every endpoint: the files say which there are, tests/support/data/route-table.ts says who may pass.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checksumOf } from '../support/database/checksum.ts';
import { type Line, type Visitor, lines, visitors } from '../support/data/route-table.ts';
import { type StartedApp, startApp } from '../support/app/started-app.ts';
import { type Endpoint, endpointName, listEndpoints } from '../support/data/route-files.ts';
import { newSession } from '../support/data/session.ts';
import { type Answer, visit } from '../support/browser/visit.ts';
import { type World, newWorld } from '../support/data/world.ts';

let app: StartedApp;
let here: World;
let there: World;
/** What the other team has: only these tests ask anything, so nothing happens between two of them. */
let theirs: Record<string, string>;
const expectTheirsUnchanged = async () => {
	expect(await checksumOf(app.owner, there.teamId)).toEqual(theirs);
	isLookedAt = true;
};
/** What reads alone have changed shows at the next write, and at the end. */
let isLookedAt = true;
beforeAll(async () => {
	app = await startApp();
	[here, there] = [await newWorld(app.owner, app.sandboxUrl), await newWorld(app.owner, app.sandboxUrl)];
	theirs = await checksumOf(app.owner, there.teamId);
});
afterAll(() => app.close());

const endpoints = listEndpoints();
/** Known endpoints in the order of the table, which keeps what ends something for the end. */
const known = Object.entries(lines)
	.map(([name, line]) => ({ name, line, endpoint: endpoints.find((endpoint) => endpointName(endpoint) === name) }))
	.filter((each): each is { name: string; line: Line; endpoint: Endpoint } => each.endpoint !== undefined);
const isRead = ({ method }: Endpoint) => method === 'page' || method === 'GET';

const personOf = (visitor: Visitor) =>
	visitor === 'stranger' ? there.people.owner : here.people[visitor as 'owner' | 'trainer' | 'rater'];
/** A new one for every request: some endpoints end it. */
const sessionOf = async (visitor: Visitor) =>
	visitor === 'anonymous' ? null : newSession(app.owner, personOf(visitor));

const expectedFor = (line: Line, visitor: Visitor) => Number(line.is.split(' ')[visitors.indexOf(visitor)]);

test('every endpoint has a line in the table, and every line an endpoint', () => {
	expect(Object.keys(lines).sort()).toEqual(endpoints.map(endpointName).sort());
});

/** What holds for every answer, whoever asked and whatever came of it. */
const expectSafe = (name: string, { headers, text, status }: Answer) => {
	const said = (header: string) => headers.get(header);
	expect(said('x-content-type-options'), name).toBe('nosniff');
	expect(said('x-frame-options'), name).toBe('DENY');
	expect(said('x-request-id'), name).toMatch(/^[0-9a-f-]{36}$/);
	const hasToken = /^\/(login|invitations|device|guest|account\/mails)/.test(name);
	expect(said('referrer-policy'), name).toBe(hasToken ? 'same-origin' : 'strict-origin-when-cross-origin');
	// the docs are the same for everybody, and know nobody
	const isForEverybody = /^\/(\(docs\)|api\/openapi)/.test(name);
	expect(said('cache-control'), name).toMatch(
		isForEverybody ? /^public, max-age=300$/ : /no-store|no-cache, no-transform/
	);
	if (isForEverybody) expect(said('set-cookie'), name).toBeNull();
	expect(said('access-control-allow-origin'), name).toBeNull();
	expect(said('server') ?? said('x-powered-by'), name).toBeNull();
	const type = said('content-type');
	if (text !== '') expect(type, name).toMatch(/^(application\/json$|[a-z/-]+; ?charset=utf-8$)/i);
	if (type?.startsWith('text/html') && text.includes('<body')) {
		const policy = said('content-security-policy') ?? '';
		for (const rule of ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
			expect(policy, name).toContain(rule);
		// the page of a refusal has no script at all
		expect(policy, name).toMatch(
			isForEverybody
				? /script-src 'self' 'sha256-[^']+';/
				: /script-src 'self' 'sha256-[^']+' 'nonce-[^']+'|^default-src 'none';/
		);
		expect(/script-src [^;]*/.exec(policy)?.[0] ?? '', name).not.toContain('unsafe');
	}
	expect(status, name).toBeLessThan(500);
	for (const world of [here, there]) expect(text.includes(world.canary), `${name} shows a key`).toBe(false);
	expect(text, name).not.toMatch(/sealedKey|tokenHash|idHash/);
};

describe('who may pass', () => {
	for (const { name, line, endpoint } of known) {
		test(name, async () => {
			const found: Record<string, number> = {};
			if (line.changesVisitor && !isLookedAt) await expectTheirsUnchanged();
			for (const visitor of visitors) {
				const answer = await visit(app.origin, endpoint.method, line, here, { session: await sessionOf(visitor) });
				found[visitor] = answer.status;
				expectSafe(`${name} for ${visitor}`, answer);
				if (visitor === 'anonymous' && answer.status === 303 && endpoint.method === 'page')
					expect(answer.headers.get('location')).toMatch(/^\/login/);
			}
			expect(found).toEqual(Object.fromEntries(visitors.map((visitor) => [visitor, expectedFor(line, visitor)])));
			if (line.changesVisitor) theirs = await checksumOf(app.owner, there.teamId);
			else if (isRead(endpoint)) isLookedAt = false;
			else await expectTheirsUnchanged();
		});
	}
	test('and what was only looked at changed nothing of another team', expectTheirsUnchanged);
});

describe('a foreign id', () => {
	const ids = (w: World) =>
		Object.entries(w).filter(([, id]) => typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id)) as [
			keyof World,
			string
		][];
	/** What is asked, without the ids that are new every time. */
	const sent = (line: Line, w: World) =>
		`${line.at(w)} ${JSON.stringify(line.send?.(w) ?? null)}`.replace(/[0-9a-f-]{36}/g, (id) =>
			Object.values(w).includes(id) ? id : 'new'
		);

	for (const { name, line, endpoint } of known) {
		test(`in ${name} is not found and changes nothing`, async () => {
			const session = await sessionOf('owner');
			const found: Record<string, number> = {};
			const expected: Record<string, number> = {};
			// the same request, with one of our ids after the other replaced by the other team's
			for (const key of [...ids(here).map(([id]) => id), 'project' as const]) {
				const mixed = { ...here, [key]: there[key] };
				if (sent(line, mixed) === sent(line, here)) continue;
				const answer = await visit(app.origin, endpoint.method, line, mixed, { session });
				expectSafe(`${name} with ${key}`, answer);
				found[key] = answer.status;
				expected[key] = line.swap?.[key] ?? 404;
			}
			expect(found).toEqual(expected);
			if (isRead(endpoint)) isLookedAt = false;
			else await expectTheirsUnchanged();
		});
	}
	test('that was only looked for changed nothing', expectTheirsUnchanged);
});

describe('a write from elsewhere', () => {
	const types = [
		'application/json',
		'application/x-www-form-urlencoded',
		'multipart/form-data; boundary=x',
		'text/plain',
		'application/octet-stream',
		null
	];
	const refusal = /did not come from a page of ours/;

	/** What mail programs send by themselves (RFC 8058): the link is what lets in, and no cookie is looked at. */
	const ofMailPrograms = '/account/mails/[token] ?/default';

	test('a mail program that has a link is heard, from wherever it asks', async () => {
		for (const origin of ['https://mail.example', null]) {
			const asked = { session: null, origin, type: 'application/x-www-form-urlencoded' };
			const answer = await visit(app.origin, '?/default', lines[ofMailPrograms]!, here, asked);
			expect(answer.status).toBe(410); // this link is unknown
			expectSafe(ofMailPrograms, answer);
		}
	});

	for (const { name, line, endpoint } of known.filter(({ endpoint }) => !isRead(endpoint))) {
		if (name === ofMailPrograms) continue;
		test(`${name} is refused whatever it claims to contain`, async () => {
			const before = await checksumOf(app.owner, here.teamId);
			const session = await sessionOf('owner');
			for (const type of types) {
				for (const origin of ['https://evil.example', `${app.origin}.evil.example`, 'null', null]) {
					const answer = await visit(app.origin, endpoint.method, line, here, { session, origin, type });
					expect(answer.status, `${type} from ${origin}`).toBe(403);
					expect(answer.text).toMatch(refusal);
					expectSafe(name, answer);
				}
			}
			expect(await checksumOf(app.owner, here.teamId)).toEqual(before);
			for (const type of types) {
				// a body that makes no sense as this type: it may be refused, but not for where it comes from
				const answer = await visit(app.origin, endpoint.method, { ...line, send: () => ({}), raw: '' }, here, {
					session,
					type
				});
				expect(answer.text, `${type} from our own page`).not.toMatch(refusal);
				expect(answer.status, `${type} from our own page`).toBeLessThan(500);
			}
		});
	}
});

// The endpoints above have let people leave and links end: from here on it is a team that nobody has touched.
describe('in a fresh team', () => {
	beforeAll(async () => void (here = await newWorld(app.owner, app.sandboxUrl)));

	test('what one person decided is not taken from another, who has signed in there since', async () => {
		const line = lines['/[team=slug]/[project=slug]/rate/ratings POST']!;
		const rate = async (person: string) =>
			(await visit(app.origin, 'POST', line, here, { session: await sessionOf('owner'), person })).status;
		const before = await checksumOf(app.owner, here.teamId);
		expect(await rate(here.people.rater)).toBe(401);
		expect(await checksumOf(app.owner, here.teamId)).toEqual(before);
		expect(await rate(here.people.owner)).toBe(200);
	});

	test('looking changes nothing', async () => {
		const looks = known.filter(({ endpoint }) => isRead(endpoint));
		// the first look at the pairs draws the person's ballots, the same ones whenever and however often; who took a
		// copy of everything is written down
		const looked = async () => {
			const { ballots: _ballots, audit_entries: _entries, ...rest } = await checksumOf(app.owner, here.teamId);
			return rest;
		};
		const before = await looked();
		const acts = () => app.owner`select action from audit_entries where team_id = ${here.teamId} order by seq`;
		const { length: earlier } = await acts();
		for (const visitor of ['rater', 'trainer', 'owner'] as const) {
			const session = await sessionOf(visitor);
			const row = () => app.owner`select s.*, p.* from sessions s join people p on p.id = s.person_id
			where person_id = ${personOf(visitor)} order by s.handle`;
			const mine = await row();
			for (const { name, line, endpoint } of looks) {
				for (const method of ['GET', 'HEAD']) {
					const { status } = await visit(app.origin, endpoint.method, line, here, { session, method });
					// whoever only wants to hear of a copy takes none, and is dealt nothing
					const isTaking = method === 'HEAD' && /\/(examples\/export|audit\/\[format\]|vote|score) GET$/.test(name);
					expect(status, `${method} ${name} as ${visitor}`).toBe(isTaking ? 405 : expectedFor(line, visitor));
				}
			}
			expect(await row()).toEqual(mine);
		}
		expect(await looked()).toEqual(before);
		expect(new Set((await acts()).slice(earlier).map(({ action }) => action))).toEqual(
			new Set(['examples.exported', 'audit.exported'])
		);
	});

	describe('what a voter is sent names nobody', () => {
		const forms = (w: World) => [
			{
				what: 'page',
				address: lines['/[team=slug]/[project=slug]/eval/[evaluation]/vote page']!.at(w),
				accept: 'text/html'
			},
			{
				what: 'data',
				address: `${lines['/[team=slug]/[project=slug]/eval/[evaluation]/vote page']!.at(w)}/__data.json`,
				accept: '*/*'
			},
			{
				what: 'pairs',
				address: lines['/[team=slug]/[project=slug]/eval/[evaluation]/vote GET']!.at(w),
				accept: 'application/json'
			}
		];
		for (const visitor of ['rater', 'trainer', 'owner'] as const) {
			test(`as ${visitor}`, async () => {
				const session = await sessionOf(visitor);
				for (const { what, address, accept } of forms(here)) {
					const answer = await fetch(app.origin + address, { headers: { accept, cookie: `session=${session}` } });
					expect(answer.status).toBe(200);
					const text = await answer.text();
					expect(text, `the ${what} has the pairs`).toContain('Thank you for your message');
					const told = [here.run, here.connection, 'zebra', 'sandbox-small', 'v1 against base'];
					const others = Object.values(here.people).filter((id) => id !== personOf(visitor));
					for (const word of [...told, ...others]) expect(text.includes(word), `the ${what} says ${word}`).toBe(false);
					expect(text).not.toMatch(/swapped|contender|reference|pairingId|exampleId|baseModel|modelObject/);
				}
			});
		}

		test('and a rater is told no model anywhere before the reveal', async () => {
			const session = await sessionOf('rater');
			for (const { name, line, endpoint } of known.filter(({ endpoint }) => isRead(endpoint))) {
				const { status, text } = await visit(app.origin, endpoint.method, line, here, { session });
				expect(status, name).toBe(expectedFor(line, 'rater'));
				expect(text.includes('zebra'), name).toBe(false);
			}
		});
	});
});
