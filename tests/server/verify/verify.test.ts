import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { eq } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { marksVersion } from '../../../src/lib/core/examples/marks.ts';
import { signatureOf } from '../../../src/lib/core/text/signature.ts';
import { factsOf } from '../../../src/lib/server/examples/rows.ts';
import { sha256 } from '../../../src/lib/server/platform/crypto.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import {
	evaluations,
	imports,
	pairings,
	playgroundPairs,
	projects,
	prompts,
	ratings,
	rewrites,
	runExamples,
	runFiles
} from '../../../src/lib/server/platform/db/schema.ts';
import { promptHashOf } from '../../../src/lib/server/prompts/rows.ts';
import { promptsIn } from '../../../src/lib/server/runs/rows.ts';
import { verify } from '../../../src/lib/server/verify/verify.ts';
import { addReadyRun } from '../../support/data/evaluation.ts';
import { rewriteHistory } from '../../support/database/raw.ts';
import { newProject, newTeam } from '../../support/data/team.ts';
import { addRows } from '../../support/data/training.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
afterAll(async () => {
	await owner.end();
	await closePools();
});

const countTokens = async (sql: postgres.TransactionSql) => {
	for (const { id, messages } of await sql`select id, messages from examples`)
		await sql`update examples set tokens = ${factsOf(messages, null).tokens} where id = ${id}`;
};

let slug: string;
/** A team where all is as it should be: rated, rewritten, learnt from, compared. */
beforeAll(async () => {
	const team = await newTeam();
	slug = team.slug;
	const { scope } = team;
	const { project, connection } = await newProject(scope);
	const projectId = project.id;
	const question = (split: 'train' | 'validation' | null, i: number) => ({
		question: `Ünïcode ${i}\u0000 "ﬁ" ?`,
		split
	});
	const rows = await addRows(scope, projectId, [question('train', 1), question('validation', 2), question(null, 3)]);
	await rewriteHistory('examples', async (sql) => {
		await sql`update examples set rating = null, ratings_count = 0`;
		await countTokens(sql);
		await sql`select recount_examples()`;
	});
	const run = await addReadyRun(scope, { projectId, connectionId: connection.id });
	const [train, validation] = [rows[0]!.id, rows[1]!.id];
	await scope.tx(async (tx) => {
		const said = { projectId, exampleId: train, personId: team.owner.id };
		await tx.insert(ratings).values({ ...said, score: 10, clientId: randomUUID() }); // of the text before
		await tx.insert(rewrites).values({ ...said, output: 'Better', clientId: randomUUID() });
		await tx.insert(ratings).values({ ...said, score: 3, clientId: randomUUID() });
		await tx.insert(ratings).values({ ...said, score: 7, clientId: randomUUID() });
		const key = randomUUID(); // what a script gives stands beside it
		await tx.$client`select set_config('app.key_id', ${key}, true)`;
		await tx.insert(ratings).values({ ...said, personId: key, score: 1, clientId: randomUUID() });
		await tx.$client`select set_config('app.key_id', '', true)`;
		await tx.insert(imports).values({ projectId, fileName: 'a.jsonl', refusals: [], duplicates: 3 });
		await tx.insert(runExamples).values([
			{ projectId, runId: run.id, exampleId: train, kind: 'train' },
			{ projectId, runId: run.id, exampleId: validation, kind: 'validation' }
		]);
		const body = '{"messages":["ü"]}\n';
		const file = { body, sha256: sha256(body).toString('hex'), byteCount: Buffer.byteLength(body) };
		await tx.insert(runFiles).values({ projectId, runId: run.id, kind: 'train', ...file });
		const [made] = await tx
			.insert(evaluations)
			.values({
				projectId,
				number: 1,
				name: 'x',
				runId: run.id,
				connectionId: connection.id,
				baseModel: 'm',
				systemPrompt: '',
				planned: 1,
				temperature: 0,
				maxTokens: 1,
				seed: 1,
				status: 'voting'
			})
			.returning();
		const pair = { projectId, evaluationId: made!.id, exampleId: validation };
		await tx.insert(pairings).values({ ...pair, position: 0, prompt: [], reference: '' });
		const messages = [{ role: 'user' as const, content: 'Ünïcode?' }];
		const known = { projectId, promptHash: promptHashOf(messages) };
		await tx.insert(prompts).values({ ...known, number: 1, messages, origin: 'written' });
		const preferred = { chosen: 'Yes.', rejected: 'No.', chosenBy: 'v1', rejectedBy: 'm' };
		await tx
			.insert(playgroundPairs)
			.values({ ...known, ...preferred, prompt: messages, personId: team.owner.id, clientId: randomUUID() });
		await tx.update(projects).set({ nextExample: 4, nextRun: 2, nextEvaluation: 2, nextPrompt: 2 });
	});
	// another project of the team, where what measures here trains: its numbers and sides are its own
	const other = await newProject(scope, { slug: 'other' });
	await addRows(scope, other.project.id, [question('train', 2), question('validation', 1)], 11);
	await rewriteHistory('examples', async (sql) => {
		await sql`update examples set rating = null, ratings_count = 0 where project_id = ${other.project.id}`;
		await countTokens(sql);
		await sql`select recount_examples()`;
	});
	await scope.tx((tx) => tx.update(projects).set({ nextExample: 13 }).where(eq(projects.id, other.project.id)));
});

const found = async () => {
	const sentences: string[] = [];
	const { seen } = await verify(owner, (sentence) => sentences.push(sentence));
	return { seen, sentences };
};

test('where all follows from what people and runs did, nothing is said', async () => {
	const { seen, sentences } = await found();
	expect(sentences).toEqual([]);
	expect(seen).toEqual({
		teams: 1,
		examples: 5,
		ratings: 4,
		rewrites: 1,
		runs: 1,
		evaluations: 1,
		'audit entries': 0,
		'erased addresses in them': 0
	});
});

const planted: [table: string, change: string, undo: string, sentence: string][] = [
	[
		'examples',
		'rating = 9 where number = 1',
		'rating = 7 where number = 1',
		'example 1 has the rating 9 of 1 person; the ratings make 7 of 1 person.'
	],
	[
		'examples',
		'ratings_count = 2 where number = 1',
		'ratings_count = 1 where number = 1',
		'example 1 has the rating 7 of 2 people; the ratings make 7 of 1 person.'
	],
	[
		'examples',
		'rating = 5, ratings_count = 1 where number = 3',
		'rating = null, ratings_count = 0 where number = 3',
		'example 3 has the rating 5 of 1 person; the ratings make none of 0 people.'
	],
	[
		'examples',
		`rewrite = 'Worse' where number = 1`,
		`rewrite = 'Better' where number = 1`,
		'example 1 trains "Worse" as its rewrite; the latest one is "Better".'
	],
	[
		'examples',
		`rewrite = 'Out of thin air' where number = 3`,
		'rewrite = null where number = 3',
		'example 3 trains "Out of thin air" as its rewrite; the latest one is none.'
	],
	[
		'examples',
		'trained = false where number = 1',
		'trained = true where number = 1',
		'example 1 was learnt from, and is not marked as trained on.'
	],
	[
		'examples',
		'trained = true where number = 3',
		'trained = false where number = 3',
		'example 3 is marked as trained on, and no run has learnt from it.'
	],
	[
		'examples',
		'reserved = true where number = 3',
		'reserved = false where number = 3',
		'example 3 is kept for an order, and no run is being ordered with it.'
	],
	[
		'examples',
		`content_hash = 'x' where number = 3`,
		'content_hash = $old where number = 3',
		'example 3 has the hash of another conversation.'
	],
	[
		'examples',
		`prompt_hash = 'x' where number = 3`,
		'prompt_hash = $old where number = 3',
		'example 3 has the hash of another prompt: nobody would notice it on both sides of the split.'
	],
	[
		'examples',
		'tokens = 7 where number = 3',
		'tokens = $old where number = 3',
		'example 3 is said to have 7 tokens; it has $old.'
	],
	[
		'ratings',
		`text = 'x' where score = 10`,
		`text = $old where score = 10`,
		'a score of example 1 is said to be of a text that it never had.'
	],
	[
		'prompts',
		`prompt_hash = 'x'`,
		'prompt_hash = $old',
		'prompt 1 has the hash of another prompt: nobody would notice that it both trains and measures.'
	],
	['prompts', `messages = '[null]'`, 'messages = $old', 'prompt 1 has turns that can not be read.'],
	[
		'playground_pairs',
		`prompt_hash = 'x'`,
		'prompt_hash = $old',
		'a preference for "v1" has the hash of another prompt: nobody would notice that it both trains and measures.'
	],
	[
		'playground_pairs',
		'ordered = true',
		'ordered = false',
		'a preference for "v1" is said to have been sent to a run, and none was sent it.'
	],
	[
		'runs',
		'train_count = 5',
		'train_count = 1',
		'v1 says that it had 5 examples to train on and 1 to measure by; it had 1 and 1.'
	],
	['run_files', `sha256 = 'x'`, 'sha256 = $old', 'the train file of v1 is not the one whose SHA-256 was kept.'],
	['run_files', 'byte_count = 1', 'byte_count = $old', 'the train file of v1 is said to have 1 bytes; it has 20.'],
	['evaluations', 'planned = 20', 'planned = 1', 'comparison 1 was planned with 20 pairs; it has 1.'],
	['imports', 'added = 4', 'added = 0', 'the import of "a.jsonl" says that it added 4 examples; there are 0.'],
	[
		'projects',
		`next_example = 3 where slug = 'support'`,
		`next_example = 4 where slug = 'support'`,
		'the next example would get the number 3; 3 is taken already.'
	],
	[
		'projects',
		`next_run = 1 where slug = 'support'`,
		`next_run = 2 where slug = 'support'`,
		'the next run would get the number 1; 1 is taken already.'
	],
	[
		'projects',
		`next_evaluation = 1 where slug = 'support'`,
		`next_evaluation = 2 where slug = 'support'`,
		'the next comparison would get the number 1; 1 is taken already.'
	],
	[
		'projects',
		`next_prompt = 1 where slug = 'support'`,
		`next_prompt = 2 where slug = 'support'`,
		'the next prompt would get the number 1; 1 is taken already.'
	]
];
test.for(planted)('a wrong value is found: %s, %s', async ([table, change, undo, sentence]) => {
	const column = change.split(' ')[0]!;
	const [row] =
		await owner`select ${owner(column)} as old from ${owner(table)} ${table === 'examples' ? owner`where number = 3` : table === 'ratings' ? owner`where score = 10` : owner``}`;
	const written = typeof row!.old === 'object' ? JSON.stringify(row!.old) : row!.old;
	const old = Buffer.isBuffer(row!.old) ? `'\\x${row!.old.toString('hex')}'` : `'${written}'`;
	// what is counted of it has its own rows below
	const counting = (sql: postgres.TransactionSql) =>
		table === 'examples' ? sql`select recount_examples()` : undefined;
	await rewriteHistory(table, async (sql) => {
		await sql.unsafe(`update ${table} set ${change}`);
		await counting(sql);
	});
	const says = sentence.replace('$old', String(row!.old));
	expect((await found()).sentences).toEqual([`Team ${slug}, project support: ${says}`]);
	await rewriteHistory(table, async (sql) => {
		await sql.unsafe(`update ${table} set ${undo.replace('$old', old)}`);
		await counting(sql);
	});
	expect((await found()).sentences).toEqual([]);
});

const miscounted: [change: string, undo: string, sentences: string | string[]][] = [
	[
		`update example_counts set count = count + 1 where points = 7`,
		`update example_counts set count = count - 1 where points = 7`,
		'the counters say 2 examples (train, rating 7, rewritten, learnt); there are 1.'
	],
	[
		`update example_counts set tokens = tokens + 5 where points = 7`,
		`update example_counts set tokens = tokens - 5 where points = 7`,
		'what is added up of the examples (train, rating 7, rewritten, learnt) is not what their tokens make.'
	],
	[
		`update example_counts set ratings = ratings + 1 where points = 7`,
		`update example_counts set ratings = ratings - 1 where points = 7`,
		'what is added up of the examples (train, rating 7, rewritten, learnt) is not what their ratings make.'
	],
	[
		`update own_counts set count = count - 1 where score = 7`,
		`update own_counts set count = count + 1 where score = 7`,
		'the counters say that somebody gave 0 examples a 7; it is 1.'
	],
	[
		`update example_standings set rating = rating + 1 where points = 7`,
		`update example_standings set rating = rating - 1 where points = 7`,
		'lists have example 1 with train and the rating 8; it is another.'
	],
	[
		`update example_standings set number = 99 where points = 7`,
		`update example_standings set number = 1 where number = 99`,
		['lists have an example 99; there is none.', 'example 1 is in no list by rating or side.']
	]
];
test.for(miscounted)('a wrong counter or standing is found: %s', async ([change, undo, sentences]) => {
	await owner.unsafe(change);
	const said = [sentences].flat().map((sentence) => `Team ${slug}, project support: ${sentence}`);
	expect((await found()).sentences.sort()).toEqual(said.sort());
	await owner.unsafe(undo);
	expect((await found()).sentences).toEqual([]);
});

test('a run that says of itself what its provider has not said is found, and one that has begun and is not said to', async () => {
	const said = (sentence: string) => [`Team ${slug}, project support: v1 ${sentence}`];
	const set = (change: string) => rewriteHistory('runs', (sql) => sql.unsafe(`update runs set ${change}`));
	const [run] = await owner`select status, started_at::text as started, steps_done from runs`;
	await set('accepted = false');
	expect((await found()).sentences).toContain(
		said('has begun, and is not said to have been accepted: what it learnt from is not locked.')[0]
	);
	for (const begun of [
		`status = 'queued', started_at = now(), steps_done = null`,
		`status = 'queued', started_at = null, steps_done = 1`
	]) {
		await set(begun);
		expect((await found()).sentences, begun).toContain(
			said('has begun, and is not said to have been accepted: what it learnt from is not locked.')[0]
		);
	}
	await set(`accepted = true, started_at = null, steps_done = null`);
	expect((await found()).sentences).toEqual(said('is said to have been accepted by its provider, and has not begun.'));
	// that one failed later is no wonder
	await set(`status = 'failed'`);
	expect((await found()).sentences).toEqual([]);
	await set(
		`status = '${run!.status}', started_at = ${run!.started ? `'${run!.started}'` : 'null'}, steps_done = ${run!.steps_done ?? 'null'}`
	);
	expect((await found()).sentences).toEqual([]);
});

test('a signature that hides an example from a search is found, and one with more marks is none', async () => {
	const [project] = await owner`select team_id, id as project_id from projects where slug = 'support'`;
	const texts = await owner`select messages from examples where project_id = ${project!.project_id}`;
	const words = texts.flatMap(({ messages }) =>
		messages.map(({ content }: { content: string }) => JSON.stringify(content))
	);
	const sign = async (bits: Buffer) => {
		await owner`delete from example_signatures`;
		await owner`insert into example_signatures ${owner({ ...project, block: 0, bits })}`;
		return (await found()).sentences;
	};
	const bits = signatureOf(words);
	expect(await sign(bits)).toEqual([]);
	expect(await sign(signatureOf([...words, '"Zebra"']))).toEqual([]);
	for (const less of [signatureOf(words.slice(0, 1)), Buffer.alloc(0)])
		expect(await sign(less)).toEqual([
			`Team ${slug}, project support: a search does not find all that stands in the examples 0 to 31: their signature is another.`
		]);
	// what another project has at these numbers stands in none of its own
	const [theirs] = await owner`select id, messages from examples where number = 11`;
	const say = (messages: unknown) =>
		rewriteHistory(
			'examples',
			(sql) => sql`update examples set messages = ${JSON.stringify(messages)}::text::json where id = ${theirs!.id}`
		);
	await say([{ role: 'user', content: 'Zebra' }]);
	expect((await sign(bits)).join()).not.toContain('a search does not find');
	await say(theirs!.messages);
	await owner`delete from example_signatures`;
});

test('marks that the text of an example does not bear out are found, as far as it is said to have any', async () => {
	const mark = (upTo: number, by: number) =>
		owner`update projects set marked = ${upTo}, marked_by = ${by} where slug = 'support'`;
	const put = (number: number, marks: string[]) => owner`
		insert into example_marks (team_id, project_id, number, marks)
		select team_id, id, ${number}, ${marks} from projects where slug = 'support'`;
	const said = (sentence: string) => `Team ${slug}, project support: ${sentence}`;
	await mark(1, marksVersion);
	expect((await found()).sentences).toEqual([]);
	await put(1, ['order', 'weight']);
	await put(2, ['empty']);
	const wrong = said('example 1 is said to have the marks order, weight; by its text it has none.');
	expect((await found()).sentences).toEqual([wrong]);
	await mark(2, marksVersion);
	expect((await found()).sentences.toSorted()).toEqual([
		wrong,
		said('example 2 is said to have the marks empty; by its text it has none.')
	]);
	await mark(2, marksVersion + 1);
	expect((await found()).sentences).toEqual([]);
	await put(99, ['order']);
	expect((await found()).sentences).toEqual([said('an example 99 has marks; there is none.')]);
	await owner`delete from example_marks`;
	const [row] = await owner`select messages from examples where number = 3`;
	const say = (messages: object[]) =>
		rewriteHistory(
			'examples',
			(sql) => sql`update examples set messages = ${JSON.stringify(messages)}::text::json where number = 3`
		);
	await say([{ role: 'user', content: 'And?' }, ...row!.messages]);
	await mark(3, marksVersion);
	expect((await found()).sentences.at(-1)).toEqual(
		said('example 3 is said to have the marks none; by its text it has order.')
	);
	await say(row!.messages);
	await mark(0, 0);
});

test('of an example of a file the tokens may be those of the rewrite that came with it', async () => {
	const [row] = await owner`select id, tokens, messages from examples where number = 1 and rewrite is not null`;
	const set = (tokens: number, importId: unknown) =>
		rewriteHistory('examples', async (sql) => {
			await sql`update examples set tokens = ${tokens}, import_id = ${importId as string | null} where id = ${row!.id}`;
			await sql`select recount_examples()`;
		});
	const { tokens } = factsOf(row!.messages, 'Better');
	expect(tokens).not.toBe(row!.tokens);
	const wrong = `Team ${slug}, project support: example 1 is said to have ${tokens} tokens; it has ${row!.tokens}.`;
	await set(tokens, null);
	expect((await found()).sentences).toEqual([wrong]);
	const [file] = await owner`select id from imports`;
	await set(tokens, file!.id);
	expect((await found()).sentences).toEqual([]);
	await set(row!.tokens, null);
});

test('of a file in parts each part is looked at, and that all are there', async () => {
	const kept = await owner`select team_id, project_id, run_id, kind, body, sha256 from run_files where kind = 'train'`;
	const { body, ...place } = kept[0]!;
	await rewriteHistory('run_files', (sql) => sql`update run_files set body = null, parts = 1 where kind = 'train'`);
	const file = `Team ${slug}, project support: the train file of v1`;
	expect((await found()).sentences).toEqual([`${file} is not the one whose SHA-256 was kept.`]);
	await owner`insert into run_file_parts ${owner({ ...place, place: 0, body })}`;
	expect((await found()).sentences).toEqual([]);
	await rewriteHistory('run_file_parts', (sql) => sql`update run_file_parts set body = upper(body)`);
	expect((await found()).sentences).toEqual([`${file} is not the one whose SHA-256 was kept.`]);
	await owner`delete from run_file_parts`;
	await rewriteHistory(
		'run_files',
		(sql) => sql`update run_files set body = ${body}, parts = null where kind = 'train'`
	);
	expect((await found()).sentences).toEqual([]);
});

test('what the lines of a training file ask is written down, whole and nothing besides', async () => {
	const [kept] = await owner`select * from run_files where kind = 'train'`;
	const put = (text: string) =>
		rewriteHistory('run_files', async (sql) => {
			const sizes = { byte_count: Buffer.byteLength(text), sha256: sha256(text).toString('hex') };
			await sql`update run_files set ${sql({ body: text, ...sizes })} where kind = 'train'`;
		});
	const mark = (hashed: boolean) => rewriteHistory('runs', (sql) => sql`update runs set hashed = ${hashed}`);
	const add = (hash: string) => owner`
		insert into run_prompts (team_id, project_id, run_id, prompt_hash)
		select team_id, project_id, run_id, decode(${hash}, 'hex') from run_files where kind = 'train'`;
	await mark(true);
	await put('{"messages":[\n');
	expect((await found()).sentences).toEqual([
		`Team ${slug}, project support: the train file of v1 has a line that can not be read.`
	]);
	const lineOf = (question: string) =>
		`{"messages":[{"role":"user","content":"${question}"},{"role":"assistant","content":"ö"}]}\n`;
	const body = lineOf('ü') + lineOf('ä') + lineOf('ü');
	await put(body);
	expect((await found()).sentences).toEqual([
		`Team ${slug}, project support: of the prompts in the train file of v1 2 are not written down: it could be asked what it learnt.`
	]);
	for (const hash of new Set(promptsIn(body))) await add(hash);
	expect((await found()).sentences).toEqual([]);
	// what an example of the run asks may stand there as well, as where an older version has made the file
	const [{ hash }] = (await owner`
		select encode(e.prompt_hash, 'hex') as hash from run_examples m join examples e on e.id = m.example_id where m.kind = 'train'`) as unknown as [
		{ hash: string }
	];
	await add(hash);
	expect((await found()).sentences).toEqual([]);
	await add('00');
	expect((await found()).sentences).toEqual([
		`Team ${slug}, project support: v1 is said to have learnt 1 prompts that are not in its train file.`
	]);
	await owner`delete from run_prompts`;
	await mark(false);
	await put(kept!.body);
});

test('what another project has of an import does not count for it', async () => {
	const elsewhere = `number = 11 and project_id = (select id from projects where slug = 'other')`;
	await rewriteHistory('imports', (sql) => sql`update imports set added = 1`);
	await rewriteHistory('examples', (sql) =>
		sql.unsafe(`update examples set import_id = (select id from imports) where ${elsewhere}`)
	);
	expect((await found()).sentences).toEqual([
		`Team ${slug}, project support: the import of "a.jsonl" says that it added 1 examples; there are 0.`
	]);
	await rewriteHistory('imports', (sql) => sql`update imports set added = 0`);
	await rewriteHistory('examples', (sql) => sql.unsafe(`update examples set import_id = null where ${elsewhere}`));
});

test('nor what it has of marks, of standings and of what was sent to runs', async () => {
	const elsewhere = `number = 11 and project_id = (select id from projects where slug = 'other')`;
	await owner`update projects set marked = 11, marked_by = ${marksVersion} where slug = 'other'`;
	await owner`insert into example_marks (team_id, project_id, number, marks)
		select team_id, id, 11, '{order}' from projects where slug = 'support'`;
	expect((await found()).sentences).toEqual([`Team ${slug}, project support: an example 11 has marks; there is none.`]);
	await owner`delete from example_marks`;
	await owner`update projects set marked = 0, marked_by = 0 where slug = 'other'`;
	// a number that an example of the first project has too, with another rating and side
	const set = (change: string, where: string) =>
		rewriteHistory('examples', async (sql) => {
			await sql.unsafe(`update examples set ${change} where ${where}`);
			await sql`select recount_examples()`;
		});
	await set('number = 1', elsewhere);
	expect((await found()).sentences).toEqual([]);
	await set('number = 11', elsewhere.replace('number = 11', 'number = 1'));
	// the prompt of what was sent to a run of the first measures in the other
	const [{ split, hash }] = (await owner.unsafe(
		`select split, encode(prompt_hash, 'hex') as hash from examples where ${elsewhere}`
	)) as unknown as [{ split: string | null; hash: string }];
	await rewriteHistory('playground_pairs', (sql) => sql`update playground_pairs set ordered = true`);
	await set(`split = 'validation', prompt_hash = (select prompt_hash from playground_pairs)`, elsewhere);
	expect((await found()).sentences.join()).not.toContain('a run was sent its prompt');
	await set(`split = ${split ? `'${split}'` : 'null'}, prompt_hash = '\\x${hash}'`, elsewhere);
	await rewriteHistory('playground_pairs', (sql) => sql`update playground_pairs set ordered = false`);
	expect((await found()).sentences).toEqual([]);
});

test('a prompt on both sides is found, also by a deleted measure', async () => {
	const same = `(select prompt_hash from examples where number = 1)`;
	await rewriteHistory('examples', async (sql) => {
		await sql.unsafe(`update examples set prompt_hash = ${same}, deleted_at = now() where number = 2`);
		await sql`select recount_examples()`;
	});
	const [leak, hash] = (await found()).sentences;
	expect(leak).toContain('example 2 measures, and example 1, which trains, has the same prompt');
	expect(hash).toContain('hash of another prompt');
	// left as it is: the program below has something to find
});

const program = async (env: NodeJS.ProcessEnv) => {
	const child = spawn(process.execPath, ['src/launch/verify.ts'], { env: { ...process.env, ...env } });
	const [[code], said] = await Promise.all([once(child, 'close'), text(child.stdout)]);
	return { code, said };
};

test('the program exits with 1 and says what differs, and with 0 and a summary when nothing does', async () => {
	const bad = await program({});
	expect(bad.said).toMatch(/^Team .*\nTeam .*\nLooked at 1 teams, 5 examples, .*\n2 differences\.\n$/);
	expect(bad.code).toBe(1);
	await owner`truncate examples, example_counts, own_counts, example_standings, run_examples, pairings, evaluations, ratings, rewrites, runs, projects cascade`;
	const good = await program({});
	expect(good).toEqual({
		code: 0,
		said: 'Looked at 1 teams, 0 examples, 0 ratings, 0 rewrites, 0 runs, 0 evaluations, 0 audit entries, 0 erased addresses in them.\nAll is as it follows from what people and runs did.\n'
	});
});
