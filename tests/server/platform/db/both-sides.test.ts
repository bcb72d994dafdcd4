// One prompt never stands on both sides of the split: what stands there already, against what comes, each way it may come.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../../src/lib/server/platform/db/pools.ts';
import { raw, rewriteHistory } from '../../../support/raw.ts';
import { newProject, newTeam } from '../../../support/team.ts';

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
type Row = { split: Side; deleted?: boolean; trained?: boolean; reserved?: boolean };

const insert = (
	sql: postgres.ISql,
	prompt: string,
	{ split, deleted = false, trained = false, reserved = false }: Row,
	project = projects[0]!
) => {
	const id = randomUUID();
	return {
		id,
		done: sql`
			insert into examples (id, team_id, project_id, number, messages, content_hash, prompt_hash, tokens, origin, split, deleted_at, trained,
				reserved)
			values (${id}, ${scope.teamId}, ${project}, ${++number}, '[]', ${id}::text::bytea, ${prompt}::text::bytea, 1, 'written', ${split},
				${deleted ? new Date().toISOString() : null}, ${trained}, ${reserved})`
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
