import { afterAll, beforeAll, expect, test } from 'vitest';
import { addReadyRun } from '../support/data/evaluation.ts';
import { mostAtOnce } from '../../src/lib/core/examples/near.ts';
import { shownPages } from '../support/browser/pages.ts';
import { type StartedApp, startApp } from '../support/app/started-app.ts';
import { countingProxy } from '../support/database/counting-proxy.ts';
import { newProject } from '../support/data/team.ts';
import { addRows } from '../support/data/training.ts';
import { type World, newWorld } from '../support/data/world.ts';

const rowsFrom = (from: number, count: number) =>
	Array.from({ length: count }, (_, at) => ({ question: `Where is parcel ${from + at}?`, split: null }));

let way: Awaited<ReturnType<typeof countingProxy>>;
let app: StartedApp;
let world: World & { uncompared: string };
/** Projects, by slug, whose examples nobody has compared yet. */
const newOnes = { few: 'a-few-new', many: 'many-new' };

type Visitor = 'anonymous' | 'owner' | 'rater';
const load = async (address: string, visitor: Visitor): Promise<number> => {
	const headers = new Headers({ accept: 'text/html' });
	if (visitor !== 'anonymous') headers.set('cookie', `session=${world.sessions[visitor]}`);
	const answer = await fetch(app.origin + address, { headers, redirect: 'manual' });
	await answer.text();
	return answer.status;
};

beforeAll(async () => {
	const { APP_DATABASE_URL } = process.env as Record<string, string>;
	way = await countingProxy(APP_DATABASE_URL!);
	app = await startApp({ APP_DATABASE_URL: way.address, LISTEN_DATABASE_URL: APP_DATABASE_URL });
	const made = await newWorld(app.owner, app.sandboxUrl);
	const { projectId, connection: connectionId } = made;
	const run = await addReadyRun(made.scopes.owner, { projectId, connectionId, version: 50 });
	world = { ...made, uncompared: run.id };
	for (const [slug, count] of [
		[newOnes.few, 20],
		[newOnes.many, mostAtOnce + 1]
	] as const) {
		const { project } = await newProject(made.scopes.owner, { slug });
		for (let from = 1; from <= count; from += 500)
			await addRows(made.scopes.owner, project.id, rowsFrom(from, Math.min(500, count - from + 1)), from);
	}
	// what is known of the people in the team, and of its projects, is
	for (const visitor of ['owner', 'rater'] as const) await load(`/${world.team}/${world.project}`, visitor);
	for (const slug of Object.values(newOnes)) await load(`/${world.team}/${slug}`, 'owner');
});
afterAll(async () => {
	await app?.close();
	await way.close();
});

/** States that ask other things than the page as its line in route-table.ts has it. */
const states: { name: string; address: (w: typeof world) => string; visitor: Visitor }[] = (
	[
		['a run that was compared with nothing', (w) => `train/${w.uncompared}`],
		['runs side by side, one compared with nothing', (w) => `train/compare?a=${w.run}&b=${w.uncompared}`],
		['an open three-way', (w) => `eval/${w.threeWay}/three-way`],
		['the first of an open three-way', (w) => `eval/${w.threeWay}`],
		['its vote', (w) => `eval/${w.threeWay}/vote`],
		['its results, which are hidden', (w) => `eval/${w.threeWay}/results`],
		['one of a revealed three-way', (w) => `eval/${w.threeRevealed}/results`],
		['results by a kind', (w) => `eval/${w.revealed}/results?show=losses`],
		['an example that is open', (w) => `examples?selected=${w.example}`],
		['a search', () => 'examples?search=order'],
		['a prompt that is open', (w) => `eval/prompts?selected=${w.prompt}`]
	] satisfies [string, (w: typeof world) => string][]
).flatMap(([name, below]) =>
	(['owner', 'rater'] as const).map((visitor) => ({
		name: `${name}, for a ${visitor}`,
		address: (w: typeof world) => `/${w.team}/${w.project}/${below(w)}`,
		visitor
	}))
);

const split = (slug: string) => ({
	address: ({ team }: typeof world) => `/${team}/${slug}/split?ratio=0.7&seed=2`,
	visitor: 'owner' as const
});
states.push(
	{ name: 'a split of a few that nobody has compared', ...split(newOnes.few) },
	{ name: 'the same once more', ...split(newOnes.few) },
	{ name: 'a split of many that nobody has compared', ...split(newOnes.many) }
);

/** Before there is one: which addresses ask something. */
const emptyWorld = {} as typeof world;

/** What needs more, and why. */
const more: Record<string, number> = {
	// what is new is compared and written down, which no look may, and in the same transaction all is looked at again: once, since nothing is new then
	'a split of a few that nobody has compared': 3
};

// Each costs a connection, a round trip and a moment of its own: one says who it is, and one what is shown. Counted is what begins on the
// connections of the role that serves, whichever way it was asked.
test.for([...shownPages(), ...states])('$name needs at most two transactions', async ({ name, address, visitor }) => {
	const { count, asked } = await way.during(() => load(address(world), visitor));
	expect(count, asked.join('\n')).toBeLessThanOrEqual(more[name] ?? 2);
});

/** What a page is made from. */
const dataOf = async (address: string): Promise<{ status: number; text: string }> => {
	const [path, search = ''] = address.split('?');
	const headers = { cookie: `session=${world.sessions.owner}` };
	const answer = await fetch(`${app.origin}${path}/__data.json?${search}`, { headers, redirect: 'manual' });
	return { status: answer.status, text: await answer.text() };
};

// a page leaves out what it does not know: by a wrong name one that is measured would be the same once more
test.for(states.filter(({ address, visitor }) => visitor === 'owner' && address(emptyWorld).includes('?')))(
	'$name, is another page than without what its address asks',
	async ({ address }) => {
		const asked = await dataOf(address(world));
		expect(asked.status, asked.text).toBe(200);
		expect(asked.text).not.toContain('"type":"error"');
		expect(asked.text).not.toBe((await dataOf(address(world).split('?')[0]!)).text);
	}
);
