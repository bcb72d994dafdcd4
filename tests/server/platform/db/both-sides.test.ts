// One prompt never stands on both sides of the split: what stands there already, against what comes, each way it may come.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../../src/lib/server/platform/db/pools.ts';
import { raw, rewriteHistory } from '../../../support/database/raw.ts';
import { newProject, newTeam } from '../../../support/data/team.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
afterAll(async () => {
	await owner.end();
	await closePools();
});

let scope: Scope;
let projects: string[];
let number = 0;
beforeAll(async () => {
	({ scope } = await newTeam());
	projects = [(await newProject(scope)).project.id, (await newProject(scope, { slug: 'other' })).project.id];
});

type Side = 'train' | 'validation' | null;
type Row = { split: Side; deleted?: boolean; trained?: boolean; reserved?: boolean; family?: string };

const insert = (
	sql: postgres.ISql,
	prompt: string,
	{ split, deleted = false, trained = false, reserved = false, family }: Row,
	project = projects[0]!
) => {
	const id = randomUUID();
	return {
		id,
		done: sql`
			insert into examples (id, team_id, project_id, number, messages, content_hash, prompt_hash, tokens, origin, split, deleted_at, trained,
				reserved, family)
			values (${id}, ${scope.teamId}, ${project}, ${++number}, '[]', ${id}::text::bytea, ${prompt}::text::bytea, 1, 'written', ${split},
				${deleted ? new Date().toISOString() : null}, ${trained}, ${reserved}, ${family ?? null}::text::bytea)`
	};
};

/** Puts a row there, whatever the triggers would say of it. */
const put = async (prompt: string, row: Row, project?: string) => {
	let id = '';
	await rewriteHistory('examples', async (sql) => {
		const made = insert(sql, prompt, row, project);
		id = made.id;
		await made.done;
	});
	return id;
};

const trying = new Error('only trying');
const refusal = (work: (sql: postgres.ReservedSql) => Promise<unknown>): Promise<string | undefined> =>
	raw(scope, async (sql) => {
		await work(sql);
		throw trying;
	}).catch((problem) => (problem === trying ? undefined : problem.code));

const standing: Row[] = [
	{ split: null },
	{ split: null, deleted: true },
	{ split: 'train' },
	{ split: 'train', deleted: true },
	{ split: 'validation' },
	{ split: 'validation', deleted: true },
	{ split: 'train', trained: true },
	{ split: 'train', trained: true, deleted: true },
	{ split: null, trained: true },
	{ split: null, trained: true, deleted: true },
	{ split: 'train', reserved: true },
	{ split: null, reserved: true, deleted: true }
];
const holds = ({ split, deleted = false, trained = false, reserved = false }: Row, side: Side) =>
	side === 'validation'
		? trained || reserved || (split === 'train' && !deleted)
		: side === 'train' && split === 'validation';
const cases = standing.flatMap((row) => ([null, 'train', 'validation'] as const).map((side) => [row, side] as const));

describe.each(cases)('beside %o comes %s', (row, side) => {
	const expected = holds(row, side) ? 'AI003' : undefined;

	test('as a new example', async () => {
		const prompt = randomUUID();
		await put(prompt, row);
		expect(await refusal((sql) => insert(sql, prompt, { split: side }).done)).toBe(expected);
	});

	test('by moving there', async () => {
		const prompt = randomUUID();
		await put(prompt, row);
		const id = await put(prompt, { split: null });
		expect(await refusal((sql) => sql`update examples set split = ${side} where id = ${id}`)).toBe(expected);
	});

	test('by coming back', async () => {
		const prompt = randomUUID();
		await put(prompt, row);
		const id = await put(prompt, { split: side, deleted: true });
		expect(await refusal((sql) => sql`update examples set deleted_at = null where id = ${id}`)).toBe(expected);
	});

	test('as a deleted one, which may be in train beside a measure, but is no measure of what trains', async () => {
		const prompt = randomUUID();
		await put(prompt, row);
		const id = await put(prompt, { split: null, deleted: true });
		const moved = await refusal((sql) => sql`update examples set split = ${side} where id = ${id}`);
		expect(moved).toBe(side === 'validation' ? expected : undefined);
	});

	test('in another project', async () => {
		const prompt = randomUUID();
		await put(prompt, row, projects[1]);
		const id = await put(prompt, { split: null });
		expect(await refusal((sql) => insert(sql, prompt, { split: side }).done)).toBeUndefined();
		expect(await refusal((sql) => sql`update examples set split = ${side} where id = ${id}`)).toBeUndefined();
	});
});

test('what a statement leaves where it is, is not asked about because of what it moves', async () => {
	const prompt = randomUUID();
	await put(prompt, { split: 'validation' });
	const gone = await put(prompt, { split: 'train', deleted: true });
	const other = await put(randomUUID(), { split: null });
	expect(
		await refusal(
			(sql) => sql`
				update examples set split = case when id = ${other} then 'train' else split end where id in (${gone}, ${other})`
		)
	).toBeUndefined();
});

describe.each(cases)('beside %o comes %s, which nearly asks the same', (row, side) => {
	const expected = holds(row, side) ? 'AI008' : undefined;

	test('by moving there', async () => {
		const family = randomUUID();
		await put(randomUUID(), { ...row, family });
		const id = await put(randomUUID(), { split: null, family });
		expect(await refusal((sql) => sql`update examples set split = ${side} where id = ${id}`)).toBe(expected);
	});

	test('of another family, or in another project', async () => {
		const family = randomUUID();
		await put(randomUUID(), { ...row, family: randomUUID() });
		await put(randomUUID(), row);
		await put(randomUUID(), { ...row, family }, projects[1]);
		const id = await put(randomUUID(), { split: null, family });
		expect(await refusal((sql) => sql`update examples set split = ${side} where id = ${id}`)).toBeUndefined();
	});
});

/** A choice with this prompt. */
const choose = async (prompt: string, ordered: boolean, project = projects[0]!) =>
	rewriteHistory(
		'playground_pairs',
		(sql) => sql`
			insert into playground_pairs (team_id, project_id, prompt, prompt_hash, chosen, rejected, chosen_by, rejected_by, person_id,
				client_id, ordered)
			values (${scope.teamId}, ${project}, '[]', ${prompt}::text::bytea, 'x', 'y', 'v1', 'base', ${randomUUID()}, ${randomUUID()},
				${ordered})`
	);

describe('beside a preference', () => {
	const become = async (prompt: string, side: Side) => {
		const added = await refusal((sql) => insert(sql, prompt, { split: side }).done);
		const id = await put(prompt, { split: null });
		return [added, await refusal((sql) => sql`update examples set split = ${side} where id = ${id}`)];
	};

	test('that a run was sent its prompt never measures, and may train', async () => {
		const prompt = randomUUID();
		await choose(prompt, true);
		expect(await become(prompt, 'validation')).toEqual(['AI009', 'AI009']);
		expect(await become(prompt, 'train')).toEqual([undefined, undefined]);
	});

	test('of another prompt or project, or that no run was sent, it may', async () => {
		const prompt = randomUUID();
		await choose(randomUUID(), true);
		await choose(prompt, true, projects[1]);
		await choose(prompt, false);
		expect(await become(prompt, 'validation')).toEqual([undefined, undefined]);
	});
});

test('what stands on both sides already is not asked again because something else moves with it', async () => {
	const [prompt, family, sent] = [randomUUID(), randomUUID(), randomUUID()];
	await choose(sent, true);
	const standing = [
		await put(prompt, { split: 'train' }),
		await put(prompt, { split: 'validation' }),
		await put(prompt, { split: 'validation', deleted: true }),
		await put(randomUUID(), { split: 'train', family }),
		await put(randomUUID(), { split: 'validation', family }),
		await put(sent, { split: 'validation' })
	];
	const moving = await put(randomUUID(), { split: null });
	for (const id of standing)
		expect(
			await refusal(
				(sql) => sql`
					update examples set split = case when id = ${moving} then 'train' else split end where id in (${id}, ${moving})`
			)
		).toBeUndefined();
});

test('what moves is asked about, whatever the same statement leaves where it is', async () => {
	const prompt = randomUUID();
	await put(prompt, { split: 'validation' });
	const still = await put(randomUUID(), { split: null });
	let moving = '';
	while (moving < still) moving = await put(prompt, { split: null }); // behind it, in whichever order they are read
	expect(
		await refusal(
			(sql) => sql`
				update examples set split = case when id = ${moving} then 'train' else split end where id in (${still}, ${moving})`
		)
	).toBe('AI003');
});

test('one statement does not put a prompt on both sides', async () => {
	const prompt = randomUUID();
	const [one, two] = [await put(prompt, { split: null }), await put(prompt, { split: null })];
	const others = [await put(randomUUID(), { split: null }), await put(randomUUID(), { split: null })];
	const moved = (to: string) => (sql: postgres.ReservedSql) =>
		sql`
		update examples set split = case when id in (${one}, ${others[0]!}) then 'train' else ${to} end where id = any (${[one, two, ...others]})`;
	expect(await refusal(moved('validation'))).toBe('AI003');
	expect(await refusal(moved('train'))).toBeUndefined();
});

test('of two that move a prompt at the same moment, to one side each, the first does', async () => {
	const prompt = randomUUID();
	const [one, two] = [await put(prompt, { split: null }), await put(prompt, { split: null })];
	const others = [await put(randomUUID(), { split: null }), await put(randomUUID(), { split: null })];
	let second: Promise<string | undefined> | undefined;
	await owner.begin(async (sql) => {
		await sql`update examples set split = 'train' where id in (${one}, ${others[0]!})`;
		second = refusal((other) => other`update examples set split = 'validation' where id in (${two}, ${others[1]!})`);
		await expect
			.poll(async () => (await sql`select from pg_locks where not granted and locktype = 'advisory'`).length)
			.toBeGreaterThan(0);
	});
	expect(await second).toBe('AI003');
});

test('what moves nothing waits for nobody who moves something in the project', async () => {
	const some = [await put(randomUUID(), { split: 'train' }), await put(randomUUID(), { split: null })];
	await owner.begin(async (held) => {
		await held`select pg_advisory_xact_lock(hashtextextended(${projects[0]!}, 1))`;
		const code = await refusal(async (sql) => {
			await sql`set local lock_timeout = '2s'`;
			await sql`update examples set split = split where id = any (${some})`;
		});
		expect(code).toBeUndefined();
	});
});

test('nor does it where the same statement moves something in another project', async () => {
	const [here, there] = [
		await put(randomUUID(), { split: null }),
		await put(randomUUID(), { split: null }, projects[1])
	];
	await owner.begin(async (held) => {
		await held`select pg_advisory_xact_lock(hashtextextended(${projects[1]!}, 1))`;
		const code = await refusal(async (sql) => {
			await sql`set local lock_timeout = '2s'`;
			await sql`update examples set split = case when id = ${here} then 'train' end where id = any (${[here, there]})`;
		});
		expect(code).toBeUndefined();
	});
});

test('a measure that was deleted holds its prompt where nothing else is held', async () => {
	const { project } = await newProject(scope, { slug: 'hardly-anything' });
	const prompt = randomUUID();
	await put(prompt, { split: 'validation', deleted: true }, project.id);
	const some = [await put(prompt, { split: null }, project.id), await put(randomUUID(), { split: null }, project.id)];
	expect(await refusal((sql) => sql`update examples set split = 'train' where id = any (${some})`)).toBe('AI003');
});
