// What a rater's pages, endpoints and stream send is the same, byte for byte, whatever others have said.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { letOthersSay, othersWorlds } from '../support/data/others-scores.ts';
import { readEvents } from '../support/servers/event-reader.ts';
import { type Line, lines } from '../support/data/route-table.ts';
import { endpointName, listEndpoints } from '../support/data/route-files.ts';
import { newSession } from '../support/data/session.ts';
import { type StartedApp, startApp } from '../support/app/started-app.ts';
import { visit } from '../support/browser/visit.ts';
import { type World, newWorld } from '../support/data/world.ts';

let app: StartedApp;
let here: World;
let session: string;
beforeAll(async () => {
	app = await startApp();
	here = await newWorld(app.owner, app.sandboxUrl);
	session = await newSession(app.owner, here.people.rater);
});
afterAll(() => app.close());

const project = '/[team=slug]/[project=slug]';
/** Reads, by the route table, and the one that asks by POST; with the filters that could tell the most. */
const asked: { name: string; method: string; line: Line }[] = [
	...listEndpoints()
		.filter(({ method }) => method === 'page' || method === 'GET')
		.map((endpoint) => ({
			name: endpointName(endpoint),
			method: endpoint.method,
			line: lines[endpointName(endpoint)]!
		}))
		.filter(({ name }) => !/^\/(livez|readyz|dev)\b|\/events GET$/.test(name)),
	...['band=great', 'band=unrated', 'split=train', 'split=none'].map((filter) => ({
		name: `${project}/examples page with ${filter}`,
		method: 'page',
		line: { is: '', at: (w: World) => `${lines[`${project}/examples page`]!.at(w)}&${filter}` }
	})),
	...['unrated', 'below', 'needs-rewrite', 'all'].flatMap((filter) =>
		['newest', 'random', 'rating'].map((sort) => ({
			name: `${project}/rate/cards POST with ${filter} by ${sort}`,
			method: 'POST',
			line: { ...lines[`${project}/rate/cards POST`]!, send: () => ({ filter, sort, seed: 5 }) }
		}))
	)
];

/** Everything that is sent, without what every answer has of its own: the nonce of its scripts, the id of the request, the place of its live page, the name of what is said next. */
const sent = async ({ method, line }: (typeof asked)[number]): Promise<string> => {
	const { status, headers, text } = await visit(app.origin, method, line, here, { session });
	const own = [
		headers.get('x-request-id'),
		/'nonce-([^']+)'/.exec(headers.get('content-security-policy') ?? '')?.[1],
		/heard:("[\d:,]+")/.exec(text)?.[1],
		/clientId:("[-\da-f]+")/.exec(text)?.[1]
	];
	// not the etag, nor the length, which are made of these too
	const kept = ['content-type', 'location'].map((name) => headers.get(name));
	return own.reduce(
		(all: string, word) => (word ? all.replaceAll(word, '·') : all),
		`${status} ${kept.join(' ')}\n${text}`
	);
};

test('the worlds differ: a trainer reads another dashboard in each', async () => {
	const trainer = await newSession(app.owner, here.people.trainer);
	const seen = new Set<string>();
	for (const world of othersWorlds) {
		await letOthersSay(app.owner, here, world);
		const { text } = await visit(app.origin, 'page', lines[`${project} page`]!, here, { session: trainer });
		seen.add(/bars:\[[^\]]*\]/.exec(text)?.[0] ?? text);
	}
	expect(seen.size).toBe(3);
});

describe('whatever others have said, the same comes from', () => {
	const found = new Map<(typeof asked)[number], string[]>(asked.map((one) => [one, []]));
	// in one world after the other: making a world takes longer than all the questions
	beforeAll(async () => {
		for (const one of asked) await sent(one); // the first look at a vote draws the ballots
		for (const world of othersWorlds) {
			await letOthersSay(app.owner, here, world);
			for (const one of asked) found.get(one)!.push(await sent(one));
		}
	});

	test.each(asked.map((one) => [one.name, one] as const))('%s', (_, one) => {
		const [nothing, worst, best] = found.get(one)!;
		expect(worst).toBe(nothing);
		expect(best).toBe(nothing);
	});
});

test('the stream names what changed, and not how', async () => {
	const found: string[] = [];
	// all that was written since the outbox has everything
	const [begun] = await app.owner`select (outbox_begun()::text::bigint + 1)::text as xid`;
	const first = `${begun!.xid}:${begun!.xid}:`;
	for (const world of othersWorlds) {
		await letOthersSay(app.owner, here, world);
		const reader = await readEvents(`${app.origin}${lines['/[team=slug]/events GET']!.at(here)}`, session, first);
		await reader.until(() => reader.messages().length > 0);
		// all that was sent: names and order of its lines, topics in any order, and the place, which is new each time
		await reader.leave();
		const [message] = reader.messages();
		const { topics, ...rest } = message!.news;
		const text = reader.text().replaceAll(message!.id, '·');
		found.push(text.replace(JSON.stringify(message!.news), JSON.stringify({ ...rest, topics: topics.toSorted() })));
		expect(reader.events().every(({ topic }) => /^(project|ratings|evaluation|run):[0-9a-f-]{36}$/.test(topic))).toBe(
			true
		);
	}
	expect(new Set(found).size).toBe(1);
});
