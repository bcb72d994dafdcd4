// Long because it is one argument: from the program that asks to the person who ends what it got. All of it is done by functions of
// the database (drizzle/functions/tokens.sql): begin_device, device_by_code, answer_device, take_device, hand_token, enter_with_token,
// assert_token, tokens_of, end_token.
import { networkOf } from '../../../src/lib/server/access/limits.ts';
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { Role } from '../../../src/lib/core/permissions.ts';
import { readKey } from '../../../src/lib/core/keys/key.ts';
import { mostTokens } from '../../../src/lib/contract/tokens.ts';
import {
	beginDevice,
	confirmDevice,
	lookAtDevice,
	refuseDevice,
	takeToken
} from '../../../src/lib/server/access/device.ts';
import { claimRequest } from '../../../src/lib/server/access/once.ts';
import type { SignedIn } from '../../../src/lib/server/access/signed-in.ts';
import type { Visitor } from '../../../src/lib/server/access/operation.ts';
import type { Scope } from '../../../src/lib/server/access/scope.ts';
import { endToken, enterWithToken, listTokens } from '../../../src/lib/server/access/tokens.ts';
import { getMe } from '../../../src/lib/server/keys/queries.ts';
import { purge } from '../../../src/lib/server/platform/purge.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { auditEntries, projects } from '../../../src/lib/server/platform/db/schema.ts';
import { changeRole, leaveTeam, removeMember } from '../../../src/lib/server/team/commands.ts';
import { owner } from '../../support/database/owner.ts';
import { newPerson, newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const laptop: Visitor = { address: '203.0.113.7', browserToken: undefined };
const begin = (client = 'ait on laptop') => beginDevice(laptop, { client });
const take = (deviceCode: string) => takeToken(laptop, { deviceCode });
/** How it stands for a program that waits as long as it should. */
const poll = async (deviceCode: string) => {
	await owner`update device_requests set asked_at = null`;
	return take(deviceCode).catch((problem) => problem.code as string);
};

type Team = Awaited<ReturnType<typeof newTeam>>;
let request: { id: string; address: string };
beforeEach(() => void (request = { id: randomUUID(), address: `2001:db8:${randomBytes(2).toString('hex')}::1` }));
const self = (id: string): SignedIn => ({ person: { id, email: 'x@example.com', name: 'X' }, request });
/** Somebody of the team, with a token. */
const arrive = async ({ teamId, as }: Team, role: Role = 'trainer', projectIds: 'all' | string[] = 'all') => {
	const { userId } = await as(role, projectIds);
	return { userId, ...(await tokenFor(userId, teamId)) };
};
const tokenFor = async (userId: string, teamId: string) => {
	const { deviceCode, userCode } = await begin();
	await confirmDevice(self(userId), { code: userCode, teamId });
	const { token, team } = await take(deviceCode);
	expect(team.id).toBe(teamId);
	const [listed] = await listTokens(self(userId));
	return { token, id: listed!.id };
};
const limit = { most: 1000, perSeconds: 1 };
const come = (token: string) => enterWithToken(token, null, { ...request, transactions: 0 }, limit);
const entriesOf = (scope: Scope) => scope.tx((tx) => tx.select().from(auditEntries).orderBy(auditEntries.seq));

describe('the device flow', () => {
	test('from the question to the token, which is there once', async () => {
		const [elsewhere, team] = [await newTeam(), await newTeam(), await newTeam()]; // the one in the middle is found by nothing but its id
		await arrive(elsewhere);
		const { userId } = await team.as('trainer');
		const asked = await begin();
		expect(asked).toMatchObject({
			userCode: expect.stringMatching(/^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$/),
			verificationUri: 'http://localhost:3000/device',
			verificationUriComplete: `http://localhost:3000/device?code=${asked.userCode}`,
			expiresIn: 600,
			interval: 5
		});
		const [row] = await owner`select d::text as text from device_requests d where name = 'ait on laptop'`;
		for (const secret of [asked.deviceCode, asked.userCode]) expect(row!.text).not.toContain(secret);

		expect(await poll(asked.deviceCode)).toBe('authorization_pending');
		const seen = { open: true, code: asked.userCode, client: 'ait on laptop', address: '203.0.113.7' };
		for (let look = 0; look < 3; look++)
			expect(await lookAtDevice(self(userId), { code: asked.userCode.toLowerCase() })).toMatchObject(seen);
		expect(await poll(asked.deviceCode)).toBe('authorization_pending');

		await confirmDevice(self(userId), { code: asked.userCode, teamId: team.teamId });
		const taken = await poll(asked.deviceCode);
		expect(taken).toMatchObject({
			token: expect.stringMatching(/^ait_pt_/),
			team: { id: team.teamId, slug: team.slug },
			person: { name: 'Theo' },
			role: 'trainer',
			projectIds: null
		});
		const { token } = taken as { token: string };
		expect(readKey(token)).toEqual({ kind: 'pt' });
		expect(await poll(asked.deviceCode)).toBe('expired');
		const [kept] = await owner`select t::text as text from personal_tokens t where person_id = ${userId}`;
		expect(kept!.text).not.toContain(token.slice(7, 30));
		expect(await entriesOf(team.scope)).toMatchObject([
			{
				action: 'token.confirmed',
				personId: userId,
				requestId: request.id,
				address: request.address,
				details: { name: 'ait on laptop', from: '203.0.113.7' }
			},
			{
				action: 'token.taken',
				personId: userId,
				address: '203.0.113.7',
				details: { name: 'ait on laptop', hint: expect.stringMatching(/^ait_pt_/) }
			}
		]);
		// another's token is no news
		expect(await entriesOf(elsewhere.scope)).toHaveLength(2);
	});

	test('of many who ask at the same moment one gets the token', async () => {
		const { teamId, owner: person } = await newTeam();
		const { deviceCode, userCode } = await begin();
		await confirmDevice(self(person.id), { code: userCode, teamId });
		const ends = await Promise.allSettled(Array.from({ length: 10 }, () => take(deviceCode)));
		expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		expect(await listTokens(self(person.id))).toHaveLength(1);
	});

	test('whoever asks too fast has to wait longer, though it is confirmed', async () => {
		const { teamId, owner: person } = await newTeam();
		const { deviceCode, userCode } = await begin();
		const asks = () => take(deviceCode).catch((problem) => problem as { code: string; message: string });
		expect(await asks()).toMatchObject({ code: 'authorization_pending' });
		expect(await asks()).toMatchObject({ code: 'slow_down', message: expect.stringContaining('10 seconds') });
		await confirmDevice(self(person.id), { code: userCode, teamId });
		expect(await asks()).toMatchObject({ code: 'slow_down', message: expect.stringContaining('15 seconds') });
		expect(await poll(deviceCode)).toMatchObject({ team: { id: teamId } });
	});

	test('of two presses the first counts', async () => {
		const [team, other] = [await newTeam(), await newTeam()];
		const { deviceCode, userCode: code } = await begin();
		const presses = [team, other].map(({ owner: { id }, teamId }) => confirmDevice(self(id), { code, teamId }));
		const ends = await Promise.allSettled(presses);
		expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		const gone = { code: 'gone' };
		expect(ends.find(({ status }) => status === 'rejected')).toMatchObject({ reason: gone });
		const { id } = team.owner;
		await expect(confirmDevice(self(id), { code, teamId: team.teamId })).rejects.toMatchObject(gone);
		await expect(refuseDevice(self(id), { code })).rejects.toMatchObject(gone);
		expect(await lookAtDevice(self(id), { code })).toEqual({ open: false });
		const first = ends[0]!.status === 'fulfilled' ? team : other;
		expect(await poll(deviceCode)).toMatchObject({ team: { id: first.teamId } });
		const entries = [...(await entriesOf(team.scope)), ...(await entriesOf(other.scope))];
		expect(entries.map(({ action }) => action)).toEqual(['token.confirmed', 'token.taken']);
	});

	test('refused, the program is told so, once, and no other', async () => {
		const { teamId, owner: person } = await newTeam();
		const [{ deviceCode, userCode: code }, other] = [await begin(), await begin()];
		await refuseDevice(self(person.id), { code });
		expect(await lookAtDevice(self(person.id), { code })).toEqual({ open: false });
		await expect(confirmDevice(self(person.id), { code, teamId })).rejects.toMatchObject({ code: 'gone' });
		expect(await poll(deviceCode)).toBe('access_denied');
		expect(await poll(deviceCode)).toBe('expired');
		expect(await listTokens(self(person.id))).toEqual([]);
		expect(await poll(other.deviceCode)).toBe('authorization_pending');
	});

	test('after ten minutes both codes are over, also when it was confirmed before', async () => {
		const { teamId, owner: person } = await newTeam();
		const [early, late] = [await begin(), await begin()];
		await confirmDevice(self(person.id), { code: early.userCode, teamId });
		await owner`update device_requests set expires_at = now()`;
		for (const { deviceCode } of [early, late]) expect(await poll(deviceCode)).toBe('expired');
		expect(await lookAtDevice(self(person.id), { code: late.userCode })).toEqual({ open: false });
		const confirmed = confirmDevice(self(person.id), { code: late.userCode, teamId });
		await expect(confirmed).rejects.toMatchObject({ code: 'gone' });
		await purge('device_requests');
		expect(await owner`select from device_requests`).toHaveLength(0);
	});

	test('of two presses that meet at the row one counts; other programs wait on', async () => {
		const { teamId, owner: person, scope } = await newTeam();
		const [{ deviceCode, userCode: code }, other] = [await begin(), await begin()];
		const second = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
		const press = () => confirmDevice(self(person.id), { code, teamId });
		let ends: Promise<string[]> | undefined;
		await second.begin(async (sql) => {
			await sql`select from device_requests for update`;
			ends = Promise.allSettled([press(), press()]).then((all) => all.map(({ status }) => status).sort());
			await sleep(200); // both have come to the row
		});
		await second.end();
		expect(await ends).toEqual(['fulfilled', 'rejected']);
		expect(await entriesOf(scope)).toHaveLength(1);
		expect(await poll(deviceCode)).toMatchObject({ team: { id: teamId } });
		expect(await poll(other.deviceCode)).toBe('authorization_pending');
	});

	test('a press that meets a removal waits for it, and is refused', async () => {
		const team = await newTeam();
		const { userId } = await team.as('rater');
		const { userCode: code } = await begin();
		const second = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
		let pressed: Promise<unknown> | undefined;
		await second.begin(async (sql) => {
			await sql`delete from members where person_id = ${userId}`;
			pressed = confirmDevice(self(userId), { code, teamId: team.teamId }).catch((problem) => problem);
			await sleep(200);
		});
		await second.end();
		expect(await pressed).toMatchObject({ code: 'not_found' });
		expect(await entriesOf(team.scope)).toEqual([]);
	});

	test('nobody lets a program into a team they are not in; the code stays good', async () => {
		const [mine, other] = [await newTeam(), await newTeam()];
		const { deviceCode, userCode: code } = await begin();
		const press = confirmDevice(self(mine.owner.id), { code, teamId: other.teamId });
		await expect(press).rejects.toMatchObject({ code: 'not_found' });
		expect(await poll(deviceCode)).toBe('authorization_pending');
		expect(await entriesOf(other.scope)).toEqual([]);
		await confirmDevice(self(mine.owner.id), { code, teamId: mine.teamId });
	});

	/** Does this while another transaction holds rows, and until so many wait for what it holds. */
	const meeting = async (
		hold: (sql: postgres.TransactionSql) => Promise<unknown>,
		waiting: number,
		then: typeof hold
	) => {
		const second = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
		await second.begin(async (sql) => {
			await hold(sql);
			const waits = () => owner`
				select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%hand_token%'`;
			await expect.poll(async () => (await waits()).length).toBe(waiting);
			await then(sql);
		});
		await second.end();
	};
	const confirmed = async () => {
		const team = await newTeam();
		const { userId } = await team.as('trainer');
		const { deviceCode, userCode: code } = await begin();
		await confirmDevice(self(userId), { code, teamId: team.teamId });
		const taking = () =>
			take(deviceCode).then(
				({ token }) => token.slice(0, 7),
				(problem) => problem.code as string
			);
		return { ...team, userId, taking };
	};

	test('a program that meets the removal of its person waits for it, and gets nothing', async () => {
		const { userId, taking } = await confirmed();
		let taken: Promise<string> | undefined;
		await meeting(
			async (sql) => {
				await sql`select from members where person_id = ${userId} for update`;
				taken = taking();
			},
			1,
			(sql) => sql`delete from members where person_id = ${userId}`
		);
		expect(await taken).toBe('expired');
	});

	test('of two that meet at the row one gets the token', async () => {
		const { userId, taking } = await confirmed();
		let taken: Promise<string[]> | undefined;
		await meeting(
			async (sql) => {
				await sql`select from device_requests for update`;
				taken = Promise.all([taking(), taking()]);
			},
			2,
			async () => {}
		);
		expect((await taken)!.sort()).toEqual(['ait_pt_', 'expired']);
		expect(await listTokens(self(userId))).toHaveLength(1);
	});

	test('whoever takes a token waits for no other membership', async () => {
		const { as, userId, taking } = await confirmed();
		const { userId: other } = await as('rater');
		const second = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
		await second.begin(async (sql) => {
			await sql`select from members where person_id = ${other} for update`;
			expect(await taking()).toBe('ait_pt_');
		});
		await second.end();
		expect(await listTokens(self(userId))).toHaveLength(1);
	});

	test('whoever was removed after the press is let into nothing', async () => {
		const team = await newTeam();
		const { userId } = await team.as('rater');
		const { deviceCode, userCode: code } = await begin();
		await confirmDevice(self(userId), { code, teamId: team.teamId });
		await removeMember(team.scope, { personId: userId });
		expect(await poll(deviceCode)).toBe('expired');
	});

	test('removals against programs that take their token: no deadlock, and none has one afterwards', async () => {
		const team = await newTeam();
		const race = async () => {
			const { userId } = await team.as('rater');
			const { deviceCode, userCode: code } = await begin();
			await confirmDevice(self(userId), { code, teamId: team.teamId });
			await Promise.all([
				sleep(Math.random() * 10).then(() => take(deviceCode).catch((problem) => expect(problem.code).toBe('expired'))),
				sleep(Math.random() * 10).then(() => removeMember(team.scope, { personId: userId }))
			]);
			expect(await listTokens(self(userId))).toEqual([]);
		};
		// one person after the other counts their codes by network
		for (let i = 0; i < 30; i++) {
			request.address = `198.51.100.${i}`;
			await race();
		}
	});

	test('guessing ends after thirty codes of one person, right or wrong, by look or by press', async () => {
		const { teamId, owner: person } = await newTeam();
		const { userCode: code } = await begin();
		const wrong = 'ZZZZ-ZZZZ';
		for (let tried = 0; tried < 10; tried++) {
			expect(await lookAtDevice(self(person.id), { code: wrong })).toEqual({ open: false });
			await expect(confirmDevice(self(person.id), { code: wrong, teamId })).rejects.toMatchObject({ code: 'gone' });
			await expect(refuseDevice(self(person.id), { code: wrong })).rejects.toMatchObject({ code: 'gone' });
		}
		const limited = { code: 'rate_limited' };
		await expect(lookAtDevice(self(person.id), { code })).rejects.toMatchObject(limited);
		await expect(confirmDevice(self(person.id), { code, teamId })).rejects.toMatchObject(limited);
		await expect(refuseDevice(self(person.id), { code })).rejects.toMatchObject(limited);
		// somebody else goes on
		expect(await lookAtDevice(self((await newPerson()).id), { code })).toMatchObject({ open: true });
	});

	test('and after three hundred from one network, by however many persons', async () => {
		const [a, b] = [await newPerson(), await newPerson()];
		await lookAtDevice(self(a.id), { code: 'ZZZZ-ZZZZ' });
		await owner`update rate_limits set count = 300 where key = ${`device-code-ip:${networkOf(request.address)}`}`;
		await expect(lookAtDevice(self(b.id), { code: 'ZZZZ-ZZZZ' })).rejects.toMatchObject({ code: 'rate_limited' });
	});

	test('a person has at most twenty tokens that work, with those that are confirmed and not taken yet', async () => {
		const { teamId, owner: person, as } = await newTeam();
		await owner`
			insert into personal_tokens (team_id, person_id, name, hash, hint, expires_at)
			select ${teamId}, ${person.id}, 'ait', sha256(i::text::bytea), 'ait_pt_…x', now() + interval '1 day'
			from generate_series(1, ${mostTokens}) i`;
		const pressAs = async (id: string) => confirmDevice(self(id), { code: (await begin()).userCode, teamId });
		const { userId } = await as('trainer');
		await pressAs(userId); // somebody else's
		const full = { code: 'conflict' };
		await expect(pressAs(person.id)).rejects.toMatchObject(full);
		const [first] = await listTokens(self(person.id));
		// one that is over does not count, though the sweep has not come yet
		await owner`update personal_tokens set expires_at = now() where id = ${first!.id}`;
		await pressAs(person.id);
		await expect(pressAs(person.id)).rejects.toMatchObject(full);
		await owner`update device_requests set expires_at = now() where person_id = ${person.id}`;
		await pressAs(person.id);
	});

	test('of two presses at once for the last place one is refused', async () => {
		const { teamId, owner: person } = await newTeam();
		const press = async (sql: postgres.ISql) => {
			const code = randomBytes(32);
			await plainPool()`select begin_device(${randomBytes(32)}, ${code}, 'ait', '192.0.2.1')`;
			return (await sql`select answer_device(${code}, ${person.id}, ${teamId}, 1, null, null) as said`)[0]!
				.said as string;
		};
		let second = Promise.resolve('');
		await owner.begin(async (sql) => {
			expect(await press(sql)).toBe('confirmed');
			let isSaid = false;
			second = press(plainPool()).finally(() => (isSaid = true));
			const waits = () => sql`select from pg_locks join pg_database d on d.oid = database
				where locktype = 'advisory' and not granted and datname = current_database()`;
			await expect.poll(async () => isSaid || (await waits()).length > 0).toBe(true);
		});
		expect(await second).toBe('full');
	});
});

describe('a token', () => {
	test('acts as its person, with the role and the projects they have at the moment', async () => {
		const team = await newTeam();
		const { project } = await newProject(team.scope, { slug: 'one' });
		await newProject(team.scope, { slug: 'two' });
		const { token, userId } = await arrive(team);
		const holder = (await come(token))!;
		expect(holder).toMatchObject({ team: { id: team.teamId }, scope: { userId, role: 'trainer', projectIds: 'all' } });
		expect(holder.scope.key).toBeUndefined();
		expect(await getMe(holder.scope)).toMatchObject({ team: { id: team.teamId }, role: 'trainer', key: null });
		await changeRole(team.scope, { personId: userId, role: 'rater', projectIds: [project.id] });
		const later = (await come(token))!;
		expect(later.scope).toMatchObject({ userId, role: 'rater', projectIds: [project.id] });
		expect(await later.scope.tx((tx) => tx.select({ slug: projects.slug }).from(projects))).toEqual([{ slug: 'one' }]);
		// what came in before the change does not go on with the old rights
		await expect(holder.scope.tx((tx) => tx.select().from(projects))).rejects.toMatchObject({ code: 'forbidden' });
		await expect(holder.scope.look((tx) => tx.select().from(projects))).rejects.toMatchObject({ code: 'forbidden' });
	});

	test('opens the one team it was confirmed for, and only its own use is noted', async () => {
		const [here, there] = [await newTeam(), await newTeam()];
		const { id } = here.owner;
		await owner`insert into members (team_id, person_id, role) values (${there.teamId}, ${id}, 'rater')`;
		const [one, other] = [await tokenFor(id, here.teamId), await tokenFor(id, there.teamId)];
		const again = await tokenFor(id, here.teamId);
		expect(await come(one.token)).toMatchObject({ team: { id: here.teamId }, scope: { role: 'owner' } });
		expect(await come(other.token)).toMatchObject({ team: { id: there.teamId }, scope: { role: 'rater' } });
		const used = (await listTokens(self(id))).map((token) => [token.id, token.lastUsedAt !== null]);
		expect(used).toEqual([
			[again.id, false],
			[other.id, true],
			[one.id, true]
		]);
	});

	test('ends with the membership, removed or left, and does not come back with it', async () => {
		const team = await newTeam();
		const [one, other] = [await arrive(team), await arrive(team)];
		await removeMember(team.scope, { personId: one.userId });
		await leaveTeam((await come(other.token))!.scope);
		for (const { token } of [one, other]) expect(await come(token)).toBeNull();
		await owner`insert into members (team_id, person_id, role) values (${team.teamId}, ${one.userId}, 'rater')`;
		expect(await come(one.token)).toBeNull();
	});

	test('is listed with its team and its use, and ended by its person only', async () => {
		const team = await newTeam();
		const [mine, theirs] = [await arrive(team), await arrive(team)];
		await come(mine.token);
		// noted at most once a minute
		const first = request.address;
		request.address = '203.0.113.2';
		await come(mine.token);
		expect(await listTokens(self(mine.userId))).toMatchObject([{ lastUsedFrom: first }]);
		await owner`update personal_tokens set last_used_at = now() - interval '61 seconds' where id = ${mine.id}`;
		await come(mine.token);
		const [listed] = await listTokens(self(mine.userId));
		expect(listed).toMatchObject({
			id: mine.id,
			name: 'ait on laptop',
			hint: `ait_pt_…${mine.token.slice(-4)}`,
			team: { slug: team.slug },
			lastUsedFrom: request.address,
			lastUsedAt: expect.any(Date)
		});
		expect(Math.round((listed!.expiresAt.getTime() - Date.now()) / 86_400_000)).toBe(90);
		const missing = { code: 'not_found' };
		await expect(endToken(self(theirs.userId), { tokenId: mine.id })).rejects.toMatchObject(missing);
		expect(await come(mine.token)).not.toBeNull();
		await endToken(self(mine.userId), { tokenId: mine.id });
		await expect(endToken(self(mine.userId), { tokenId: mine.id })).rejects.toMatchObject(missing);
		expect(await come(mine.token)).toBeNull();
		expect(await listTokens(self(mine.userId))).toEqual([]);
		expect((await entriesOf(team.scope)).at(-1)).toMatchObject({
			action: 'token.ended',
			personId: mine.userId,
			subject: mine.id,
			details: { name: 'ait on laptop', hint: listed!.hint }
		});
		expect(await come(theirs.token)).not.toBeNull();
	});

	test('is over after its time, mistyped, unknown, or a key of a team', async () => {
		const team = await newTeam();
		const { token, id, userId } = await arrive(team);
		for (const wrong of [`${token}x`, token.replace('_pt_', '_sk_'), token.toLowerCase(), ''])
			expect(await come(wrong), wrong).toBeNull();
		await owner`update personal_tokens set expires_at = now() where id = ${id}`;
		expect(await come(token)).toBeNull();
		expect(await listTokens(self(userId))).toEqual([]);
		const [another, waiting] = [await tokenFor(userId, team.teamId), await begin()];
		for (const what of ['personal_tokens', 'device_requests'] as const) await purge(what);
		expect(await owner`select id from personal_tokens where person_id = ${userId}`).toEqual([{ id: another.id }]);
		expect(await poll(waiting.deviceCode)).toBe('authorization_pending');
	});

	test('has as many requests as its bucket holds', async () => {
		const { token } = await arrive(await newTeam());
		const few = { most: 3, perSeconds: 3600 };
		const come = () => enterWithToken(token, null, { ...request, transactions: 0 }, few);
		const holders = await Promise.all(Array.from({ length: 9 }, come));
		expect(holders.filter((holder) => !holder!.requests.refused)).toHaveLength(3);
	});

	test('names its requests, as a key does, and not those of another token of its person', async () => {
		const team = await newTeam();
		const { token, userId } = await arrive(team);
		const second = await tokenFor(userId, team.teamId);
		const [scope, other] = [(await come(token))!.scope, (await come(second.token))!.scope];
		const mark = randomBytes(32);
		const claim = await claimRequest(scope, 'import-1', mark);
		expect(claim.outcome).toBe('claimed');
		expect((await claimRequest(scope, 'import-1', mark)).outcome).toBe('running');
		expect((await claimRequest(other, 'import-1', mark)).outcome).toBe('claimed');
		if (claim.outcome === 'claimed') await claim.named.settle({ status: 200, answer: '{}' });
		expect(await claimRequest(scope, 'import-1', mark)).toMatchObject({ outcome: 'answered', answer: '{}' });
	});
});

describe('a change that a token is in the middle of', () => {
	const write = (scope: Scope, wait = async () => {}) =>
		scope.tx(async (tx) => {
			const entry = { personId: scope.userId, action: 'token.test', subject: 'x', details: {} };
			await tx.insert(auditEntries).values(entry);
			await wait();
		});
	const writesOf = async (userId: string) =>
		(await owner`select from audit_entries where person_id = ${userId} and action = 'token.test'`).length;

	test.each(['the removal', 'the end'] as const)('is finished before %s is answered', async (what) => {
		const team = await newTeam();
		const { token, userId, id } = await arrive(team);
		const { scope } = (await come(token))!;
		await owner`update personal_tokens set last_used_at = null where id = ${id}`;
		let finished = false;
		let isOpen = () => {};
		const open = new Promise<void>((go) => (isOpen = go));
		const change = write(scope, async () => {
			isOpen();
			await come(token); // nobody waits for one that only notes when it was used
			await sleep(200);
			finished = true;
		});
		await open;
		await (what === 'the end'
			? endToken(self(userId), { tokenId: id })
			: removeMember(team.scope, { personId: userId }));
		expect(finished).toBe(true);
		await change;
		await expect(write(scope)).rejects.toMatchObject({ code: 'forbidden' });
		expect(await writesOf(userId)).toBe(1);
	});

	test('100 removals against transactions that are open or about to be: nothing is written after the answer', async () => {
		const team = await newTeam();
		const race = async (i: number) => {
			const { userId } = await team.as('trainer');
			request.address = `198.51.100.${i}`;
			const { token } = await tokenFor(userId, team.teamId);
			const { scope } = (await come(token))!;
			const work = sleep(Math.random() * 15)
				.then(() => write(scope, () => sleep(Math.random() * 15)))
				.then(
					() => 1,
					(problem) => {
						expect(problem).toMatchObject({ code: 'forbidden' });
						return 0;
					}
				);
			await sleep(Math.random() * 25);
			await removeMember(team.scope, { personId: userId });
			const then = await writesOf(userId);
			expect(await work).toBe(then);
			expect(await writesOf(userId)).toBe(then);
			return then;
		};
		const written: number[] = [];
		for (let i = 0; i < 100; i++) written.push(await race(i));
		expect(new Set(written)).toEqual(new Set([0, 1]));
	});

	test.each([false, true])('is refused where one word of it is another’s (holding: %s)', async (holding) => {
		const [here, there] = [await newTeam(), await newTeam()];
		const person = here.owner.id;
		await owner`insert into members (team_id, person_id, role) values (${there.teamId}, ${person}, 'rater')`;
		const [mine, beside] = [await tokenFor(person, here.teamId), await tokenFor(person, there.teamId)];
		const other = await arrive(here, 'owner');
		const ask = (
			{ teamId }: Team,
			token: string,
			{ who = person, role = 'owner', projects = 'all' }: { who?: string; role?: string; projects?: string } = {}
		) =>
			plainPool()`select assert_token(${teamId}, ${who}, ${token}, ${role}, ${projects}, ${holding})`.then(
				() => 'fine',
				(problem) => problem.code as string
			);
		const right = [
			ask(here, mine.id),
			ask(there, beside.id, { role: 'rater' }),
			ask(here, other.id, { who: other.userId })
		];
		expect(await Promise.all(right)).toEqual(['fine', 'fine', 'fine']);
		const wrong = [
			ask(there, mine.id, { role: 'rater' }),
			ask(here, beside.id),
			ask(here, randomUUID()),
			ask(here, other.id),
			ask(here, mine.id, { who: other.userId }),
			ask(here, mine.id, { role: 'trainer' }),
			ask(here, mine.id, { projects: '' })
		];
		expect(await Promise.all(wrong)).toEqual(wrong.map(() => 'AI020'));
		await owner`update personal_tokens set expires_at = now() where id = ${mine.id}`;
		expect(await ask(here, mine.id)).toBe('AI020');
	});

	test('holds its person’s membership and itself, and nobody else’s', async () => {
		const team = await newTeam();
		const [one, other] = [await arrive(team), await arrive(team)];
		const { scope } = (await come(one.token))!;
		const isFree = (row: string) =>
			owner.unsafe(`select from ${row} for no key update nowait`).then(
				() => true,
				(problem) => (problem.code === '55P03' ? false : problem)
			);
		const areFree = async ({ userId, id }: typeof one) => [
			await isFree(`members where person_id = '${userId}'`),
			await isFree(`personal_tokens where id = '${id}'`)
		];
		await write(scope, async () => {
			expect(await areFree(one)).toEqual([false, false]);
			expect(await areFree(other)).toEqual([true, true]);
		});
	});
});
