import { randomUUID } from 'node:crypto';
// Long because it is one argument: the catalogue says which tables there are, and every claim is made of each of them.
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Role } from '../../../../src/lib/core/permissions.ts';
import { closePools, plainPool } from '../../../../src/lib/server/platform/db/pools.ts';
import { type Scope, scopeFor } from '../../../../src/lib/server/access/scope.ts';
import { oneOfEach } from '../../../support/data/one-of-each.ts';
import { raw } from '../../../support/database/raw.ts';
import { newPerson, newProject, newTeam } from '../../../support/data/team.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
afterAll(async () => {
	await owner.end();
	await closePools();
});

/** Every table that belongs to a team, from the catalogue: a new one is asked about by itself. */
const teamTables = async () =>
	(
		await owner`
			select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
			where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and a.attname = 'team_id' and not a.attisdropped
			order by 1`
	).map((row) => row.name as string);

/** What each role may do with each table; a table without a line here fails. Letters: read, add, change, remove. */
const rights: Record<string, Record<Role, string>> = {
	members: { owner: 'racd', trainer: 'r', rater: 'r' },
	invitations: { owner: 'racd', trainer: '', rater: '' },
	connections: { owner: 'racd', trainer: 'r', rater: '' },
	api_keys: { owner: 'rac', trainer: '', rater: '' },
	named_requests: { owner: '', trainer: '', rater: '' },
	personal_tokens: { owner: '', trainer: '', rater: '' },
	projects: { owner: 'rac', trainer: 'rac', rater: 'r' },
	imports: { owner: 'rac', trainer: 'rac', rater: 'r' },
	examples: { owner: 'rac', trainer: 'rac', rater: 'r' },
	example_counts: { owner: 'r', trainer: 'r', rater: '' },
	example_standings: { owner: 'r', trainer: 'r', rater: '' },
	example_marks: { owner: 'rad', trainer: 'ra', rater: '' },
	own_counts: { owner: '', trainer: '', rater: '' },
	example_signatures: { owner: 'ra', trainer: 'r', rater: 'r' },
	ratings: { owner: 'ra', trainer: 'ra', rater: 'ra' },
	rewrites: { owner: 'ra', trainer: 'ra', rater: 'ra' },
	runs: { owner: 'rac', trainer: 'rac', rater: 'r' },
	run_files: { owner: 'ra', trainer: 'ra', rater: '' },
	run_file_parts: { owner: 'ra', trainer: 'ra', rater: '' },
	run_prompts: { owner: 'ra', trainer: 'ra', rater: '' },
	run_examples: { owner: 'ra', trainer: 'ra', rater: 'r' },
	run_pairs: { owner: 'ra', trainer: 'ra', rater: '' },
	run_events: { owner: 'ra', trainer: 'ra', rater: '' },
	run_points: { owner: 'ra', trainer: 'ra', rater: '' },
	servings: { owner: 'rac', trainer: 'rac', rater: 'r' },
	evaluations: { owner: 'rac', trainer: 'rac', rater: 'r' },
	pairings: { owner: 'ra', trainer: 'ra', rater: 'r' },
	outputs: { owner: 'ra', trainer: 'ra', rater: 'r' },
	judged_pairs: { owner: 'ra', trainer: 'ra', rater: 'r' },
	judgings: { owner: 'rac', trainer: 'rac', rater: 'r' },
	judgments: { owner: 'ra', trainer: 'ra', rater: 'r' },
	ballots: { owner: 'ra', trainer: 'ra', rater: 'ra' },
	votes: { owner: 'ra', trainer: 'ra', rater: 'ra' },
	guest_links: { owner: 'rac', trainer: 'rac', rater: '' },
	guests: { owner: 'r', trainer: 'r', rater: '' },
	prompts: { owner: 'rac', trainer: 'rac', rater: 'r' },
	remarks: { owner: 'ra', trainer: 'ra', rater: 'ra' },
	playground_pairs: { owner: 'rac', trainer: 'rac', rater: '' },
	budgets: { owner: 'racd', trainer: 'r', rater: '' },
	budget_notices: { owner: 'ra', trainer: 'ra', rater: '' },
	mails: { owner: 'rac', trainer: '', rater: '' },
	answer_costs: { owner: 'rac', trainer: 'rac', rater: '' },
	webhook_endpoints: { owner: 'racd', trainer: 'racd', rater: '' },
	webhook_deliveries: { owner: 'rac', trainer: 'rac', rater: '' },
	outbox: { owner: 'ra', trainer: 'ra', rater: 'ra' },
	activities: { owner: 'ra', trainer: 'ra', rater: 'ra' },
	audit_entries: { owner: 'ra', trainer: 'a', rater: 'a' },
	audit_links: { owner: 'r', trainer: '', rater: '' }
};
const perVoter = new Set(['ratings', 'rewrites', 'ballots', 'votes', 'remarks', 'playground_pairs']);
const perPerson = new Set([...perVoter, 'audit_entries', 'activities']);
const withoutProject = new Set([
	...['members', 'invitations', 'connections', 'api_keys', 'named_requests', 'personal_tokens'],
	...['audit_entries', 'audit_links']
]);
const roles: Role[] = ['owner', 'trainer', 'rater'];
/** A role that nobody has thought of: it sees and may nothing. */
const guest = 'guest' as Role;

type World = { here: string; there: string; people: Record<Role, string>; project: string; otherProject: string };
let world: World;
beforeAll(async () => {
	const [here, there] = [await newTeam(), await newTeam()];
	const one = await oneOfEach({ ...here.scope, userId: here.owner.id }, (await newPerson('Extra')).id);
	await oneOfEach({ ...there.scope, userId: there.owner.id }, (await newPerson('Extra')).id);
	const [trainer, rater, other] = [await here.as('trainer'), await here.as('rater'), await here.as('rater')];
	world = {
		here: here.teamId,
		there: there.teamId,
		people: { owner: here.owner.id, trainer: trainer.userId, rater: rater.userId, [guest]: other.userId },
		project: one.projectId,
		otherProject: '00000000-0000-7000-8000-000000000000'
	};
});

const scopeOf = (role: Role, projectIds: 'all' | string[] = 'all') =>
	scopeFor({ teamId: world.here, userId: world.people[role], role, projectIds });

/** The same while a key acts. */
const withKey = (scope: Scope, keyId: string): Scope & { userId: string } => ({
	...scope,
	userId: keyId,
	tx: (work) =>
		scope.tx(async (tx) => {
			await tx.$client`select set_config('app.key_id', ${keyId}, true)`;
			return work(tx);
		})
});

/** A column that a change may leave as it is. */
const touched = (table: string) =>
	({
		example_signatures: 'bits',
		example_standings: 'points',
		example_marks: 'marks',
		run_prompts: 'prompt_hash',
		judged_pairs: 'sum'
	})[table] ?? (table.endsWith('_counts') ? 'count' : 'created_at');

const code = (problem: unknown) => (problem as { code?: string }).code;
const rollback = new Error('only trying');

/** What this scope can do with one table: the letters of `rights`. `team` names whose rows it reaches for; `saying` what a new row says. */
const probe = async (scope: Scope, table: string, team: string, saying: object = {}): Promise<string> => {
	let found = '';
	const attempt = async (letter: string, work: (sql: postgres.ReservedSql) => Promise<boolean>) => {
		await raw(scope, async (sql) => {
			if (await work(sql)) found += letter;
			throw rollback;
		}).catch((problem) => {
			// 42501: the policy refused. A broken constraint means it had let the row through.
			if (problem === rollback || code(problem) === '42501') return;
			if (['23505', '23503', '23514', 'AI005', 'AI001'].includes(code(problem) ?? '')) found += letter;
			else throw problem;
		});
	};
	await attempt('r', async (sql) => (await sql`select from ${sql(table)} where team_id = ${team} limit 1`).length > 0);
	await attempt('a', async (sql) => {
		const [template] = await owner`select * from ${owner(table)} where team_id = ${team} limit 1`;
		const row: Record<string, unknown> = { ...template, ...saying };
		delete row.id;
		delete row.seq;
		if (perPerson.has(table)) row.person_id = scope.userId;
		for (const [key, value] of Object.entries(row)) {
			if (Buffer.isBuffer(value)) row[key] = `\\x${value.toString('hex')}`;
			else if (Array.isArray(value)) row[key] = `{${value.join(',')}}`;
			else if (value instanceof Date) row[key] = value.toISOString();
			else if (value !== null && typeof value === 'object') row[key] = JSON.stringify(value);
		}
		const columns = Object.keys(row);
		await sql.unsafe(
			`insert into ${table} (${columns.join(', ')}) values (${columns.map((_, i) => `$${i + 1}`).join(', ')})`,
			Object.values(row) as never[]
		);
		return true;
	});
	await attempt('c', async (sql) => {
		const column = sql(touched(table));
		return (await sql`update ${sql(table)} set ${column} = ${column} where team_id = ${team}`).count > 0;
	});
	await attempt('d', async (sql) => (await sql`delete from ${sql(table)} where team_id = ${team}`).count > 0);
	return found;
};

/** How many rows a statement touches, or the SQLSTATE that refuses it. Nothing of it stays. */
const blindly = async (scope: Scope, statement: string): Promise<number | string> => {
	let touched = 0;
	return raw(scope, async (sql) => {
		touched = (await sql.unsafe(statement)).count;
		throw rollback;
	}).catch((problem) => (problem === rollback ? touched : (code(problem) ?? String(problem))));
};

describe('the catalogue', () => {
	test('every team table has row level security and a policy for each command', async () => {
		const rows = await owner`
			select c.relname as name, c.relrowsecurity as secured,
				(select array_agg(p.polcmd order by p.polcmd) from pg_policy p where p.polrelid = c.oid and p.polroles = array['app'::regrole::oid]) as commands
			from pg_class c where c.relname = any (${await teamTables()}) and c.relnamespace = 'public'::regnamespace`;
		expect(rows.length).toBeGreaterThan(15);
		for (const row of rows) {
			expect(row.secured, row.name).toBe(true);
			expect(row.commands, row.name).toEqual(['a', 'd', 'r', 'w']);
		}
	});

	test('every team table has a line in the table of rights', async () => {
		expect(Object.keys(rights).sort()).toEqual(await teamTables());
	});

	test('keys between team tables carry the team, and the project where the parent belongs to one', async () => {
		const rows = await owner`
			select con.conname, con.conrelid::regclass::text as table, exists (
					select from pg_attribute where attrelid = con.confrelid and attname = 'project_id' and not attisdropped
				) as of_project,
				array(select attname::text from unnest(con.conkey) k join pg_attribute on attrelid = con.conrelid and attnum = k) as columns
			from pg_constraint con
			where con.contype = 'f' and con.conrelid::regclass::text = any (${await teamTables()})
				and con.confrelid::regclass::text = any (${await teamTables()})`;
		expect(rows.length).toBeGreaterThan(20);
		for (const row of rows) {
			expect(row.columns, row.conname).toContain('team_id');
			if (row.of_project) expect(row.columns, row.conname).toContain('project_id');
		}
	});

	test('every unique key of a team table begins with the team', async () => {
		const rows = await owner`
			select i.indexrelid::regclass::text as name, a.attname as first
			from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
			where i.indisunique and i.indrelid::regclass::text = any (${await teamTables()})`;
		expect(rows.length).toBeGreaterThan(20);
		for (const row of rows) expect(row.first, row.name).toBe('team_id');
	});

	test('the functions that see past row level security are these, and fix their search path', async () => {
		const rows = await owner`
			select proname as name, proconfig as config from pg_proc
			where prosecdef and pronamespace = 'public'::regnamespace order by 1`;
		expect(rows.map((row) => row.name)).toEqual([
			'accept_invitation',
			'act_request',
			'act_with_key',
			'act_with_token',
			'answer_device',
			'assert_authority',
			'assert_authority_at',
			'assert_key',
			'assert_place',
			'assert_session',
			'assert_session_ending',
			'assert_token',
			'await_place',
			'begin_device',
			'begin_guest',
			'call_person',
			'cast_guest_vote',
			'chain_audit',
			'claim_request',
			'count_code_try',
			'count_event',
			'count_examples_added',
			'create_team',
			'delete_project',
			'delete_team',
			'deleted_projects',
			'deleted_teams_of',
			'derive_ratings',
			'derive_rewrites',
			'device_by_code',
			'empty_outbox',
			'end_account',
			'end_own_account',
			'end_session',
			'end_sessions_of',
			'end_token',
			'enter_team',
			'enter_with_key',
			'enter_with_token',
			'examples_there',
			'extend_session',
			'follow_examples',
			'found_team',
			'guest_ballot',
			'guest_link',
			'guest_pairings',
			'hand_token',
			'hasten_job',
			'hold_at_most',
			'hold_example',
			'hold_pairs',
			'hold_place',
			'hold_request',
			'hold_team_of_project',
			'invitation_by_token',
			'is_queued',
			'is_team_deleted',
			'join_by_invitation',
			'keep_account',
			'keep_an_owner',
			'leave_place',
			'leave_request',
			'leave_team',
			'log_pages_as_they_are',
			'mail_wishes_of',
			'make_deliveries',
			'make_sign_in',
			'mark_trained',
			'members_to_mail',
			'members_with_address',
			'memberships_of',
			'names_of_audited',
			'names_of_doers',
			'names_of_doers_in',
			'names_of_raters',
			'names_of_voters',
			'newest_migration',
			'outbox_begun',
			'own_scores_given',
			'person_with',
			'place_examples',
			'purge',
			'purge_account',
			'purge_project_part',
			'purge_team',
			'refresh_statistics',
			'refuse_late_votes',
			'refuse_leak_added',
			'refuse_other_marks',
			'remove_answers',
			'rename_person',
			'restore_project',
			'restore_team',
			'rights_of_session',
			'search_examples',
			'send_job',
			'session_by_hash',
			'sessions_of',
			'settle_order',
			'settle_part',
			'settle_rating',
			'sign_in_by_token',
			'start_session',
			'take_code',
			'take_device',
			'take_place',
			'take_request',
			'take_sign_in',
			'teams_with_news',
			'teams_with_old_answers',
			'teams_with_open_work',
			'tokens_of',
			'wish_mails'
		]);
		for (const row of rows) expect(row.config, row.name).toContain('search_path=""');
	});

	test('the role that serves owns nothing and is bound by the policies', async () => {
		const [role] = await plainPool()`
			select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole,
				(select count(*)::int from pg_class where relowner = pg_roles.oid) as owned
			from pg_roles where rolname = current_user`;
		expect(role).toEqual({ rolsuper: false, rolbypassrls: false, rolcreatedb: false, rolcreaterole: false, owned: 0 });
	});
});

describe('the policies', () => {
	test.for(Object.keys(rights).flatMap((table) => [...roles, guest].map((role) => [table, role] as const)))(
		'%s for a %s',
		async ([table, role]) => {
			expect(await probe(scopeOf(role), table, world.here)).toBe(rights[table]![role] ?? '');
		}
	);

	test.for(Object.keys(rights))('%s of another team do not exist', async (table) => {
		for (const role of roles) expect(await probe(scopeOf(role), table, world.there), role).toBe('');
	});

	test.for(Object.keys(rights).filter((table) => !withoutProject.has(table)))(
		'%s of a project the member may not see do not exist',
		async (table) => {
			expect(await probe(scopeOf('owner', [world.otherProject]), table, world.here)).toBe('');
			// a new project is in nobody's list yet: who is limited cannot make one
			const expected = table === 'projects' ? 'rc' : rights[table]!.owner;
			expect(await probe(scopeOf('owner', [world.project]), table, world.here)).toBe(expected);
		}
	);

	/** Those of webhooks belong to several. */
	const ofOneProject = Object.keys(rights).filter(
		(table) => table !== 'projects' && !table.startsWith('webhook_') && !withoutProject.has(table)
	);

	// a statement that reads no column asks no policy of reading
	test.for(ofOneProject.filter((table) => rights[table]!.owner.includes('c')))(
		'%s do not leave the projects that the member may see',
		async (table) => {
			const { project } = await newProject(scopeOf('owner'), { slug: `hidden-${randomUUID().slice(0, 8)}` });
			const limited = scopeOf('owner', [world.project]);
			await owner.unsafe(`alter table ${table} disable trigger user`); // they keep most where they are, whoever asks
			const [{ rows }] = (await owner.unsafe(
				`select count(*)::int as rows from ${table} where project_id = '${world.project}'`
			)) as [{ rows: number }];
			expect(await blindly(limited, `update ${table} set project_id = '${world.project}'`)).toBe(rows);
			expect(await blindly(limited, `update ${table} set project_id = '${project.id}'`)).toBe('42501');
			await owner.unsafe(`alter table ${table} enable trigger user`);
			expect(await blindly(scopeOf('owner', [project.id]), `delete from ${table}`)).toBe(0);
		}
	);

	/** Who adds to a table at all, with the fewest rights otherwise. */
	const adding = (table: string) => roles.findLast((role) => rights[table]![role].includes('a'))!;

	test.for([...perPerson])('%s cannot be written in another name', async (table) => {
		const role = adding(table);
		const [template] = await owner`select * from ${owner(table)} where team_id = ${world.here} limit 1`;
		const other = { ...scopeOf(role), userId: template!.person_id };
		expect(await probe({ ...other, tx: scopeOf(role).tx }, table, world.here)).toBe(
			rights[table]![role].replace('a', '')
		);
	});

	test.for([...perVoter])('%s of a person are no script’s, and those of a script no person’s', async (table) => {
		const role = adding(table);
		const expected = rights[table]![role].replace('a', '');
		expect(await probe(scopeOf(role), table, world.here, { voter: 'script' })).toBe(expected);
		const script = withKey(scopeOf(role), randomUUID());
		expect(await probe(script, table, world.here, { voter: 'person' })).toBe(expected);
		expect(await probe(script, table, world.here, { voter: 'script' })).toBe(rights[table]![role]);
	});

	test.for([...perPerson].filter((table) => !perVoter.has(table)))(
		'%s name the key that acts, and no other',
		async (table) => {
			const key = randomUUID();
			const expected = rights[table]!.rater.replace('a', '');
			expect(await probe(scopeOf('rater'), table, world.here, { key_id: key })).toBe(expected);
			const script = { ...withKey(scopeOf('rater'), key), userId: world.people.rater };
			expect(await probe(script, table, world.here, { key_id: null })).toBe(expected);
			expect(await probe(script, table, world.here, { key_id: key })).toBe(rights[table]!.rater);
		}
	);

	test('activities of nobody are what the product does by itself, whoever acts meanwhile', async () => {
		const add = `insert into activities (team_id, project_id, event, subject, details)
			values ('${world.here}', '${world.project}', 'run.failed', 'x', '{}')`;
		for (const role of roles) expect(await blindly(scopeOf(role), add), role).toBe(1);
		expect(await blindly(withKey(scopeOf('rater'), randomUUID()), add)).toBe(1);
	});

	// A change or removal that reads no column asks no read policy: the policy of its own command stands alone before the rows.

	test.for(Object.keys(rights))(
		'%s that are not theirs to change are passed over, also by who reads nothing',
		async (table) => {
			const taking = `update ${table} set team_id = '${world.here}'`;
			const own = (await owner`select from ${owner(table)} where team_id = ${world.here}`).length;
			for (const role of [...roles, guest]) {
				const expected = rights[table]![role]?.includes('c') ? own : 0;
				expect(await blindly(scopeOf(role), taking), role).toBe(expected);
			}
			if (withoutProject.has(table)) return;
			expect(await blindly(scopeOf('owner', [world.otherProject]), taking)).toBe(0);
		}
	);

	test('projects cannot be made others by a member who sees some only', async () => {
		expect(await blindly(scopeOf('owner', [world.project]), `update projects set id = '${world.otherProject}'`)).toBe(
			'42501'
		);
		// one that is theirs to see is there already; any other is refused before anything tells whether it is there
		const make = (id: string) =>
			blindly(
				scopeOf('owner', [world.project]),
				`insert into projects (id, slug, name, base_model, recipe) values ('${id}', 'new', 'New', 'm', '{}')`
			);
		expect(await make(world.project)).toBe('23505');
		expect(await make(world.otherProject)).toBe('42501');
	});

	test.for(['webhook_endpoints', 'webhook_deliveries'])(
		'%s of several projects are changed by whoever sees them all, and given to no other',
		async (table) => {
			const team = await newTeam();
			const [mine, other] = [randomUUID(), randomUUID()];
			const of = [[mine], [mine, other], [other], null];
			for (const projects of of) {
				const [made] = await owner`
					insert into webhook_endpoints (team_id, name, url, events, sealed_secret, project_ids)
					values (${team.teamId}, 'One', 'https://example.com', ${['run.failed']}, '{}', ${projects})
					returning id`;
				await owner`insert into webhook_deliveries (team_id, endpoint_id, event, body, project_ids)
					values (${team.teamId}, ${made!.id}, 'run.failed', '{}', ${projects})`;
			}
			const limited = await team.as('trainer', [mine]);
			await owner.unsafe(`alter table ${table} disable trigger user`);
			expect(await blindly(limited, `update ${table} set created_at = created_at`)).toBe(1);
			for (const given of ['null', `array['${other}']::uuid[]`, `array['${mine}', '${other}']::uuid[]`])
				expect(await blindly(limited, `update ${table} set project_ids = ${given}`), given).toBe('42501');
			const mayRemove = rights[table]!.trainer.includes('d');
			expect(await blindly(limited, `delete from ${table}`)).toBe(mayRemove ? 1 : 0);
			await owner.unsafe(`alter table ${table} enable trigger user`);
		}
	);

	test.for(Object.keys(rights))('%s cannot be given away, also by who reads nothing', async (table) => {
		const expected = rights[table]!.owner.includes('c') ? '42501' : 0;
		expect(await blindly(scopeOf('owner'), `update ${table} set team_id = '${world.there}'`)).toBe(expected);
	});

	test.for(Object.keys(rights))('%s are removed by who may, and only their own', async (table) => {
		const alone = await newTeam(); // nothing of theirs is named by a key
		const others = [await alone.as('trainer'), await alone.as('rater'), await alone.as('rater')];
		others[2] = { ...others[2]!, ...scopeFor({ ...others[2]!, role: guest }) } as (typeof others)[2];
		await newProject(alone.scope);
		await alone.scope.tx((tx) => tx.$client`update projects set connection_id = null`);
		await owner`
			insert into invitations (team_id, email, role, token_hash, expires_at)
			values (${alone.teamId}, 'x@example.com', 'rater', 'x', '2100-01-01')`;
		await owner`insert into webhook_endpoints (team_id, name, url, events, sealed_secret)
			values (${alone.teamId}, 'One', 'https://example.com', ${['run.failed']}, '{}')`;
		await owner`insert into budgets (team_id, project_id, cents) select team_id, id, 100 from projects where team_id = ${alone.teamId}`;
		await owner`insert into example_marks (team_id, project_id, number, marks)
			select team_id, id, 1, '{order}' from projects where team_id = ${alone.teamId}`;
		// what nobody may even read
		await owner`insert into own_counts (team_id, project_id, person_id, slot, score, count)
			select team_id, id, ${alone.owner.id}, 0, 7, 1 from projects where team_id = ${alone.teamId}`;
		await owner`insert into named_requests (team_id, key_id, name, fingerprint, held_until)
			values (${alone.teamId}, ${randomUUID()}, 'first', 'x', now())`;
		await owner`insert into personal_tokens (team_id, person_id, name, hash, hint, expires_at)
			values (${alone.teamId}, ${alone.owner.id}, 'ait', 'x', 'ait_pt_…x', '2100-01-01')`;
		const own = (await owner`select from ${owner(table)} where team_id = ${alone.teamId}`).length;
		await owner.unsafe(`alter table ${table} disable trigger user`);
		for (const other of others)
			if (!rights[table]![other.role]?.includes('d'))
				expect(await blindly(other, `delete from ${table}`), other.role).toBe(0);
		if (ofOneProject.includes(table)) {
			const elsewhere = scopeFor({ ...alone.scope, userId: alone.owner.id, projectIds: [world.otherProject] });
			expect(await blindly(elsewhere, `delete from ${table}`)).toBe(0);
		}
		const mayRemove = rights[table]!.owner.includes('d');
		if (mayRemove) expect(own).toBeGreaterThan(0);
		expect(await blindly(alone.scope, `delete from ${table}`)).toBe(mayRemove ? own : 0);
		await owner.unsafe(`alter table ${table} enable trigger user`);
	});

	test('teams: one sees and an owner names their own; nobody makes, moves or removes one', async () => {
		for (const role of [...roles, guest]) {
			const seen = await raw(scopeOf(role), (sql) => sql`select id from teams`);
			expect(seen, role).toEqual(role === guest ? [] : [{ id: world.here }]);
			const named = await blindly(scopeOf(role), `update teams set name = 'Another'`);
			expect(named, role).toBe(role === 'owner' ? 1 : 0);
			expect(await blindly(scopeOf(role), 'delete from teams'), role).toBe(0);
		}
		const nowhere = '00000000-0000-7000-8000-000000000001';
		expect(await blindly(scopeOf('owner'), `update teams set id = '${nowhere}'`)).toBe('42501');
		const maker = scopeFor({ teamId: nowhere, userId: world.people.owner, role: 'owner', projectIds: 'all' });
		expect(await blindly(maker, `insert into teams (id, slug, name) values ('${nowhere}', 'nowhere', 'N')`)).toBe(
			'42501'
		);
	});

	test('without a scope nothing is seen and nothing written, also right after a scope used the connection', async () => {
		await scopeOf('owner').tx((tx) => tx.$client`select 1`);
		for (const table of Object.keys(rights)) {
			expect(await plainPool()`select from ${plainPool()(table)}`, table).toHaveLength(0);
			expect((await plainPool()`delete from ${plainPool()(table)}`).count, table).toBe(0);
		}
		await expect(
			plainPool()`insert into outbox (team_id, project_id, topic) values (${world.here}, ${world.project}, 'x')`
		).rejects.toMatchObject({
			code: '42501'
		});
	});

	test('a row cannot move to another team', async () => {
		for (const table of Object.keys(rights).filter((name) => rights[name]!.owner.includes('c'))) {
			await expect(
				raw(
					scopeOf('owner'),
					(sql) => sql`update ${sql(table)} set team_id = ${world.there} where team_id = ${world.here}`
				),
				table
			).rejects.toMatchObject({ code: '42501' });
		}
	});

	test('scopes of many teams share a small pool without seeing each other', async () => {
		const teams = await Promise.all(Array.from({ length: 6 }, newTeam));
		await Promise.all(
			Array.from({ length: 120 }, async (_, i) => {
				const { scope, teamId } = teams[i % teams.length]!;
				const rows = await raw(scope, (sql) => sql`select team_id from members`);
				expect(new Set(rows.map((row) => row.team_id))).toEqual(new Set([teamId]));
			})
		);
	});
});

/** The proof that the tests above can fail: a policy that lets everything through changes an answer of `probe`. */
test('a policy replaced by `true` is noticed, each of them', async () => {
	const policies = await owner`
		select polname as name, polrelid::regclass::text as table, polcmd as command,
			pg_get_expr(polqual, polrelid) as using, pg_get_expr(polwithcheck, polrelid) as check
		from pg_policy where polrelid::regclass::text = any (${Object.keys(rights)})`;
	expect(policies).toHaveLength(Object.keys(rights).length * 4);
	for (const policy of policies) {
		const clauses = (using: string | null, check: string | null) =>
			`${policy.using === null ? '' : `using (${using})`} ${policy.check === null ? '' : `with check (${check})`}`;
		await owner.unsafe(`alter policy ${policy.name} on ${policy.table} ${clauses('true', 'true')}`);
		// to read rows is a condition of changing them: for those commands the read policy is opened as well
		const opened = policy.command === 'w' || policy.command === 'd';
		if (opened) await owner.unsafe(`alter policy ${policy.table}_read on ${policy.table} using (true)`);
		const seen = await probe(scopeOf('rater'), policy.table, world.there);
		await owner.unsafe(`alter policy ${policy.name} on ${policy.table} ${clauses(policy.using, policy.check)}`);
		if (opened) {
			const read = policies.find((other) => other.name === `${policy.table}_read`)!;
			await owner.unsafe(`alter policy ${policy.table}_read on ${policy.table} using (${read.using})`);
		}
		const letter = { r: 'r', a: 'a', w: 'c', d: 'd' }[policy.command as 'r' | 'a' | 'w' | 'd'];
		expect(seen, policy.name).toContain(letter);
	}
});
