import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ExampleFilter } from '../../../src/lib/contract/examples.ts';
import { marksVersion } from '../../../src/lib/core/examples/marks.ts';
import { type ProjectScope, type Scope, inProject, scopeFor, together } from '../../../src/lib/server/access/scope.ts';
import { deleteExamples, importExamples, restoreExamples } from '../../../src/lib/server/examples/commands.ts';
import { listExamples } from '../../../src/lib/server/examples/queries.ts';
import { signExamples } from '../../../src/lib/server/examples/signatures.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { rewriteExample } from '../../../src/lib/server/ratings/commands.ts';
import { randomFrom } from '../../bench/measure.ts';
import { raw, rewriteHistory } from '../../support/database/raw.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
afterAll(async () => {
	await owner.end();
	await closePools();
});

const count = 150;
let team: Awaited<ReturnType<typeof newTeam>>;
let here: ProjectScope;
/** Of 150, all but the last 22 can have a signature; every seventh asks for a kettle, and number 40 for a Päckchen. */
beforeAll(async () => {
	team = await newTeam();
	await newProject(team.scope);
	here = await inProject(team.scope, 'support');
	const question = (n: number) =>
		n % 7 === 0 ? `My KETTLE ${n} leaks` : n === 40 ? 'Mein Päckchen?' : `Question ${n} 50%`;
	const lines = Array.from({ length: count }, (_, i) => ({
		number: i + 1,
		text: JSON.stringify({
			messages: [
				{ role: 'user', content: question(i + 1) },
				{ role: 'assistant', content: `Answer ${i + 1}` }
			],
			...(i % 2 === 0 && { rating: 9 })
		})
	}));
	await importExamples(here, { fileName: 'a.jsonl', lines });
});

const numbers = async (filter: Partial<ExampleFilter>) =>
	(await listExamples(here, { limit: 100, ...filter })).rows.map(({ number }) => number);
const sevens = Array.from({ length: count }, (_, i) => count - i).filter((n) => n % 7 === 0);
/** Everything that is asked below, so that it can be compared. */
const all = async () => ({
	kettle: await numbers({ search: 'kettle' }),
	great: await numbers({ search: 'kettle', band: 'great' }),
	unrated: await numbers({ search: 'kettle', band: 'unrated', split: 'none' }),
	train: await numbers({ search: 'kettle', split: 'train' }),
	before: await numbers({ search: 'kettle', before: 70 }),
	after: await numbers({ search: 'kettle', after: 70, limit: 3 }),
	few: await numbers({ search: 'kettle', limit: 3 }),
	letter: (await numbers({ search: 'e' })).length,
	percent: (await numbers({ search: '%' })).length,
	umlaut: await numbers({ search: 'PÄCKCHEN' }),
	absent: await numbers({ search: 'zebra' }),
	absentSign: await numbers({ search: 'ß' }),
	number: await numbers({ search: '#33' }),
	rewrite: await numbers({ search: 'colander' })
});

test('finds the same with signatures as without, and reads only what may have it', async () => {
	const [example] = await owner`select id from examples where project_id = ${here.project.id} and number = 50`;
	await rewriteExample(here, { exampleId: example!.id, output: 'A Colander', score: 9, clientId: randomUUID() });
	const before = await all();
	expect(before).toMatchObject({
		kettle: sevens,
		great: sevens.filter((n) => n % 2 === 1),
		unrated: sevens.filter((n) => n % 2 === 0),
		train: [],
		before: sevens.filter((n) => n < 70),
		after: [91, 84, 77],
		few: sevens.slice(0, 3),
		letter: 100,
		percent: 100,
		umlaut: [40],
		absent: [],
		absentSign: [],
		rewrite: [50]
	});
	expect(before.number).toContain(33);
	const isOpen = async () =>
		(await plainPool()`select teams_with_open_work() as id`).some(({ id }) => id === team.teamId);
	expect(await isOpen()).toBe(true);
	await signExamples(team.scope);
	await signExamples(team.scope);
	expect(await isOpen()).toBe(false);
	const signed = await owner`select block from example_signatures where project_id = ${here.project.id} order by 1`;
	expect(signed.map(({ block }) => block)).toEqual([0, 1, 2, 3]);
	expect(await all()).toEqual(before);
	// a signature without a mark is believed, so nothing behind it was read
	await owner`update example_signatures set bits = decode(repeat('00', 1792), 'hex') where project_id = ${here.project.id} and block < 3`;
	expect(await numbers({ search: 'kettle' })).toEqual(sevens.filter((n) => n >= 96));
	await owner`delete from example_signatures where project_id = ${here.project.id}`;
});

test('a sign is searched as itself, and what every conversation is written with is not what it says', async () => {
	const { project } = await newProject(team.scope, { slug: `signs-${randomUUID().slice(0, 8)}` });
	const signs = await inProject(team.scope, project.slug);
	const said = [
		'100 %',
		'snake_case',
		'C:\\temp',
		'He said "yes"',
		"It's",
		'zwei\nZeilen',
		'my user role',
		'x'.repeat(300)
	];
	const lines = said.map((content, i) => ({
		number: i + 1,
		text: JSON.stringify({
			messages: [
				{ role: 'user', content },
				{ role: 'assistant', weight: 1, content: 'OK' },
				{ role: 'user', content: '?' },
				{
					role: 'assistant',
					content: '',
					...(i === 0 && {
						tool_calls: [{ id: 'a', type: 'function', function: { name: 'look_up', arguments: '{"for":"a \\"b\\""}' } }]
					}),
					...(i > 0 && { content: 'KO' })
				},
				...(i === 0
					? [
							{ role: 'tool', tool_call_id: 'a', content: 'Found' },
							{ role: 'assistant', content: 'KO' }
						]
					: [])
			]
		})
	}));
	await importExamples(signs, { fileName: 'a.jsonl', lines });
	const find = async (search: string) =>
		(await listExamples(signs, { limit: 100, search })).rows.map(({ number }) => number).sort((a, b) => a - b);
	const asked = async () => ({
		'%': await find('%'),
		_: await find('_'),
		'\\': await find('\\'),
		'"': await find('"'),
		"'": await find("'"),
		'%e%': await find('%e%'),
		t_mp: await find('t_mp'),
		z: await find('z'),
		n: await find('n'),
		w: await find('w'),
		user: await find('user'),
		content: await find('content'),
		assistant: await find('assistant'),
		look_up: await find('LOOK_UP'),
		'a "b"': await find('a \\"b'),
		'200': await find('x'.repeat(200)),
		'absent 200': await find('y'.repeat(200))
	});
	const expected = {
		'%': [1],
		_: [1, 2],
		'\\': [1, 3],
		'"': [1, 4],
		"'": [5],
		'%e%': [],
		t_mp: [],
		z: [6],
		n: [1, 2, 6],
		w: [6],
		user: [7],
		content: [],
		assistant: [],
		look_up: [1],
		'a "b"': [1],
		'200': [8],
		'absent 200': []
	};
	expect(await asked()).toEqual(expected);
	await owner`update projects set next_example = 64 where id = ${signs.project.id}`;
	await signExamples(team.scope);
	const blocks = await owner`select block from example_signatures where project_id = ${signs.project.id}`;
	expect(blocks).toHaveLength(2);
	expect(await asked()).toEqual(expected);
});

test('what another project has signed says nothing of one that waits', async () => {
	const { scope, teamId } = await newTeam();
	const [{ project: signed }, { project: waits }] = [
		await newProject(scope),
		await newProject(scope, { slug: 'waits' })
	];
	const holds = (id: string, count: number) =>
		owner`update projects set next_example = ${count + 1}, marked = ${count}, marked_by = ${marksVersion} where id = ${id}`;
	await holds(signed.id, 199);
	await signExamples(scope);
	const isOpen = async () => (await plainPool()`select teams_with_open_work() as id`).some(({ id }) => id === teamId);
	await owner`select chain_audit(${teamId})`;
	expect(await isOpen()).toBe(false);
	await holds(waits.id, 69);
	expect(await isOpen()).toBe(true);
	await signExamples(scope);
	expect(await isOpen()).toBe(false);
	const blocks = await owner`select block from example_signatures where project_id = ${waits.id} order by 1`;
	expect(blocks.map(({ block }) => block)).toEqual([0, 1]);
});

test('a character that no text keeps is found beside, and ends no search', async () => {
	const team = await newTeam();
	await newProject(team.scope);
	const place = await inProject(team.scope, 'support');
	const said = ['zebra \u0000 here', 'zebra \\u0000 written out', '\u0000\u0000zebra', 'zebra'];
	const lines = said.map((content, at) => ({
		number: at + 1,
		text: JSON.stringify({
			messages: [
				{ role: 'user', content, note: { '\u0000key': '\u0000' } },
				{ role: 'assistant', content: `Answer ${at}` }
			]
		})
	}));
	await importExamples(place, { fileName: 'a.jsonl', lines });
	const found = async (search: string) =>
		(await listExamples(place, { limit: 100, search })).rows.map(({ number }) => number);
	expect(await found('zebra')).toEqual([4, 3, 2, 1]);
	expect(await found('\\u0000 written')).toEqual([2]);
	// what it parts is two words
	expect(await found('zebra  here')).toEqual([]);
	expect(await found('answer')).toEqual([4, 3, 2, 1]);
});

test('beside many teams a search reads each example once, as a plan for this team does', async () => {
	const { teamId, scope } = await newTeam();
	const { project } = await newProject(scope);
	const count = 3_000;
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		await sql`
			insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, origin)
			select coalesce(team, gen_random_uuid()), coalesce(project, gen_random_uuid()), n,
				json_build_array(json_build_object('role', 'user', 'content', 'Question ' || n)), n::text::bytea, n::text::bytea, 1, 'written'
			from (
				select ${teamId}::uuid as team, ${project.id}::uuid as project, n from generate_series(1, ${count}) n
				union all select null, null, 1 from generate_series(1, 1000)
			) all_of`;
		await sql`update projects set next_example = ${count + 1} where id = ${project.id}`;
	});
	await owner`vacuum analyze examples`;
	const read = await raw(scope, async (sql) => {
		// counted since this connection told its statistics last, which may be some transactions ago
		const rows = async () =>
			(await sql`select idx_tup_fetch::int as rows from pg_stat_xact_user_tables where relid = 'examples'::regclass`)[0]
				?.rows ?? 0;
		const before = await rows();
		await sql`select search_examples(${project.id}, '%zebra%', '%zebra%', null, '{}', null, null, null, null, 50)`;
		return (await rows()) - before;
	});
	expect(read).toBeGreaterThanOrEqual(count);
	expect(read).toBeLessThan(2 * count);
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		await sql`delete from examples where team_id = ${teamId} or not exists (select from teams where id = examples.team_id)`;
	});
});

test('what is deleted is not found, and what came back is', async () => {
	await signExamples(team.scope);
	const [example] = await owner`select id from examples where project_id = ${here.project.id} and number = 40`;
	await deleteExamples(here, { ids: [example!.id] });
	expect(await numbers({ search: 'päckchen' })).toEqual([]);
	await restoreExamples(here, { ids: [example!.id] });
	expect(await numbers({ search: 'päckchen' })).toEqual([40]);
});

test('rewrites are found in the order of a list too, upwards from where one is', async () => {
	const some =
		await owner`select id from examples where project_id = ${here.project.id} and number in (60, 80, 100, 120)`;
	for (const { id } of some)
		await rewriteExample(here, { exampleId: id, output: 'A sieve', score: 9, clientId: randomUUID() });
	expect(await numbers({ search: 'sieve' })).toEqual([120, 100, 80, 60]);
	expect(await numbers({ search: 'sieve', limit: 1 })).toEqual([120]);
	expect(await numbers({ search: 'sieve', before: 100 })).toEqual([80, 60]);
	expect(await numbers({ search: 'sieve', after: 60, limit: 1 })).toEqual([80]);
});

test('a walk upwards begins where it is asked to, however far the newest is', async () => {
	const { project } = await newProject(team.scope, { slug: `wide-${randomUUID().slice(0, 8)}` });
	const wide = await inProject(team.scope, project.slug);
	const lines = Array.from({ length: 3 }, (_, i) => ({
		number: i + 1,
		text: JSON.stringify({ input: `A kettle ${i}`, output: 'Yes.' })
	}));
	await importExamples(wide, { fileName: 'a.jsonl', lines });
	await owner`update projects set next_example = 40001 where id = ${wide.project.id}`;
	await rewriteHistory(
		'examples',
		(sql) => sql`update examples set number = 40000 where project_id = ${wide.project.id} and number = 3`
	);
	const found = async (filter: Partial<ExampleFilter>) =>
		(await listExamples(wide, { limit: 100, search: 'kettle', ...filter })).rows.map(({ number }) => number);
	expect(await found({})).toEqual([40_000, 2, 1]);
	expect(await found({ after: 1, limit: 2 })).toEqual([40_000, 2]);
	expect(await found({ after: 1, limit: 1 })).toEqual([2]);
	expect(await found({ before: 40_000 })).toEqual([2, 1]);
	// what has a signature is read once, not with each part of the way
	await owner`
		insert into example_signatures (team_id, project_id, block, bits)
		values (${team.teamId}, ${wide.project.id}, 0, decode(repeat('ff', 1792), 'hex'))`;
	expect(await found({ after: 1, limit: 1 })).toEqual([2]);
});

test('what is found is what a look at every example finds, whatever is asked', async () => {
	const random = randomFrom(7);
	const some = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
	const { teamId, scope, owner: person } = await newTeam();
	const [{ project }, { project: other }] = [await newProject(scope), await newProject(scope, { slug: 'other' })];
	const words = ['kettle', 'sieve', 'colander'];
	for (const [its, { id }] of [project, other].entries()) {
		await owner`
			insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, origin, split, rating, deleted_at)
			select ${teamId}, ${id}, n, jsonb_build_array(jsonb_build_object('role', 'user', 'content', (${words}::text[])[1 + (n * 7 + ${its}) % 3])),
				n::text::bytea, n::text::bytea, 1, 'written', (array['train', 'validation', null])[1 + n * 5 % 3],
				nullif(n * 11 % 11, 0), case when n % 5 = 0 then now() end
			from generate_series(1, ${70 + its}::int) n`;
		await owner`update projects set next_example = 71 where id = ${id}`;
		// some twice: what was written first stands no more
		for (const word of [...words, 'kettle'])
			await owner`
				insert into rewrites (team_id, project_id, example_id, person_id, output, client_id)
				select ${teamId}, ${id}, e.id, ${person.id}, ${word}, gen_random_uuid() from examples e
				where e.project_id = ${id} and (e.number * 13 + ${word.charCodeAt(0)}) % 4 = ${its}`;
	}
	// the scores of the rows are for filters; rewrites took them away
	await rewriteHistory(
		'examples',
		(sql) => sql`update examples set rating = nullif(number % 11, 0) where team_id = ${teamId}`
	);
	await owner`
		insert into example_signatures (team_id, project_id, block, bits)
		select ${teamId}, ${project.id}, block, decode(repeat('ff', 1792), 'hex') from generate_series(0, 1) block`;
	for (let round = 0; round < 200; round++) {
		const pattern = `%${some(words)}%`;
		const number = some([null, null, 1 + Math.floor(random() * 70)]);
		const points = some([null, null, [0], [3, 4, 5], [8, 9, 10]]);
		const sides = some([null, null, [''], ['train'], ['validation', '']]);
		const place = 1 + Math.floor(random() * 70);
		const [before, after] = some([
			[null, null],
			[place, null],
			[null, place]
		] as const);
		const most = some([1, 3, 10, 100]);
		const asked = { pattern, number, points, sides, before, after, most };
		const found = await raw(
			scope,
			(sql) => sql`
				select search_examples(${project.id}, ${pattern}, ${pattern}, ${number}, ${[3]}, ${points}, ${sides}, ${before}, ${after},
					${most}) as number`
		);
		const there = await owner`
			select number from examples
			where project_id = ${project.id} and deleted_at is null
				and (messages::text ilike ${pattern} or rewrite ilike ${pattern} or number = ${number})
				and (${before}::int is null or number < ${before}) and (${after}::int is null or number > ${after})
				and (${points}::int[] is null or coalesce(floor(rating), 0)::int = any (${points}))
				and (${sides}::text[] is null or coalesce(split, '') = any (${sides}))
			order by case when ${after}::int is null then -number else number end limit ${most}`;
		expect(
			found.map((row) => row.number),
			JSON.stringify(asked)
		).toEqual(there.map((row) => row.number));
	}
	// by their number alone, of their own kind and of another, and what is deleted never
	const byNumber = async (number: number, points: number[] | null, sides: string[] | null) =>
		(
			await raw(
				scope,
				(sql) =>
					sql`select search_examples(${project.id}, '%zebra%', '%zebra%', ${number}, '{}', ${points}, ${sides}, null, null, 10) as number`
			)
		).map((row) => row.number as number);
	const rows = await owner<{ number: number; points: number; side: string; gone: boolean }[]>`
		select number, coalesce(floor(rating), 0)::int as points, coalesce(split, '') as side, deleted_at is not null as gone
		from examples where project_id = ${project.id} and number <= 10`;
	for (const { number, points, side, gone } of rows) {
		expect(await byNumber(number, [points], [side])).toEqual(gone ? [] : [number]);
		expect(await byNumber(number, [points + 1], null)).toEqual([]);
		expect(await byNumber(number, null, [side === 'train' ? 'validation' : 'train'])).toEqual([]);
	}
	expect(await byNumber(71, null, null)).toEqual([]); // of the other project
});

test('nobody finds what they may not see, whatever they ask the function', async () => {
	const search = (who: Scope) =>
		raw(
			who,
			(sql) =>
				sql`select search_examples(${here.project.id}, '%kettle%', '%kettle%', null, '{}', null, null, null, null, 5)`
		);
	expect(await search(await team.as('rater'))).toHaveLength(5);
	expect(await search(await team.as('trainer', [randomUUID()]))).toHaveLength(0);
	expect(await search((await newTeam()).scope)).toHaveLength(0);
	expect(await search(scopeFor({ ...(await team.as('rater')), role: 'guest' as never }))).toHaveLength(0);
	await expect(
		plainPool()`select search_examples(${here.project.id}, '%', '%', null, '{}', null, null, null, null, 5)`
	).resolves.toHaveLength(0);
	const rater = await team.as('rater');
	await expect(
		raw(rater, (sql) => sql`insert into example_signatures values (${team.teamId}, ${here.project.id}, 99, '')`)
	).rejects.toMatchObject({ code: '42501' });
});

test('what has no signature yet is read, and may take longer than a page', async () => {
	const paceOf = async (filter: Partial<ExampleFilter>) =>
		together(here, async (looking) => {
			await listExamples(looking, filter);
			const [row] = await looking.look((tx) => tx.$client`select current_setting('statement_timeout') as most`);
			return row!.most as string;
		});
	expect(await paceOf({})).toBe('5s');
	expect(await paceOf({ search: 'zebra' })).toBe('1min');
});
