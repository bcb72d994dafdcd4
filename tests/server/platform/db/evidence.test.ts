// Long because it is one argument: what the database refuses by itself, whatever is sent to it by the role that serves.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Scope, scopeFor } from '../../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../../src/lib/server/platform/db/pools.ts';
import { addUnheard } from '../../../support/data/audit.ts';
import { oneOfEach } from '../../../support/data/one-of-each.ts';
import { raw } from '../../../support/database/raw.ts';
import { newPerson, newProject, newTeam } from '../../../support/data/team.ts';

afterAll(() => closePools());

let team: Awaited<ReturnType<typeof newTeam>>;
let one: { projectId: string; ids: Record<string, string> };
let otherProject: string;
beforeAll(async () => {
	team = await newTeam();
	one = await oneOfEach({ ...team.scope, userId: team.owner.id }, (await newPerson('Extra')).id);
	otherProject = (await newProject(team.scope, { slug: 'two' })).project.id;
});

/** The SQLSTATE by which the database refuses it; undefined when it does not. Nothing of it stays. */
const refusal = async (scope: Scope, statement: string, values: unknown[] = []): Promise<string | undefined> => {
	const trying = new Error('only trying');
	return raw(scope, async (sql) => {
		await sql.unsafe(statement, values as never[]);
		throw trying;
	}).catch((problem) => (problem === trying ? undefined : problem.code));
};

let used = 10;
/** A number that no example and no run has. */
const unused = () => ++used;

const evidence = [
	...[
		'api_keys',
		'projects',
		'imports',
		'examples',
		'prompts',
		'ratings',
		'rewrites',
		'runs',
		'run_files',
		'run_file_parts',
		'run_prompts',
		'run_examples',
		'run_pairs',
		'run_events'
	],
	...[
		'run_points',
		'servings',
		'evaluations',
		'pairings',
		'outputs',
		'judged_pairs',
		'ballots',
		'votes',
		'remarks',
		'guest_links',
		'guests',
		'judgings',
		'judgments',
		'playground_pairs',
		'mails',
		'audit_entries',
		'audit_links',
		'webhook_deliveries'
	]
];

describe('evidence cannot be erased', () => {
	test.for(evidence)('%s', async (table) => {
		expect((await raw(team.scope, (sql) => sql`select from ${sql(table)}`)).length).toBeGreaterThan(0);
		const trying = new Error('only trying');
		await raw(team.scope, async (sql) => {
			expect(await sql`delete from ${sql(table)} returning *`).toHaveLength(0);
			throw trying;
		}).catch((problem) => expect(problem).toBe(trying));
	});

	test('nor by emptying a table', async () => {
		for (const table of evidence) expect(await refusal(team.scope, `truncate ${table} cascade`), table).toBe('42501');
	});
});

describe('what is evidence does not change', () => {
	const id = '00000000-0000-7000-8000-000000000001';
	const frozen: [table: string, change: string, code: string][] = [
		// a validation example: the sentence is that of the lock
		['examples', `messages = '[{"role":"user","content":"other"}]'`, 'AI001'],
		['examples', `content_hash = 'x'`, 'AI001'],
		['examples', `prompt_hash = 'x'`, 'AI001'],
		// what people said of it refers to it, and speaks first
		['examples', `project_id = $other`, '23503'],
		['examples', `number = 99`, 'AI001'],
		['examples', `source = 'x'`, 'AI001'],
		['examples', `origin = 'import'`, 'AI001'],
		['examples', `id = '${id}'`, '23503'],
		['examples', `created_at = 'epoch'`, 'AI001'],
		['examples', `import_id = '${id}'`, 'AI001'],
		['examples', `tokens = 2`, 'AI001'],
		['examples', `created_by = '${id}'`, 'AI001'],
		['examples', `rating = 10`, 'AI006'],
		['examples', `ratings_count = 7`, 'AI006'],
		['examples', `rewrite = 'mine'`, 'AI006'],
		['examples', `trained = true`, 'AI006'],
		['examples', `reserved = true`, 'AI006'],
		['api_keys', `id = '${id}'`, 'AI006'],
		['api_keys', `name = 'x'`, 'AI006'],
		['api_keys', `role = 'rater'`, 'AI006'],
		['api_keys', `project_ids = '{}'`, 'AI006'],
		['api_keys', `hash = 'x'`, 'AI006'],
		['api_keys', `hint = 'x'`, 'AI006'],
		['api_keys', `created_by = '${id}'`, 'AI006'],
		['api_keys', `created_at = 'epoch'`, 'AI006'],
		['api_keys', `expires_at = 'infinity'`, 'AI006'],
		['api_keys', `revoked_at = null`, 'AI006'],
		['api_keys', `rolled_at = null`, 'AI006'],
		['imports', `project_id = $other`, 'AI006'],
		['imports', `file_name = 'x'`, 'AI006'],
		['imports', `id = '${id}'`, 'AI006'],
		['imports', `person_id = '${id}'`, 'AI006'],
		['imports', `created_at = 'epoch'`, 'AI006'],
		['guest_links', `id = '${id}'`, 'AI006'],
		['guest_links', `project_id = $other`, 'AI006'],
		['guest_links', `evaluation_id = '${id}'`, 'AI006'],
		['guest_links', `hash = 'x'`, 'AI006'],
		['guest_links', `title = 'y'`, 'AI006'],
		['guest_links', `instructions = 'y'`, 'AI006'],
		['guest_links', `pairs = 2`, 'AI006'],
		['guest_links', `most_guests = 2`, 'AI006'],
		['guest_links', `expires_at = 'infinity'`, 'AI006'],
		['guest_links', `created_by = '${id}'`, 'AI006'],
		['guest_links', `created_at = 'epoch'`, 'AI006'],
		['prompts', `id = '${id}'`, 'AI006'],
		['prompts', `project_id = $other`, 'AI006'],
		['prompts', `number = 9`, 'AI006'],
		['prompts', `messages = '[{"role":"user","content":"other"}]'`, 'AI006'],
		['prompts', `prompt_hash = 'x'`, 'AI006'],
		['prompts', `origin = 'import'`, 'AI006'],
		['prompts', `created_by = '${id}'`, 'AI006'],
		['prompts', `created_at = 'epoch'`, 'AI006'],
		['runs', `id = '${id}'`, 'AI006'],
		['runs', `connection_id = '${id}'`, 'AI006'],
		['runs', `created_by = '${id}'`, 'AI006'],
		['runs', `created_at = 'epoch'`, 'AI006'],
		['runs', `base_model = 'x'`, 'AI006'],
		['runs', `method = 'dpo'`, 'AI006'],
		['runs', `recipe = '{"epochs":1}'`, 'AI006'],
		['runs', `seed = 2`, 'AI006'],
		['runs', `mark = 'x'`, 'AI006'],
		['runs', `version = 2`, 'AI006'],
		['runs', `project_id = $other`, 'AI006'],
		['runs', `train_count = 2`, 'AI006'],
		['runs', `validation_count = 2`, 'AI006'],
		['runs', `tokens = 2`, 'AI006'],
		['runs', `counted = '{"rows":2}'`, 'AI006'],
		['runs', `model = 'x'`, 'AI006'],
		['runs', `model_object = 'x'`, 'AI006'],
		['runs', `job_id = 'x'`, 'AI006'],
		['runs', `status = 'failed'`, 'AI006'],
		['runs', `finished_at = 'epoch'`, 'AI006'],
		['servings', `id = '${id}'`, 'AI006'],
		['servings', `run_id = '${id}'`, 'AI006'],
		['servings', `started_by = '${id}'`, 'AI006'],
		['servings', `created_at = 'epoch'`, 'AI006'],
		['servings', `mark = 'x'`, 'AI006'],
		['servings', `base_model = 'x'`, 'AI006'],
		['servings', `cents_per_hour = 1`, 'AI006'],
		['servings', `project_id = $other`, 'AI006'],
		['evaluations', `id = '${id}'`, 'AI006'],
		['evaluations', `number = 2`, 'AI006'],
		['evaluations', `result = '{}'`, 'AI006'],
		['evaluations', `scored = '{}'`, 'AI006'],
		['evaluations', `counted = '{}'`, 'AI006'],
		['evaluations', `connection_id = '${id}'`, 'AI006'],
		['evaluations', `created_by = '${id}'`, 'AI006'],
		['evaluations', `created_at = 'epoch'`, 'AI006'],
		['evaluations', `kind = 'scoring'`, 'AI006'],
		['evaluations', `sendable_from = 8`, 'AI006'],
		['evaluations', `planned = 2`, 'AI006'],
		['evaluations', `prompts_from = 'pool'`, 'AI006'],
		['evaluations', `votes_per_prompt = 2`, 'AI006'],
		['evaluations', `delta = 2`, 'AI006'],
		['evaluations', `repeats = 2`, 'AI006'],
		['evaluations', `attempt = 2`, 'AI006'],
		['evaluations', `thinking = false`, 'AI006'],
		['evaluations', `continues_id = '${id}'`, 'AI006'],
		['evaluations', `three_part = 'training'`, 'AI006'],
		['evaluations', `three_of = '${id}'`, 'AI006'],
		['evaluations', `seed = 2`, 'AI006'],
		['evaluations', `run_id = '${id}'`, 'AI006'],
		['evaluations', `against_run_id = '${id}'`, 'AI006'],
		['evaluations', `base_of = '${id}'`, 'AI006'],
		['evaluations', `label = 'x'`, 'AI006'],
		['evaluations', `against_base_of = '${id}'`, 'AI006'],
		['evaluations', `against_connection_id = '${id}'`, 'AI006'],
		['evaluations', `against_model = 'x'`, 'AI006'],
		['evaluations', `against_label = 'x'`, 'AI006'],
		['evaluations', `few_shot = '{"systemPrompt":"x","shots":[]}'`, 'AI006'],
		['evaluations', `against_few_shot = '{"systemPrompt":"x","shots":[]}'`, 'AI006'],
		['evaluations', `base_model = 'x'`, 'AI006'],
		['evaluations', `texts_removed_at = now()`, 'AI006'],
		['evaluations', `system_prompt = 'x'`, 'AI006'],
		['evaluations', `temperature = 1`, 'AI006'],
		['evaluations', `max_tokens = 1`, 'AI006'],
		['evaluations', `project_id = $other`, 'AI006'],
		['judgings', `id = '${id}'`, 'AI006'],
		['judgings', `project_id = $other`, 'AI006'],
		['judgings', `evaluation_id = '${id}'`, 'AI006'],
		['judgings', `connection_id = '${id}'`, 'AI006'],
		['judgings', `model = 'y'`, 'AI006'],
		['judgings', `label = 'y'`, 'AI006'],
		['judgings', `criteria = 'y'`, 'AI006'],
		['judgings', `created_by = '${id}'`, 'AI006'],
		['judgings', `created_at = 'epoch'`, 'AI006'],
		['judgings', `status = 'judging', ended_at = null`, 'AI006'],
		['judgings', `status = 'failed'`, 'AI006'],
		['judgings', `ended_at = 'epoch'`, 'AI006'],
		['playground_pairs', `id = '${id}'`, 'AI006'],
		['playground_pairs', `project_id = $other`, 'AI006'],
		['playground_pairs', `prompt = '[1]'`, 'AI006'],
		['playground_pairs', `prompt_hash = 'x'`, 'AI006'],
		['playground_pairs', `chosen = 'z'`, 'AI006'],
		['playground_pairs', `rejected = 'z'`, 'AI006'],
		['playground_pairs', `chosen_by = 'z'`, 'AI006'],
		['playground_pairs', `rejected_by = 'z'`, 'AI006'],
		['playground_pairs', `person_id = '${id}'`, 'AI006'],
		['playground_pairs', `voter = 'script'`, 'AI006'],
		['playground_pairs', `client_id = '${id}'`, 'AI006'],
		['playground_pairs', `created_at = 'epoch'`, 'AI006'],
		['playground_pairs', `ordered = false`, 'AI006'],
		['mails', `id = '${id}'`, 'AI006'],
		['mails', `project_id = $other`, 'AI006'],
		['mails', `kind = 'verdict'`, 'AI006'],
		['mails', `subject = '${id}'`, 'AI006'],
		['mails', `person_id = '${id}'`, 'AI006'],
		['mails', `created_at = 'epoch'`, 'AI006'],
		['webhook_deliveries', `id = '${id}'`, 'AI006'],
		['webhook_deliveries', `endpoint_id = '${id}'`, 'AI006'],
		['webhook_deliveries', `project_ids = null`, 'AI006'],
		['webhook_deliveries', `event = 'x'`, 'AI006'],
		['webhook_deliveries', `body = 'x'`, 'AI006'],
		['webhook_deliveries', `created_at = 'epoch'`, 'AI006']
	];
	test.for(frozen)('%s: %s', async ([table, change, code]) => {
		const statement = `update ${table} set ${change.replace('$other', `'${otherProject}'`)} where id = '${one.ids[table]}'`;
		expect(await refusal(team.scope, statement)).toBe(code);
	});

	test.for([
		'ratings',
		'rewrites',
		'run_files',
		'run_file_parts',
		'run_examples',
		'run_pairs',
		'pairings',
		'outputs',
		'ballots',
		'votes',
		'remarks',
		'audit_entries',
		'audit_links'
	])('%s are only added to', async (table) => {
		const changed = await raw(team.scope, (sql) => sql`update ${sql(table)} set created_at = 'epoch' returning *`);
		expect(changed).toHaveLength(0);
	});

	test('what the lines of a training file ask is only added to', async () => {
		expect(await raw(team.scope, (sql) => sql`update run_prompts set prompt_hash = '' returning *`)).toHaveLength(0);
	});

	test('when a mail went out is written once', async () => {
		const send = (at: string) => `update mails set sent_at = ${at} where id = '${one.ids.mails}'`;
		await raw(team.scope, (sql) => sql.unsafe(send('now()')));
		expect(await refusal(team.scope, send(`now() + interval '1 day'`))).toBe('AI006');
		expect(await refusal(team.scope, send('null'))).toBe('AI006');
	});

	test('a preference is taken back once, and no statement gives it back or says another time', async () => {
		const take = (at: string) =>
			raw(team.scope, (sql) =>
				sql.unsafe(
					`update playground_pairs set withdrawn_at = ${at} where id = '${one.ids.playground_pairs}' returning id`
				)
			);
		expect(await take(`'2026-11-01'`)).toHaveLength(1);
		expect(await take('withdrawn_at')).toHaveLength(1);
		for (const at of ['null', `'2026-11-02'`]) await expect(take(at)).rejects.toMatchObject({ code: 'AI006' });
	});

	test('that a run was sent a preference follows from what it was sent, whoever says otherwise', async () => {
		const id = randomUUID();
		await raw(
			team.scope,
			(sql) => sql`
				insert into playground_pairs (id, project_id, prompt, prompt_hash, chosen, rejected, chosen_by, rejected_by, person_id, client_id)
				values (${id}, ${one.projectId}, '[]', ${id}::text::bytea, 'x', 'y', 'v1', 'base', ${team.owner.id}, ${id})`
		);
		expect(await refusal(team.scope, `update playground_pairs set ordered = true where id = '${id}'`)).toBe('AI006');
	});

	test('every column that a trigger watches is asked about', async () => {
		const rows = await raw(
			team.scope,
			(sql) => sql`
				select c.relname as table, a.attname as column from pg_trigger t
				join pg_class c on c.oid = t.tgrelid join pg_attribute a on a.attrelid = c.oid and a.attnum = any (t.tgattr)
				-- of links there is a test of their own below, of how many there may be in most.test.ts, of a team's end in tests/server/ends, of files that are being written in tests/server/runs
				where not t.tgisinternal and t.tgname !~ '_(lock|revealed|withdrawn|accepted|settled|prepared|at_most)$' and c.relname not in ('audit_links', 'teams')`
		);
		const asked = frozen.map(([table, change]) => `${table} ${change.split(' ')[0]}`);
		expect(asked).toEqual(expect.arrayContaining(rows.map(({ table, column }) => `${table} ${column}`)));
	});

	test('whether a provider has accepted follows from how far the run is, whoever says otherwise', async () => {
		const at = `where id = '${one.ids.runs}'`;
		const accepted = async (change: string) => {
			await raw(team.scope, (sql) => sql.unsafe(`update runs set ${change} ${at}`));
			const [run] = await raw(team.scope, (sql) => sql.unsafe(`select accepted from runs ${at}`));
			return run!.accepted;
		};
		const [before] = await raw(team.scope, (sql) => sql.unsafe(`select accepted from runs ${at}`));
		expect(await accepted(`accepted = ${!before!.accepted}`)).toBe(before!.accepted);
	});

	test('what is written again as it was is no change', async () => {
		const rows = await raw(
			team.scope,
			(sql) => sql`
				select c.relname as table, string_agg(quote_ident(a.attname) || ' = ' || quote_ident(a.attname), ', ') as same
				from pg_trigger t join pg_class c on c.oid = t.tgrelid
				join pg_attribute a on a.attrelid = c.oid and a.attnum = any (t.tgattr)
				where not t.tgisinternal group by t.oid, c.relname`
		);
		expect(rows.length).toBeGreaterThan(8);
		for (const { table, same } of rows)
			expect(await refusal(team.scope, `update ${table} set ${same}`), `${table}: ${same}`).toBeUndefined();
	});

	test('a reveal is said once: neither taken back nor moved', async () => {
		const set = (change: string) => `update evaluations set ${change} where id = '${one.ids.evaluations}'`;
		const after = (change: string) => refusal(team.scope, `${set('revealed_at = now()')}; ${set(change)}`);
		expect(await after('revealed_at = null')).toBe('AI006');
		expect(await after(`revealed_at = 'epoch'`)).toBe('AI006');
		expect(await after(`electorate = '{}'`)).toBe('AI006');
		expect(await after('revealed_at = revealed_at')).toBeUndefined();
	});

	test('what came out is kept once, and not before the reveal', async () => {
		const set = (change: string) => `update evaluations set ${change} where id = '${one.ids.evaluations}'`;
		const after = (...changes: string[]) =>
			refusal(team.scope, ['revealed_at = now()', ...changes].map(set).join('; '));
		for (const name of ['result', 'scored', 'counted']) {
			const kept = `${name} = '{"kind":"promising"}'`;
			expect(await refusal(team.scope, set(kept)), name).toBe('AI006');
			expect(await refusal(team.scope, set(`${kept}, revealed_at = now()`)), name).toBeUndefined();
			expect(await after(kept, `${kept}, problem = 'x'`), name).toBeUndefined();
			for (const other of [`'{"kind":"ship-it"}'`, 'null'])
				expect(await after(kept, `${name} = ${other}`), `${name}, ${other}`).toBe('AI006');
		}
	});

	test('a run gets its counts while it is prepared, and its model once', async () => {
		const id = randomUUID();
		const set = (change: string) =>
			raw(team.scope, (sql) => sql.unsafe(`update runs set ${change} where id = '${id}'`));
		await raw(
			team.scope,
			(sql) => sql`
				insert into runs (id, project_id, version, connection_id, base_model, recipe, seed, status, mark, train_count, validation_count, tokens)
				select ${id}, project_id, ${unused()}, connection_id, base_model, recipe, seed, 'uploading', ${id}, 0, 0, 1
				from runs where id = ${one.ids.runs!}`
		);
		await set('train_count = 20, validation_count = 12');
		expect(
			await refusal(
				team.scope,
				`update runs set job_id = 'ft-1' where id = '${id}'; update runs set tokens = 2 where id = '${id}'`
			)
		).toBe('AI006');
		await set(`job_id = 'ft-1', status = 'queued'`);
		await expect(set('train_count = 21')).rejects.toMatchObject({ code: 'AI006' });
		await set(`model = 'm-1'`);
		await expect(set(`model = 'm-2'`)).rejects.toMatchObject({ code: 'AI006' });
		await expect(set(`model = null`)).rejects.toMatchObject({ code: 'AI006' });
		await set(`model = 'm-2', job_id = 'ft-2'`); // the provider goes on under another number, and with it the model's name
		await set(`model = model`);
		await set(`model_object = 'ml-2'`);
		await set(`model_object = model_object`);
		await expect(set(`model_object = 'ml-3'`)).rejects.toMatchObject({ code: 'AI006' });
		await set(`status = 'ready'`);
		await expect(set(`model = 'm-3', job_id = 'ft-3'`)).rejects.toMatchObject({ code: 'AI006' });
		await expect(set(`status = 'training'`)).rejects.toMatchObject({ code: 'AI006' });
	});

	test('what has been learnt stays learnt, and can be rated like anything else', async () => {
		const id = randomUUID();
		await raw(team.scope, async (sql) => {
			await sql`
				insert into examples (id, project_id, number, messages, content_hash, prompt_hash, tokens, origin, split)
				values (${id}, ${one.projectId}, ${unused()}, '[]', ${id}::text::bytea, ${id}::text::bytea, 1, 'written', 'train')`;
			await sql`insert into run_examples (project_id, run_id, example_id, kind) values (${one.projectId}, ${one.ids.runs!}, ${id}, 'train')`;
			await sql`insert into ratings (project_id, example_id, person_id, score, client_id) values (${one.projectId}, ${id}, ${team.owner.id}, 7, ${id})`;
			expect(await sql`select trained, rating from examples where id = ${id}`).toEqual([{ trained: true, rating: 7 }]);
			// what a run is measured on is not learnt
			expect(await sql`select trained from examples where id = ${one.ids.examples!}`).toEqual([{ trained: false }]);
		});
		expect(await refusal(team.scope, `update examples set trained = false where id = '${id}'`)).toBe('AI002');
		expect(await refusal(team.scope, `update examples set rating = 3 where id = '${id}'`)).toBe('AI006');
		expect(await refusal(team.scope, `update examples set split = 'validation' where id = '${id}'`)).toBe('AI002');
		expect(await refusal(team.scope, `update examples set split = null where id = '${id}'`)).toBeUndefined();
	});

	test('what is in an order that nobody has answered stays on its side', async () => {
		const [id, run] = [randomUUID(), randomUUID()];
		await raw(team.scope, async (sql) => {
			await sql`
				insert into examples (id, project_id, number, messages, content_hash, prompt_hash, tokens, origin, split)
				values (${id}, ${one.projectId}, ${unused()}, '[]', ${id}::text::bytea, ${id}::text::bytea, 1, 'written', 'train')`;
			await sql`
				insert into runs (id, project_id, version, connection_id, base_model, recipe, seed, status, mark, train_count, validation_count, tokens)
				select ${run}, project_id, ${unused()}, connection_id, base_model, recipe, seed, 'queued', ${run}, 0, 0, 1
				from runs where id = ${one.ids.runs!}`;
			await sql`insert into run_examples (project_id, run_id, example_id, kind) values (${one.projectId}, ${run}, ${id}, 'train')`;
		});
		for (const split of ['null', `'validation'`])
			expect(await refusal(team.scope, `update examples set split = ${split} where id = '${id}'`), split).toBe('AI007');
		expect(await refusal(team.scope, `update examples set split = 'train' where id = '${id}'`)).toBeUndefined();
		await raw(team.scope, (sql) => sql`update runs set status = 'failed' where id = ${run}`);
		expect(await refusal(team.scope, `update examples set split = null where id = '${id}'`)).toBeUndefined();
	});

	test('what nobody has trained or measured with is still the text that was rated', async () => {
		const id = randomUUID();
		await raw(
			team.scope,
			(sql) => sql`
				insert into examples (id, project_id, number, messages, content_hash, prompt_hash, tokens, origin)
				values (${id}, ${one.projectId}, ${unused()}, '[]', ${randomUUID()}::text::bytea, ${randomUUID()}::text::bytea, 1, 'written')`
		);
		expect(await refusal(team.scope, `update examples set messages = '[1]' where id = '${id}'`)).toBe('AI006');
		expect(await refusal(team.scope, `update examples set messages = '[]' where id = '${id}'`)).toBeUndefined();
		for (const place of [`project_id = '${otherProject}'`, `id = '${randomUUID()}'`])
			expect(await refusal(team.scope, `update examples set ${place} where id = '${id}'`), place).toBe('AI006');
		expect(
			await refusal(team.scope, `update examples set split = 'train', deleted_at = now() where id = '${id}'`)
		).toBeUndefined();
	});
});

describe('nor by the owner of the tables', () => {
	const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
	afterAll(() => owner.end());

	test('what a run has learnt from has taught it', async () => {
		const unlearn = owner.begin(async (sql) => {
			await sql`update examples set trained = true where id = ${one.ids.examples!}`;
			await sql`update examples set trained = false where id = ${one.ids.examples!}`;
		});
		await expect(unlearn).rejects.toMatchObject({ code: 'AI002' });
	});
	const changes = [
		...[`action = 'y'`, `subject = 'y'`, `address = 'y'`, `details = '{"x":1}'`, `created_at = 'epoch'`],
		...['person_id = new_id()', 'request_id = new_id()', 'team_id = new_id()', 'id = new_id()', 'seq = default'],
		'key_id = new_id()'
	];

	test('that a run was sent a preference', async () => {
		const takeBack = owner`update playground_pairs set ordered = false where id = ${one.ids.playground_pairs!}`;
		await expect(takeBack).rejects.toMatchObject({ code: 'AI006' });
	});

	test('an audit entry', async () => {
		const columns = await owner`select attname as name from pg_attribute
			where attrelid = 'audit_entries'::regclass and attnum > 0 and not attisdropped order by 1`;
		expect(changes.map((change) => change.split(' ')[0]).sort()).toEqual(columns.map(({ name }) => name));
		for (const change of changes)
			await expect(owner.unsafe(`update audit_entries set ${change}`), change).rejects.toMatchObject({ code: 'AI006' });
	});

	test('nor where a program was let in from, but that this is gone', async () => {
		const [entry] = await owner`insert into audit_entries (team_id, action, subject, details, address)
			values (${team.teamId}, 'token.confirmed', 'x', ${{ name: 'ait', from: '192.0.2.1' } as never}, '192.0.2.1') returning id`;
		const change = (details: object) =>
			owner`update audit_entries set details = ${details as never} where id = ${entry!.id}`;
		const gone = 'an address that is gone';
		for (const details of [{ name: 'ait', from: '192.0.2.2' }, { name: 'ait' }, { name: 'other', from: gone }])
			await expect(change(details), JSON.stringify(details)).rejects.toMatchObject({ code: 'AI006' });
		expect((await change({ name: 'ait', from: gone })).count).toBe(1);
		expect((await owner`update audit_entries set address = null where id = ${entry!.id}`).count).toBe(1);
		const back = owner`update audit_entries set address = '192.0.2.1' where id = ${entry!.id}`;
		await expect(back).rejects.toMatchObject({ code: 'AI006' });
	});

	test('its place in the chain', async () => {
		const another = ['entry_id = new_id()', 'team_id = new_id()'];
		for (const change of ['place = place + 1', `hash = 'x'`, 'place = null, hash = null', ...another])
			await expect(owner.unsafe(`update audit_links set ${change}`), change).rejects.toMatchObject({ code: 'AI006' });
		// one that waits is of its entry too
		const waits = `where entry_id = '${await addUnheard(team.scope)}' and place is null`;
		for (const change of another)
			await expect(owner.unsafe(`update audit_links set ${change} ${waits}`), change).rejects.toMatchObject({
				code: 'AI006'
			});
		expect((await owner.unsafe(`update audit_links set entry_id = entry_id, hash = null ${waits}`)).count).toBe(1);
	});
});

describe('keys carry the project and the parent', () => {
	let limited: Scope & { userId: string };
	let voter: Scope & { userId: string };
	beforeAll(async () => {
		limited = await team.as('rater', [otherProject]);
		voter = await team.as('rater');
	});
	const rate = (project: string) =>
		refusal(
			limited,
			`insert into ratings (project_id, example_id, person_id, score, client_id) values ($1, $2, $3, 1, $4)`,
			[project, one.ids.examples, limited.userId, randomUUID()]
		);

	test(`a rater of project 2 cannot rate project 1's example by naming ids`, async () => {
		expect(await rate(one.projectId)).toBe('42501');
		expect(await rate(otherProject)).toBe('23503');
	});

	test('nor rewrite it', async () => {
		const values = [otherProject, one.ids.examples, limited.userId, randomUUID()];
		const insert = `insert into rewrites (project_id, example_id, person_id, output, client_id) values ($1, $2, $3, 'x', $4)`;
		expect(await refusal(limited, insert, values)).toBe('23503');
	});

	test(`nobody votes on another's ballot, whatever they say it is`, async () => {
		const vote = (who: string, pairing = one.ids.pairings) =>
			refusal(
				voter,
				`insert into votes (project_id, evaluation_id, pairing_id, ballot_id, person_id, choice, client_id) values ($1, $2, $3, $4, $5, 'first', $6)`,
				[one.projectId, one.ids.evaluations, pairing, one.ids.ballots, who, randomUUID()]
			);
		expect(await vote(voter.userId)).toBe('23503');
		expect(await vote(team.owner.id)).toBe('42501');
		expect(await vote(voter.userId, randomUUID())).toBe('23503');
	});

	test('an id is taken once in a team, so nobody can stand in for an example or a ballot', async () => {
		const ballot = `insert into ballots (id, project_id, evaluation_id, pairing_id, person_id, position, swapped) values ($1, $2, $3, $4, $5, 1, false)`;
		const values = [one.ids.ballots, one.projectId, one.ids.evaluations, one.ids.pairings, voter.userId];
		expect(await refusal(voter, ballot, values)).toBe('23505');
		const trainer = await team.as('trainer', [otherProject]);
		const example = `insert into examples (id, project_id, number, messages, content_hash, prompt_hash, tokens, origin) values ($1, $2, 1, '[]', 'a', 'b', 1, 'written')`;
		expect(await refusal(trainer, example, [one.ids.examples, otherProject])).toBe('23505');
	});

	test('a trainer of project 2 reaches nothing of project 1', async () => {
		const trainer = await team.as('trainer', [otherProject]);
		const statements: [string, unknown[]][] = [
			[
				`insert into evaluations (project_id, number, name, run_id, connection_id, base_model, system_prompt, planned, temperature, max_tokens, seed, status)
				values ($1, 1, 'x', $2, $3, 'x', '', 1, 0, 1, 1, 'voting')`,
				[otherProject, one.ids.runs, one.ids.connections]
			],
			[
				`insert into run_files (project_id, run_id, kind, body, sha256, byte_count) values ($1, $2, 'validation', '', '', 0)`,
				[otherProject, one.ids.runs]
			],
			[
				`insert into run_file_parts (project_id, run_id, kind, place, body, sha256) values ($1, $2, 'validation', 0, '', '')`,
				[otherProject, one.ids.runs]
			],
			[`insert into run_prompts (project_id, run_id, prompt_hash) values ($1, $2, 'x')`, [otherProject, one.ids.runs]],
			[
				`insert into judged_pairs (project_id, evaluation_id, place, pairing_id, asked_id, outcome, sum, votes, again, length_a, length_b,
					thought_a, thought_b, complete_a, complete_b)
				select $1, $2, 0, $3, $3, 'a', 1, 1, false, 1, 1, false, false, true, true`,
				[otherProject, one.ids.evaluations, one.ids.pairings]
			],
			[
				`insert into run_events (project_id, run_id, at, level, kind, message) values ($1, $2, now(), 'info', 'x', 'x')`,
				[otherProject, one.ids.runs]
			],
			[
				`insert into run_points (project_id, run_id, series, step, loss, at) values ($1, $2, 'train', 7, 1, now())`,
				[otherProject, one.ids.runs]
			],
			[
				`insert into servings (project_id, run_id, mark, status, idle_at) values ($1, $2, 'x', 'stopped', now())`,
				[otherProject, one.ids.runs]
			],
			[
				`insert into outputs (project_id, evaluation_id, pairing_id, contender, text) values ($1, $2, $3, 'b', 'x')`,
				[otherProject, one.ids.evaluations, one.ids.pairings]
			]
		];
		for (const [statement, values] of statements)
			expect(await refusal(trainer, statement, values), statement).toBe('23503');
	});
});

/** A row like the one that is there, but for one word. */
describe('columns hold what the product knows', () => {
	const wrong: [table: string, column: string, value: string][] = [
		['members', 'role', `'king'`],
		['invitations', 'role', `'king'`],
		['connections', 'status', `'x'`],
		['connections', 'training', `'x'`],
		['projects', 'quality_threshold', '11'],
		['imports', 'added', '-1'],
		['examples', 'split', `'test'`],
		['examples', 'origin', `'x'`],
		['examples', 'rating', '10.5'],
		['examples', 'rating', `'NaN'`],
		['examples', 'ratings_count', '-1'],
		['ratings', 'score', '0'],
		['ratings', 'score', '11'],
		['runs', 'status', `'x'`],
		['runs', 'method', `'x'`],
		['runs', 'train_count', '-1'],
		['run_files', 'kind', `'x'`],
		['run_file_parts', 'kind', `'x'`],
		['run_file_parts', 'place', '-1'],
		['run_examples', 'kind', `'x'`],
		['run_events', 'level', `'x'`],
		['run_points', 'series', `'x'`],
		['servings', 'status', `'x'`],
		['evaluations', 'status', `'x'`],
		['evaluations', 'planned', '-1'],
		['outputs', 'contender', `'c'`],
		['evaluations', 'kind', `'x'`],
		['evaluations', 'kind', `'scoring'`],
		['evaluations', 'sendable_from', '8'],
		['evaluations', 'run_id', 'null'],
		['evaluations', 'label', `'x'`],
		['evaluations', 'against_model', `'x'`],
		['evaluations', 'against_label', `'x'`],
		['evaluations', 'few_shot', `'{}'`],
		['evaluations', 'against_few_shot', `'{}'`],
		['guest_links', 'pairs', '0'],
		['guest_links', 'most_guests', '0'],
		['votes', 'choice', `'third'`],
		['votes', 'choice', `'11'`],
		['remarks', 'first_score', '0'],
		['remarks', 'second_score', '11']
	];
	test.for(wrong)('%s.%s is never %s', async ([table, column, value]) => {
		const columns = await raw(
			team.scope,
			(sql) => sql`
				select column_name as name from information_schema.columns
				where table_schema = 'public' and table_name = ${table} and is_identity = 'NO'`
		);
		const values = columns.map(({ name }) =>
			name === column ? value : name === 'id' || name === 'client_id' || name === 'mark' ? 'gen_random_uuid()' : name
		);
		const own = ['ratings', 'votes', 'remarks'].includes(table) ? `where person_id = '${team.owner.id}'` : '';
		const statement = `insert into ${table} (${columns.map(({ name }) => name)}) select ${values} from ${table} ${own} limit 1`;
		expect(await refusal(team.scope, statement)).toBe('23514');
	});
});

describe('a comparison is of a three-way, or of none', () => {
	const three = (part: string | null, of: boolean) =>
		refusal(
			team.scope,
			`insert into evaluations (project_id, number, name, kind, run_id, connection_id, base_model, system_prompt, planned, temperature, max_tokens, seed, status, three_part, three_of)
			select project_id, 77, name, 'comparison', run_id, connection_id, base_model, system_prompt, planned, temperature, max_tokens, seed, 'generating', $1, ${of ? 'id' : 'null'}
			from evaluations where run_id is not null limit 1`,
			[part]
		);
	test.for([
		[null, false, undefined],
		['training', false, undefined],
		['tuned', true, undefined],
		[null, true, '23514'],
		['training', true, '23514'],
		['prompt', false, '23514'],
		['other', true, '23514'],
		['other', false, '23514']
	] as const)('%s, with a first one: %s', async ([part, of, code]) => expect(await three(part, of)).toBe(code));
});

test('the roles of a project scope are those of the product: nobody becomes owner by a word of their own', async () => {
	const scope = scopeFor({ teamId: team.teamId, userId: team.owner.id, role: 'king' as 'owner', projectIds: 'all' });
	expect(await raw(scope, (sql) => sql`select from examples`)).toHaveLength(0);
});
