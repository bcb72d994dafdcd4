// A large project moves in parts, so that nobody waits for all of it.
import type postgres from 'postgres';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import type { ProjectScope } from '../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { lockedProject } from '../../../src/lib/server/project/rows.ts';
import { applySplit } from '../../../src/lib/server/splits/commands.ts';
import { getSplit } from '../../../src/lib/server/splits/queries.ts';
import { owner } from '../../support/database/owner.ts';
import { rewriteHistory } from '../../support/database/raw.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const size = 5_200;
const request = { ratio: 0.75, seed: 1 };

let here: ProjectScope;
beforeEach(async () => {
	const team = await newTeam();
	await newProject(team.scope);
	here = await inProject(team.scope, 'support');
	const { id } = here.project;
	await rewriteHistory('examples', async (sql) => {
		await sql`
			insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, rating, ratings_count, origin)
			select ${here.teamId}, ${id}, n, '[]', sha256(('c' || n)::bytea), sha256(('p' || n)::bytea), 1, 9, 1, 'import' from generate_series(1, ${size}) n`;
		await sql`update projects set next_example = ${size + 1}, compared = ${size} where id = ${id}`;
		await sql`select recount_examples()`;
	});
});
const sides = async () => Object.fromEntries((await getSplit(here)).map(({ side, count }) => [side, count]));

test('two splits at once move each example once, as one would', async () => {
	const results = await Promise.all([applySplit(here, request), applySplit(here, request)]);
	expect(results.reduce((sum, { moved }) => sum + moved, 0)).toBe(size);
	expect(await sides()).toEqual({
		unassigned: 0,
		train: 3_900,
		validation: 1_300
	});
	expect(await applySplit(here, request)).toEqual({ moved: 0 });
});

test('a part waits for whoever rates one of its examples, and those before it are there already', async () => {
	let split: Promise<{ moved: number }> | undefined;
	await owner.begin(async (sql) => {
		await sql`select from examples where project_id = ${here.project.id} and number = ${size / 2} for no key update`;
		split = applySplit(here, request);
		await expect.poll(async () => (await sides()).unassigned, { timeout: 20_000 }).toBeLessThan(size);
		expect((await sides()).unassigned).toBeGreaterThanOrEqual(500);
	});
	expect(await split).toEqual({ moved: size });
	expect(await sides()).toEqual({
		unassigned: 0,
		train: 3_900,
		validation: 1_300
	});
	const told =
		await owner`select details from activities where project_id = ${here.project.id} and event = 'split.applied'`;
	expect(told).toEqual([{ details: { ...request, moved: size } }]);
});

test('no part waits for the disk; what says that they have moved does, and they are on it then', async () => {
	const order: string[] = [];
	const tx: ProjectScope['tx'] = (work) =>
		here.tx(async (inner) => {
			const asked: string[] = [];
			const $client = new Proxy(inner.$client, {
				apply: (client, self, given: [TemplateStringsArray]) => (
					asked.push(given[0].join('?')),
					Reflect.apply(client, self, given)
				)
			});
			const events = inner.events.length;
			const result = await work(Object.create(inner, { $client: { value: $client } }) as typeof inner);
			const isPart = asked.some((text) => text.includes('log_pages_as_they_are'));
			// so does no wait for the project before each two of them
			if (asked.some((text) => text.includes('synchronous_commit = off'))) order.push(isPart ? 'part' : 'in line');
			else if (inner.events.length > events) order.push('told');
			return result;
		});
	await applySplit({ ...here, tx }, request);
	expect(order.filter((what) => what !== 'in line')).toEqual([...Array.from({ length: 11 }, () => 'part'), 'told']);
	expect(order.filter((what) => what === 'in line')).toHaveLength(10);
});

/** Holds the first example, which is in the first part, until `work` is through; the part that moves beside that one goes on. */
const whileOnePartWaits = (
	work: (split: Promise<{ moved: number }>, sql: postgres.TransactionSql) => Promise<unknown>
) =>
	owner.begin(async (sql) => {
		await sql`select from examples where project_id = ${here.project.id} and number = 1 for no key update`;
		const split = applySplit(here, request);
		split.catch(() => {}); // awaited by whoever asked
		await expect.poll(async () => (await sides()).unassigned, { timeout: 20_000 }).toBe(size - besideIt);
		await work(split, sql);
	});
/** The second place has what comes after ten parts of 500. */
const besideIt = size - 5_000;

test('two parts move at once, and the project changes in nothing meanwhile', async () => {
	let split: Promise<{ moved: number }> | undefined;
	await whileOnePartWaits(async (moving, sql) => {
		split = moving;
		const wanted = sql.savepoint((s) => s`select from projects where id = ${here.project.id} for no key update nowait`);
		await expect(wanted).rejects.toMatchObject({ code: '55P03' });
	});
	expect(await split).toEqual({ moved: size });
	expect(await sides()).toEqual({
		unassigned: 0,
		train: 3_900,
		validation: 1_300
	});
});

test('whoever wants the project has it before the parts of another split, which would share it', async () => {
	let all: Promise<unknown> | undefined;
	await whileOnePartWaits(async (split, sql) => {
		const inLine = (granted: boolean) =>
			expect
				.poll(async () => {
					const [found] = await sql`
						select count(*)::int as count from pg_locks
						where locktype = 'tuple' and relation = 'projects'::regclass and granted = ${granted}
							and database = (select oid from pg_database where datname = current_database())`;
					return found!.count as number;
				})
				.toBe(1);
		const wanted = here.tx((tx) => lockedProject(tx, here));
		wanted.catch(() => {}); // awaited below
		await inLine(true);
		const other = applySplit(here, request);
		all = Promise.all([split, wanted, other]);
		await inLine(false);
	});
	await all;
	expect(await sides()).toEqual({
		unassigned: 0,
		train: 3_900,
		validation: 1_300
	});
});

test('of two parts one is lost: the other has moved and is told of, and the rest moves with the next split', async () => {
	await whileOnePartWaits(async (split, sql) => {
		await sql`
			select pg_terminate_backend(pid) from pg_stat_activity
			where datname = current_database() and wait_event_type = 'Lock' and query like 'update "examples"%'`;
		await expect(split).rejects.toMatchObject({ code: 'unavailable' });
	});
	expect(await sides()).toMatchObject({ unassigned: size - besideIt });
	const told = () => owner`
		select (details->>'moved')::int as moved from activities where project_id = ${here.project.id} and event = 'split.applied' order by created_at`;
	expect(await told()).toEqual([{ moved: besideIt }]);
	expect(await applySplit(here, request)).toEqual({ moved: size - besideIt });
	expect(await sides()).toEqual({
		unassigned: 0,
		train: 3_900,
		validation: 1_300
	});
	expect((await told()).map(({ moved }) => moved)).toEqual([besideIt, size - besideIt]);
});

test('what got a place meanwhile keeps it', async () => {
	let split: Promise<{ moved: number }> | undefined;
	await owner.begin(async (sql) => {
		await sql`select from projects where id = ${here.project.id} for no key update`;
		split = applySplit(here, request);
		// it has been worked out once it waits for the project
		await expect
			.poll(async () => (await sql`select from pg_locks where not granted and locktype = 'transactionid'`).length, {
				timeout: 20_000
			})
			.toBeGreaterThan(0);
		await sql`update examples set split = 'train' where project_id = ${here.project.id} and number <= 100`;
	});
	const { moved } = (await split)!;
	expect(moved).toBe(size - 100);
	expect((await sides()).unassigned).toBe(0);
});

test('parts leave the rows where they stand: a page has room for some of its rows, and again for others once those have moved', async () => {
	const onPage = () =>
		owner`select number, (ctid::text::point)[0]::int as page from examples where project_id = ${here.project.id} order by number`;
	const stayed = async () => {
		const before = await onPage();
		expect(await applySplit(here, request)).toEqual({ moved: size });
		return (await onPage()).filter(({ page }, at) => page === before[at]!.page).length;
	};
	// somebody else's transaction of that moment keeps pages full: then once more, from pages with room
	let most = await stayed();
	for (let tries = 1; tries < 5 && most <= size * 0.8; tries++) {
		await rewriteHistory(
			'examples',
			(sql) => sql`update examples set split = null where project_id = ${here.project.id}`
		);
		await owner`vacuum examples`;
		most = await stayed();
	}
	expect(most).toBeGreaterThan(size * 0.8);
});
