import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, describe, expect, test } from 'vitest';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { examples, imports } from '../../../src/lib/server/platform/db/schema.ts';
import {
	addExample,
	deleteExamples,
	importExamples,
	restoreExamples
} from '../../../src/lib/server/examples/commands.ts';
import { getExample, getImport, listExamples } from '../../../src/lib/server/examples/queries.ts';
import { type ProjectScope, inProject } from '../../../src/lib/server/access/scope.ts';
import { moveExamples } from '../../../src/lib/server/splits/commands.ts';
import { owner } from '../../support/database/owner.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const chat = (question: string, answer: string, more: object = {}) =>
	JSON.stringify({
		messages: [
			{ role: 'user', content: question },
			{ role: 'assistant', content: answer }
		],
		...more
	});
/** A team with a project: `here` is its owner in it. */
const start = async () => {
	const team = await newTeam();
	await newProject(team.scope);
	return { ...team, here: await inProject(team.scope, 'support') };
};
const lines = (...texts: string[]) => texts.map((text, i) => ({ number: i + 1, text }));
const all = {};

describe('an import', () => {
	test('takes the good lines, and names number and reason of the bad ones', async () => {
		const { here } = await start();
		const result = await importExamples(here, {
			fileName: 'mixed.jsonl',
			lines: lines(
				chat('Where is my parcel?', 'On its way.'),
				'{"nothing":1}',
				chat('Hello', 'Hi', { rating: 11 }),
				'{oops'
			)
		});
		expect(result).toMatchObject({ added: 1, duplicates: 0, refused: 3 });
		expect(result.refusals.map((refusal) => refusal.line)).toEqual([2, 3, 4]);
		expect(result.refusals[0]!.reason).toContain('Line 2');
		expect((await listExamples(here, all)).rows).toHaveLength(1);
	});

	test('takes no notice of another project, where the same stands on other sides', async () => {
		const { here, scope, teamId, owner: ana } = await start();
		await newProject(scope, { slug: 'other' });
		const there = await inProject(scope, 'other');
		const bare = chat('Bare?', 'D');
		const trains = [chat('One?', 'A', { split: 'validation' }), chat('Two?', 'B', { split: 'train' }), bare];
		await importExamples(there, { fileName: 'a.jsonl', lines: lines(...trains) });
		await owner`
			insert into playground_pairs (team_id, project_id, prompt, prompt_hash, chosen, rejected, chosen_by, rejected_by, person_id, client_id, ordered)
			select ${teamId}, project_id, '[]', prompt_hash, 'a', 'b', 'v1', 'base', ${ana.id}, gen_random_uuid(), true
			from examples where team_id = ${teamId} and number = 2`;
		const before = await owner`select * from projects where id = ${there.project.id}`;
		const prompted = JSON.parse(bare);
		prompted.messages.unshift({ role: 'system', content: here.project.systemPrompt });
		const file = lines(
			chat('One?', 'A', { split: 'train' }),
			chat('Two?', 'B', { split: 'validation' }),
			JSON.stringify(prompted)
		);
		// nor does it wait for whoever has that project in hand
		await owner.begin(async (sql) => {
			await sql`select from projects where id = ${there.project.id} for update`;
			const added = await Promise.race([importExamples(here, { fileName: 'a.jsonl', lines: file }), sleep(20_000)]);
			expect(added).toMatchObject({ added: 3 });
		});
		const { rows } = await listExamples(here, all);
		expect(rows.map(({ split }) => split)).toEqual([null, 'validation', 'train']);
		expect(await importExamples(here, { fileName: 'a.jsonl', lines: file })).toMatchObject({ added: 0 });
		expect(await owner`select * from projects where id = ${there.project.id}`).toEqual(before);
	});

	test('of the same file twice adds nothing, and numbers go on where they were', async () => {
		const { here } = await start();
		const file = lines(...Array.from({ length: 30 }, (_, i) => chat(`Question ${i}`, `Answer ${i}`)));
		await importExamples(here, { fileName: 'a.jsonl', lines: [...file, ...file] });
		const again = await importExamples(here, { fileName: 'a.jsonl', lines: file });
		expect(again).toMatchObject({ added: 0, duplicates: 30, refused: 0 });
		await addExample(here, {
			messages: [
				{ role: 'user', content: 'New' },
				{ role: 'assistant', content: 'Yes' }
			],
			rating: null
		});
		const { rows } = await listExamples(here, all);
		expect(rows.map((row) => row.number)).toEqual(Array.from({ length: 31 }, (_, i) => 31 - i));
	});

	test('larger than a few chunks keeps the order of its lines, and what is known between them', async () => {
		const { here, scope } = await start();
		const long = 'A long answer. '.repeat(4_000); // 60 kB, so that about fifty lines make a chunk
		const file = Array.from({ length: 200 }, (_, i) => chat(`Question ${i}`, `${i} ${long}`, { rating: 1 + (i % 10) }));
		const some = [3, 77, 78, 199].map((i) => file[i]!);
		await importExamples(here, { fileName: 'some.jsonl', lines: lines(...some) });
		const result = await importExamples(here, { fileName: 'all.jsonl', lines: lines(...file, file[5]!) });
		expect(result).toMatchObject({ added: 196, duplicates: 5, refused: 0 });

		const found = await scope.tx((tx) =>
			tx
				.select({ number: examples.number, rating: examples.rating, messages: examples.messages })
				.from(examples)
				.orderBy(examples.number)
		);
		const asked = found.map(({ messages }) => Number(messages[0]!.content.slice('Question '.length)));
		const known = [3, 77, 78, 199];
		expect(asked).toEqual([...known, ...file.keys().filter((i) => !known.includes(i))]);
		expect(found.every(({ rating }, i) => rating === 1 + (asked[i]! % 10))).toBe(true);
		const again = await importExamples(here, { fileName: 'all.jsonl', lines: lines(...file) });
		expect(again).toMatchObject({ added: 0, duplicates: 200 });
	});

	test('of one file by two people at once adds each example once', async () => {
		const { here, as } = await start();
		const long = 'word '.repeat(10_000);
		const file = lines(...Array.from({ length: 150 }, (_, i) => chat(`Question ${i}`, `${i} ${long}`)));
		const results = await Promise.all(
			[here, await inProject(await as('trainer'), 'support')].map((who) =>
				importExamples(who, { fileName: 'same.jsonl', lines: file })
			)
		);
		expect(results.reduce((sum, { added }) => sum + added, 0)).toBe(150);
		expect(results.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(150);
	});

	test('and many others at once all come to their end, and pages are answered meanwhile', async () => {
		const long = 'word '.repeat(10_000);
		const file = lines(...Array.from({ length: 150 }, (_, i) => chat(`Question ${i}`, `${i} ${long}`)));
		const { here } = await start();
		const running = Array.from({ length: 10 }, async () => {
			return importExamples((await start()).here, { fileName: 'a.jsonl', lines: file });
		});
		expect((await listExamples(here, all)).rows).toHaveLength(0);
		for (const result of await Promise.all(running)) expect(result).toMatchObject({ added: 150, refused: 0 });
	});

	test('whose file breaks off keeps what came before, and says so', async () => {
		const { here, scope } = await start();
		const long = 'word '.repeat(10_000);
		const file = async function* () {
			yield* lines(...Array.from({ length: 150 }, (_, i) => chat(`Question ${i}`, `${i} ${long}`)));
			throw new Error('The connection was cut');
		};
		await expect(importExamples(here, { fileName: 'cut.jsonl', lines: file() })).rejects.toThrow(
			'The connection was cut'
		);
		const [kept] = await scope.tx((tx) => tx.select({ added: imports.added }).from(imports));
		const found = await scope.tx((tx) => tx.select({ number: examples.number }).from(examples));
		expect(kept!.added).toBeGreaterThan(0);
		expect(found).toHaveLength(kept!.added);
	});

	test('keeps what jsonb would refuse or rewrite', async () => {
		const { here } = await start();
		const text =
			'{"messages":[{"role":"user","content":"a\\u0000b \\\\ \\t"},{"role":"assistant","content":"tab\\there\\nand \\\\N"}],"n":1e2,"id":"x-1"}';
		const result = await importExamples(here, { fileName: 'odd.jsonl', lines: lines(text) });
		expect(result).toMatchObject({ added: 1, refused: 0 });
		const [row] = (await listExamples(here, all)).rows;
		const example = await getExample(here, { exampleId: row!.id });
		expect(example.messages).toEqual(JSON.parse(text).messages);
	});

	test('brings ratings and rewrites with it', async () => {
		const { here } = await start();
		await importExamples(here, {
			fileName: 'rated.jsonl',
			lines: lines(chat('A?', 'a', { rating: 3 }), chat('B?', 'b', { rating: 9, rewrite: 'better b' }))
		});
		const { rows } = await listExamples(here, all);
		expect(rows.map(({ rating, output }) => ({ rating, output }))).toEqual([
			{ rating: 9, output: 'better b' },
			{ rating: 3, output: 'a' }
		]);
	});

	test('takes a split over only where the prompt does not stand on the other side', async () => {
		const { here } = await start();
		await importExamples(here, {
			fileName: 'split.jsonl',
			lines: lines(chat('Same?', 'one', { split: 'train' }), chat('Alone?', 'a', { split: 'validation' }))
		});
		await importExamples(here, {
			fileName: 'leak.jsonl',
			lines: lines(
				chat('same?', 'two', { split: 'validation' }),
				chat('Both?', '1', { split: 'train' }),
				chat('Both?', '2', { split: 'validation' })
			)
		});
		const { rows } = await listExamples(here, all);
		expect(Object.fromEntries(rows.map((row) => [row.output, row.split]))).toEqual({
			one: 'train',
			a: 'validation',
			two: null,
			'1': null,
			'2': null
		});
	});

	test('is not told by what the team’s other projects hold, on which side, or what they have trained with', async () => {
		const { here } = await start();
		const { project } = await newProject(here, { slug: 'other' });
		const other = await inProject(here, project.slug);
		await importExamples(other, {
			fileName: 'theirs.jsonl',
			lines: lines(chat('Same?', 'one', { split: 'validation' }), chat('Where?', 'there'))
		});
		const asTrained = (question: string, answer: string) =>
			JSON.stringify({
				messages: [
					{ role: 'system', content: 'Be kind.' },
					{ role: 'user', content: question },
					{ role: 'assistant', content: answer }
				]
			});
		const result = await importExamples(here, {
			fileName: 'ours.jsonl',
			lines: lines(chat('Same?', 'two', { split: 'train' }), asTrained('Where?', 'there'))
		});
		expect(result).toMatchObject({ added: 2, duplicates: 0 });
		const { rows } = await listExamples(here, all);
		expect(Object.fromEntries(rows.map((row) => [row.output, row.split]))).toEqual({ two: 'train', there: null });
	});

	test('is not for raters, and finds no project of another team', async () => {
		const { here, as } = await start();
		const file = { fileName: 'a.jsonl', lines: lines(chat('A?', 'a')) };
		const rater = { ...(await as('rater')), project: here.project };
		await expect(importExamples(rater, file)).rejects.toMatchObject({ code: 'forbidden' });
		const stranger = { ...(await newTeam()).scope, project: here.project };
		await expect(importExamples(stranger, file)).rejects.toMatchObject({ code: 'not_found' });
		await expect(inProject(stranger, 'support')).rejects.toMatchObject({ code: 'not_found' });
		expect((await listExamples(here, all)).rows).toHaveLength(0);
	});

	test('of nothing says so', async () => {
		const { here } = await start();
		await expect(importExamples(here, { fileName: 'a.jsonl', lines: [] })).rejects.toMatchObject({
			code: 'invalid'
		});
	});
});

describe('an example', () => {
	test('written twice is refused and names the first', async () => {
		const { here } = await start();
		const messages = [
			{ role: 'user' as const, content: 'Hello' },
			{ role: 'assistant' as const, content: 'Hi' }
		];
		await addExample(here, { messages, rating: 8 });
		await expect(addExample(here, { messages, rating: null })).rejects.toThrow('as example 1');
	});

	test('deleted comes back, unless it has been written again meanwhile', async () => {
		const { here } = await start();
		const messages = [
			{ role: 'user' as const, content: 'Hello' },
			{ role: 'assistant' as const, content: 'Hi' }
		];
		const { id } = await addExample(here, { messages, rating: null });
		await deleteExamples(here, { ids: [id] });
		expect((await listExamples(here, all)).rows).toHaveLength(0);
		await restoreExamples(here, { ids: [id] });
		expect((await listExamples(here, all)).rows).toHaveLength(1);
		await deleteExamples(here, { ids: [id] });
		await addExample(here, { messages, rating: null });
		await expect(restoreExamples(here, { ids: [id] })).rejects.toThrow('added again');
	});

	test('in validation is locked, and a prompt stands on one side only', async () => {
		const { here } = await start();
		await importExamples(here, {
			fileName: 'a.jsonl',
			lines: lines(chat('Q', '1'), chat('q ', '2'), chat('R', '3'))
		});
		const { rows } = await listExamples(here, all);
		const id = (output: string) => rows.find((row) => row.output === output)!.id;
		await moveExamples(here, { ids: [id('1')], side: 'validation' });
		await expect(moveExamples(here, { ids: [id('1')], side: 'train' })).rejects.toThrow('locked in validation');
		await expect(moveExamples(here, { ids: [id('1')], side: 'unassigned' })).rejects.toThrow('locked');
		await expect(moveExamples(here, { ids: [id('3'), id('2')], side: 'train' })).rejects.toThrow('same prompt');
		expect((await listExamples(here, { split: 'train' })).rows).toHaveLength(0);
	});
});

const bring = (here: ProjectScope, texts: string[]) =>
	importExamples(here, { fileName: 'a.jsonl', lines: lines(...texts) });

test('answers that differ in case, spacing or system prompt alone are examples of their own', async () => {
	const { here } = await start();
	const said = (system: string, answer: string) =>
		JSON.stringify({
			messages: [
				{ role: 'system', content: system },
				{ role: 'user', content: 'Indent the loop' },
				{ role: 'assistant', content: answer }
			]
		});
	const lines = [said('Graz', 'for i:\n  f'), said('Graz', 'for i:\n    f'), said('Graz', 'For i:\n  f'), said('Wien', 'for i:\n  f')]; // prettier-ignore
	expect(await bring(here, [...lines, lines[0]!])).toMatchObject({ added: 4, duplicates: 1 });
	expect(await bring(here, lines)).toMatchObject({ added: 0, duplicates: 4 });
});

test('a training file that comes back, with the project’s system prompt in it, adds nothing', async () => {
	const { here } = await start();
	const turns = (n: number) => [
		{ role: 'user', content: `Question ${n}?` },
		{ role: 'assistant', content: `Answer ${n}.` }
	];
	await bring(here, [JSON.stringify({ messages: turns(1) }), JSON.stringify({ messages: turns(2) })]);
	const trained = [1, 2, 3].map((n) => JSON.stringify({ messages: [{ role: 'system', content: 'Be kind.' }, ...turns(n)] })); // prettier-ignore
	expect(await bring(here, trained)).toMatchObject({ added: 1, duplicates: 2 });
	expect(await bring(here, trained)).toMatchObject({ added: 0, duplicates: 3 });
});

test('what a provider would refuse comes in with a warning', async () => {
	const { here } = await start();
	const odd = JSON.stringify({
		messages: ['user', 'user', 'assistant'].map((role, at) => ({ role, content: `Turn ${at}` }))
	});
	const result = await bring(here, [chat('One?', 'Yes.'), odd]);
	expect(result).toMatchObject({
		added: 2,
		refused: 0,
		warned: 1,
		warnings: [{ line: 2, reason: 'Line 2: turn 2 is from user, but user and assistant take turns' }]
	});
	expect(await getImport(here, { importId: result.id })).toMatchObject({ warned: 1, state: 'done' });
});

test('an import waits for nobody who is busy in another project', async () => {
	const { scope, here } = await start();
	const { project } = await newProject(scope, { slug: 'beside' });
	await owner.begin(async (sql) => {
		await sql`select from projects where id = ${project.id} for update`;
		const line = JSON.stringify({ ...JSON.parse(chat('One?', 'Yes.')), split: 'train', rating: 8 });
		expect(await bring(here, [line])).toMatchObject({ added: 1 });
	});
});

test('an import is found in its project, and in no other', async () => {
	const { scope, here } = await start();
	await newProject(scope, { slug: 'beside' });
	const { id: importId } = await bring(here, [chat('One?', 'Yes.')]);
	expect(await getImport(here, { importId })).toMatchObject({ id: importId, added: 1 });
	const beside = await inProject(scope, 'beside');
	await expect(getImport(beside, { importId })).rejects.toMatchObject({ code: 'not_found' });
});

test('an import comes in while an index of its table is made', async () => {
	const { here } = await start();
	const file = lines(...Array.from({ length: 2_100 }, (_, i) => chat(`Question ${i}`, `Answer ${i}`)));
	const imported = await owner.begin(async (sql) => {
		await sql`lock table examples in share update exclusive mode`;
		// as a vacuum has it, which gives up after a second when somebody waits for it
		await plainPool()`select refresh_statistics()`;
		return importExamples(here, { fileName: 'a.jsonl', lines: file });
	});
	expect(imported).toMatchObject({ added: 2_100 });
});

test('in a table that is not large everything is looked at anew', async () => {
	const known = () => owner`
		select attname from pg_stats where schemaname = 'public' and tablename = 'examples' and attname in ('project_id', 'split', 'tokens')`;
	await owner`delete from pg_statistic where starelid = 'examples'::regclass`;
	expect(await known()).toHaveLength(0);
	// a vacuum of this moment is not waited for
	const after = async () => {
		await plainPool()`select refresh_statistics()`;
		return (await known()).length;
	};
	await expect.poll(after).toBe(3);
});

test('an import whose second part could not be saved says that the first one is in', async () => {
	const { here } = await start();
	const long = 'We look into it. '.repeat(1_000);
	const many = lines(...Array.from({ length: 250 }, (_, i) => chat(`Question ${i}`, `Answer ${i}. ${long}`)));
	const holder = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
	async function* slowly() {
		yield* many;
		// the first part is in: then somebody holds the project
		while (!(await holder`select from imports where project_id = ${here.project.id} and added > 0`).length);
		await holder`begin`;
		await holder`select from projects where id = ${here.project.id} for update`;
		yield { number: 251, text: chat('The last one', 'Yes.') };
	}
	const importing = importExamples(here, { fileName: 'a.jsonl', lines: slowly() });
	importing.catch(() => {});
	const waiting = () =>
		owner`select pg_cancel_backend(pid) from pg_locks where not granted and pid in (
			select pid from pg_stat_activity where datname = current_database())`;
	while ((await waiting()).length === 0);
	await expect(importing).rejects.toMatchObject({
		status: 503,
		message: expect.stringContaining('only a part of the file is in')
	});
	await holder.end();
	expect((await listExamples(here, all)).rows.length).toBeGreaterThan(0);
});

test('an import that broke off says so, also when its server has died', async () => {
	const { scope, here } = await start();
	async function* breaking() {
		yield* lines(chat('One?', 'Yes.'));
		throw new Error('The connection broke off');
	}
	await expect(importExamples(here, { fileName: 'a.jsonl', lines: breaking() })).rejects.toThrow('broke off');
	const only = async () => {
		const [row] = await scope.tx((tx) => tx.select().from(imports));
		return getImport(here, { importId: row!.id });
	};
	expect(await only()).toMatchObject({ state: 'broken_off' });
	const since = (interval: string) =>
		scope.tx(
			(tx) => tx.$client`update imports set ended_at = null, broke_off = false, seen_at = now() - ${interval}::interval`
		);
	await since('1 minute');
	expect(await only()).toMatchObject({ state: 'running' });
	await since('11 minutes');
	expect(await only()).toMatchObject({ state: 'broken_off' });
});
