// Of the database: hold_at_most.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { mostOfTeam, teamIsFull } from '../../../../src/lib/core/team/most.ts';
import { acceptInvitation, joinByInvitation } from '../../../../src/lib/server/access/invitations.ts';
import { restoreTeam } from '../../../../src/lib/server/access/memberships.ts';
import { inProject } from '../../../../src/lib/server/access/scope.ts';
import { createConnection } from '../../../../src/lib/server/connections/commands.ts';
import { restoreProject } from '../../../../src/lib/server/ends/commands.ts';
import { createKey, revokeKey } from '../../../../src/lib/server/keys/commands.ts';
import { listKeys } from '../../../../src/lib/server/keys/queries.ts';
import { randomToken, sha256 } from '../../../../src/lib/server/platform/crypto.ts';
import { closePools } from '../../../../src/lib/server/platform/db/pools.ts';
import { configureProviders } from '../../../../src/lib/server/providers/configure.ts';
import { createProject } from '../../../../src/lib/server/project/commands.ts';
import { inviteMember } from '../../../../src/lib/server/team/invitations.ts';
import { startSandbox } from '../../../../src/sandbox/server.ts';
import { newPerson, newProject, newTeam } from '../../../support/data/team.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 12, onnotice: () => {} });
afterAll(async () => {
	await closePools();
	await owner.end();
});

type Table = keyof typeof mostOfTeam;

/** One more row, as few columns as it takes. */
const add: Record<Table, (team: string) => PromiseLike<unknown>> = {
	members: async (team) => {
		const { id } = await newPerson();
		return owner`insert into members (team_id, person_id, role) values (${team}, ${id}, 'rater')`;
	},
	invitations: (team) => owner`
		insert into invitations (team_id, email, role, token_hash, expires_at)
		values (${team}, ${`${randomUUID()}@example.com`}, 'rater', ${sha256(randomUUID())}, now() + interval '7 days')`,
	connections: (team) => owner`
		insert into connections (team_id, provider, name) values (${team}, 'sandbox', 'One')`,
	projects: (team) => owner`
		insert into projects (team_id, slug, name, base_model, recipe) values (${team}, ${randomUUID()}, 'One', 'm', '{}')`,
	api_keys: (team) => owner`
		insert into api_keys (team_id, name, role, hash, hint, expires_at)
		values (${team}, 'One', 'rater', ${sha256(randomUUID())}, 'x', now() + interval '1 day')`,
	webhook_endpoints: (team) => owner`
		insert into webhook_endpoints (team_id, name, url, events, sealed_secret)
		values (${team}, 'One', 'https://example.com', '{}', '{}')`
};

/** Fills a team up to `left` places, without asking each time. */
const fill = async (table: Table, team: string, left: number) => {
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = 'replica'`;
		const [{ count }] = (await sql`select count(*)::int from ${sql(table)} where team_id = ${team} ${
			table === 'projects' ? sql`and deleted_at is null` : sql``
		}`) as unknown as [{ count: number }];
		const missing = mostOfTeam[table] - left - count;
		if (table === 'members')
			await sql`
				with made as (
					insert into people (email, name) select gen_random_uuid() || '@example.com', 'P' from generate_series(1, ${missing}) returning id
				) insert into members (team_id, person_id, role) select ${team}, id, 'rater' from made`;
		else if (table === 'invitations')
			await sql`insert into invitations (team_id, email, role, token_hash, expires_at)
				select ${team}, n || '@example.com', 'rater', sha256((${team} || n)::bytea), now() + interval '7 days' from generate_series(1, ${missing}) n`;
		else if (table === 'projects')
			await sql`insert into projects (team_id, slug, name, base_model, recipe)
				select ${team}, gen_random_uuid(), 'P', 'm', '{}' from generate_series(1, ${missing}) n`;
		else if (table === 'connections')
			await sql`insert into connections (team_id, provider, name) select ${team}, 'sandbox', 'C' from generate_series(1, ${missing})`;
		else if (table === 'api_keys')
			await sql`insert into api_keys (team_id, name, role, hash, hint, expires_at)
				select ${team}, 'K', 'rater', sha256((${team} || n)::bytea), 'x', now() + interval '1 day' from generate_series(1, ${missing}) n`;
		else
			await sql`insert into webhook_endpoints (team_id, name, url, events, sealed_secret)
				select ${team}, 'W', 'https://example.com', '{}', '{}' from generate_series(1, ${missing})`;
	});
};

describe.each(Object.keys(mostOfTeam) as Table[])('%s', (table) => {
	test('the database holds what the words say', async () => {
		const rows = await owner`
			select split_part(encode(tgargs, 'escape'), '\\000', 1)::int as most from pg_trigger
			where tgrelid = ${table}::regclass and tgfoid = 'hold_at_most'::regproc`;
		expect(rows.length).toBeGreaterThan(0);
		for (const { most } of rows) expect(most).toBe(mostOfTeam[table]);
	});

	test('of many at once only as many come in as there is room for, in this team alone', async () => {
		const { teamId } = await newTeam();
		await fill(table, teamId, 2);
		const ends = await Promise.allSettled(Array.from({ length: 6 }, () => add[table](teamId)));
		expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
		for (const end of ends.filter(({ status }) => status === 'rejected'))
			expect(end).toMatchObject({ reason: { code: 'AI050' } });
		await add[table]((await newTeam()).teamId);
	});
});

test('whoever adds one while another is being added waits for it, and counts it', async () => {
	const { teamId } = await newTeam();
	await fill('connections', teamId, 1);
	let second: Promise<unknown> | undefined;
	await owner.begin(async (sql) => {
		const [{ pid }] = (await sql`select pg_backend_pid() as pid`) as unknown as [{ pid: number }];
		await sql`insert into connections (team_id, provider, name) values (${teamId}, 'sandbox', 'First')`;
		second = Promise.resolve(add.connections(teamId));
		second.catch(() => {}); // awaited below
		const behind = () => owner`select from pg_stat_activity where ${pid} = any (pg_blocking_pids(pid))`;
		await expect.poll(async () => (await behind()).length).toBe(1);
	});
	await expect(second).rejects.toMatchObject({ code: 'AI050' });
});

test('a team that had more before goes on with them, deletes some, and gets no more', async () => {
	const { scope, teamId } = await newTeam();
	const { project } = await newProject(scope);
	await fill('projects', teamId, -3);
	const end = (at: string | null) => owner`update projects set deleted_at = ${at} where id = ${project.id}`;
	await owner`update projects set name = 'Other' where id = ${project.id}`;
	await end('2026-01-01');
	await end('2026-01-02');
	await expect(end(null)).rejects.toMatchObject({ code: 'AI050' });
	await expect(add.projects(teamId)).rejects.toMatchObject({ code: 'AI050' });
});

test('a team that had more before comes back with all of them', async () => {
	const { teamId, owner: person } = await newTeam();
	await fill('projects', teamId, -1);
	await owner`update teams set deleted_at = now() where id = ${teamId}`;
	await owner`update projects p set deleted_at = t.deleted_at from teams t where t.id = p.team_id and p.team_id = ${teamId}`;
	await restoreTeam({ person: { ...person, email: '', name: '' } }, { teamId });
	const [row] =
		await owner`select count(*)::int as standing from projects where team_id = ${teamId} and deleted_at is null`;
	expect(row).toEqual({ standing: mostOfTeam.projects + 1 });
	await expect(add.projects(teamId)).rejects.toMatchObject({ code: 'AI050' });
});

test('nor may a team that is deleted have more than others', async () => {
	const { teamId } = await newTeam();
	await fill('connections', teamId, 0);
	await owner`update teams set deleted_at = now() where id = ${teamId}`;
	await expect(add.connections(teamId)).rejects.toMatchObject({ code: 'AI050' });
});

describe('whoever adds one is told', () => {
	test('that there is no room for a project, a deleted one that comes back included', async () => {
		const { scope, teamId, owner: person } = await newTeam();
		const { project, connection } = await newProject(scope);
		await owner`update projects set deleted_at = now() where id = ${project.id}`;
		await fill('projects', teamId, 0);
		const acting = { ...scope, userId: person.id };
		const wish = {
			name: 'More',
			description: '',
			baseModel: 'sandbox-small',
			systemPrompt: '',
			clientId: randomUUID()
		};
		const full = teamIsFull('projects');
		await expect(createProject(acting, { ...wish, connectionId: connection.id } as never)).rejects.toMatchObject({
			...{ code: full.code, message: full.message }
		});
		await owner`update projects set slug = 'gone' where id = ${project.id}`;
		await fill('projects', teamId, 0);
		await expect(restoreProject(acting, { projectId: project.id })).rejects.toMatchObject({ message: full.message });
		await owner`delete from projects where id = (select id from projects where team_id = ${teamId} and deleted_at is null limit 1)`;
		await restoreProject(acting, { projectId: project.id });
		await expect(inProject(scope, 'gone')).resolves.toMatchObject({ project: { id: project.id } });
	});

	test('that there is no room for an invitation, a connection or a key', async () => {
		const { scope, teamId, owner: person } = await newTeam();
		const acting = { ...scope, userId: person.id };
		for (const table of ['invitations', 'connections', 'api_keys'] as const) await fill(table, teamId, 0);
		const invitation = { email: `${randomUUID()}@example.com`, role: 'rater' as const, projectIds: null };
		await expect(inviteMember(acting, invitation)).rejects.toMatchObject({
			message: teamIsFull('invitations').message
		});
		const sandbox = await startSandbox({ port: 0, speed: 20 });
		onTestFinished(() => sandbox.stop());
		configureProviders({ allowLocal: true });
		const baseUrl = `${sandbox.url}/openai/v1`;
		const connection = { provider: 'openai-compatible', name: 'More', baseUrl, key: 'x' };
		await expect(createConnection(acting, connection as never)).rejects.toMatchObject({
			message: teamIsFull('connections').message
		});
		const key = { name: 'More', role: 'rater' as const, projectIds: null, days: 30 as const };
		await expect(createKey(acting, key)).rejects.toMatchObject({ code: 'conflict' });
		const [one] = await listKeys(acting);
		await revokeKey(acting, { keyId: one!.id });
		await createKey(acting, key);
		expect(await listKeys(acting)).toHaveLength(51);
	});

	test('that there is no room for a member, who has an account or has none', async () => {
		const { teamId, owner: inviter } = await newTeam();
		await fill('members', teamId, 0);
		const invited = async (email: string) => {
			const token = randomToken();
			await owner`
				insert into invitations (team_id, email, role, token_hash, invited_by, expires_at)
				values (${teamId}, ${email}, 'rater', ${sha256(token)}, ${inviter.id}, now() + interval '7 days')`;
			return token;
		};
		const { message } = teamIsFull('members');
		const person = await newPerson('Mia');
		const token = await invited(person.email);
		await expect(acceptInvitation({ person }, { token })).rejects.toMatchObject({ code: 'conflict', message });
		const address = '203.0.113.9';
		const unknown = await invited(`${randomUUID()}@example.com`);
		await expect(joinByInvitation({ browserToken: undefined, address }, { token: unknown })).rejects.toMatchObject({
			message
		});
		// it is still good when there is room again
		await owner`delete from members where team_id = ${teamId} and role = 'rater' and ctid = any (array(
			select ctid from members where team_id = ${teamId} and role = 'rater' limit 2))`;
		await acceptInvitation({ person }, { token });
		await joinByInvitation({ browserToken: undefined, address }, { token: unknown });
	});
});
