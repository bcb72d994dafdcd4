import postgres from 'postgres';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type ProjectScope, inProject } from '../../../src/lib/server/access/scope.ts';
import { addExample } from '../../../src/lib/server/examples/commands.ts';
import { browseExamples, listExamples } from '../../../src/lib/server/examples/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 2, onnotice: () => {} });
afterAll(async () => {
	await owner.end();
	await closePools();
});

const newPlace = async () => {
	const { scope } = await newTeam();
	await newProject(scope);
	const here = await inProject(scope, 'support');
	const messages = [
		{ role: 'user' as const, content: 'My kettle leaks.' },
		{ role: 'assistant' as const, content: 'We send another.' }
	];
	await addExample(here, { messages, rating: null });
	return here;
};
let here: ProjectScope;
let elsewhere: ProjectScope;
beforeAll(async () => {
	here = await newPlace();
	elsewhere = await newPlace();
});

/** As a request comes in, which may be left. */
const asking = (scope: ProjectScope, left: AbortSignal): ProjectScope => ({
	...scope,
	request: { id: '', address: '192.0.2.1', transactions: 0, left }
});
const search = (scope: ProjectScope, left = new AbortController().signal) =>
	browseExamples(asking(scope, left), { search: 'kettle' });

/** While this lasts, every search stands still where it begins to read. */
const standingStill = (work: () => Promise<unknown>) =>
	owner.begin(async (sql) => {
		await sql`lock table example_signatures in access exclusive mode`;
		await work();
	});
const standing = async () => {
	const [row] = await owner`select count(*)::int as count from pg_stat_activity
		where datname = current_database() and wait_event_type = 'Lock' and query like '%search_examples%'`;
	return row!.count as number;
};

test('a search ends in the database when whoever asked has left', async () => {
	const browser = new AbortController();
	await standingStill(async () => {
		const asked = search(here, browser.signal);
		await vi.waitFor(async () => expect(await standing()).toBe(1), { timeout: 60_000 });
		browser.abort();
		// asked to end, and not tired of waiting for the lock
		await expect(asked).rejects.toMatchObject({ cause: { cause: { code: '57014' } } });
		expect(await standing()).toBe(0);
	});
	// and nothing of that ends what the connection does next
	for (let times = 0; times < 10; times++) expect((await search(here)).list.rows).toHaveLength(1);
});

test('two searches of a team read at once, the next wait their turn, and other teams do not', async () => {
	let all: Promise<Awaited<ReturnType<typeof search>>>[] = [];
	const browser = new AbortController();
	await standingStill(async () => {
		all = [search(here), search(here), search(here)];
		const left = search(here, browser.signal);
		const other = search(elsewhere);
		all.push(other);
		await vi.waitFor(async () => expect(await standing()).toBe(3), { timeout: 60_000 });
		// a page that searches nothing waits for none of them
		expect((await listExamples(here, {})).rows).toHaveLength(1);
		expect(await standing()).toBe(3);
		browser.abort();
		await expect(left).rejects.toThrow();
	});
	for (const found of await Promise.all(all)) expect(found.list.rows).toHaveLength(1);
	await expect(search(here, browser.signal)).rejects.toThrow();
});
