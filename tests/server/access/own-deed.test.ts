// What a person does outside any team ends with their session: of the database assert_session, assert_session_ending, end_own_account.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, describe, expect, test } from 'vitest';
import { operations } from '../../../src/lib/contract/operations.ts';
import { beginDevice, confirmDevice, refuseDevice } from '../../../src/lib/server/access/device.ts';
import { acceptInvitation } from '../../../src/lib/server/access/invitations.ts';
import { wishMails } from '../../../src/lib/server/access/mail-wishes.ts';
import { createTeam, restoreTeam } from '../../../src/lib/server/access/memberships.ts';
import type { SignedIn } from '../../../src/lib/server/access/signed-in.ts';
import { deleteAccount, renamePerson } from '../../../src/lib/server/access/people.ts';
import { endEverySession, endSessionByHandle } from '../../../src/lib/server/access/sessions.ts';
import { endToken } from '../../../src/lib/server/access/tokens.ts';
import { deleteTeam } from '../../../src/lib/server/ends/commands.ts';
import { randomToken, sha256 } from '../../../src/lib/server/platform/crypto.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { newToken } from '../../support/browser/device.ts';
import { newPerson, newTeam } from '../../support/data/team.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 4, onnotice: () => {} });
afterAll(async () => {
	await closePools();
	await owner.end();
});

const signIn = async (personId: string): Promise<{ handle: string; signedInAt: Date }> => {
	const [row] = await owner`
		insert into sessions (id_hash, person_id, expires_at)
		values (${sha256(randomToken())}, ${personId}, now() + interval '1 day') returning handle`;
	return { handle: row!.handle, signedInAt: new Date() };
};

type Person = Awaited<ReturnType<typeof newPerson>>;
type Self = SignedIn & { person: Person; session: { handle: string } };

/** Somebody who is a trainer in a team, signed in here and elsewhere. */
const arrive = async () => {
	const team = await newTeam();
	const person = await newPerson('Mia');
	await owner`insert into members (team_id, person_id, role) values (${team.teamId}, ${person.id}, 'trainer')`;
	const request = { id: randomUUID(), address: `2001:db8:${randomUUID().slice(0, 4)}::1` };
	const self: Self = { person, session: await signIn(person.id), request };
	return { team, self, elsewhere: { ...self, session: await signIn(person.id) } };
};
type Arrived = Awaited<ReturnType<typeof arrive>>;

const askedCode = async ({ self }: Arrived) =>
	(await beginDevice({ address: self.request!.address, browserToken: undefined }, { client: 'ait' })).userCode;

/** Every change of a person's own: what it needs, and the way to do it. */
const deeds: Record<string, (arrived: Arrived) => Promise<(self: Self) => Promise<unknown>>> = {
	'account.rename': async () => (self) => renamePerson(self, { name: 'Mara' }),
	'account.wishMails': async () => (self) => wishMails(self, { verdicts: false, runs: false }),
	'account.endSession':
		async ({ elsewhere }) =>
		(self) =>
			endSessionByHandle(self, { handle: elsewhere.session.handle }),
	'account.endEverySession': async () => (self) => endEverySession(self),
	'account.createTeam': async () => (self) => createTeam(self, { name: 'Late' }),
	'account.restoreTeam': async ({ team, self }) => {
		await owner`update members set role = 'owner' where person_id = ${self.person.id}`;
		await deleteTeam(team.scope, { confirm: `Team ${team.slug}` });
		return (acting) => restoreTeam(acting, { teamId: team.teamId });
	},
	'account.delete': async () => (self) => deleteAccount(self, { confirm: self.person.email }),
	'account.acceptInvitation': async ({ self }) => {
		const { teamId, owner: inviter } = await newTeam();
		const token = randomToken();
		await owner`
			insert into invitations (team_id, email, role, token_hash, invited_by, expires_at)
			values (${teamId}, ${self.person.email}, 'rater', ${sha256(token)}, ${inviter.id}, now() + interval '7 days')`;
		return (acting) => acceptInvitation(acting, { token });
	},
	'tokens.confirm': async (arrived) => {
		const code = await askedCode(arrived);
		return (self) => confirmDevice(self, { code, teamId: arrived.team.teamId });
	},
	'tokens.refuse': async (arrived) => {
		const code = await askedCode(arrived);
		return (self) => refuseDevice(self, { code });
	},
	'tokens.end': async ({ team, self }) => {
		await newToken(self.person.id, team.teamId);
		const [token] = await owner`select id from personal_tokens where person_id = ${self.person.id}`;
		return (acting) => endToken(acting, { tokenId: token!.id });
	}
};

/** All that any of these could change. */
const stateOf = async ({ team, self: { person } }: Arrived) => {
	const rows = (table: string, where: string) =>
		owner.unsafe(`select coalesce(json_agg(t order by t::text)::text, '') as rows from ${table} t where ${where}`);
	const mine = `person_id = '${person.id}'`;
	return Promise.all([
		rows('people', `id = '${person.id}'`),
		rows('sessions', mine),
		rows('members', mine),
		rows('personal_tokens', mine),
		rows('device_requests', `${mine} or refused_at is not null`),
		rows('audit_entries', mine),
		rows('teams', `id = '${team.teamId}'`),
		rows('invitations', `email = '${person.email}'`)
	]);
};

const signedOut = { code: 'unauthenticated', message: 'You have been signed out. Sign in again.' };
const names = Object.keys(deeds);

test('these are all the changes of a person’s own', () => {
	const known = operations.filter(({ kind, within }) => kind === 'command' && within === 'person');
	expect(names.toSorted()).toEqual(known.map(({ name }) => name).toSorted());
});

/** Who waits for this transaction. */
const someoneBehind = async (pid: number): Promise<void> => {
	while ((await owner`select from pg_stat_activity where ${pid} = any (pg_blocking_pids(pid))`).length === 0)
		await sleep(5);
};

/** Does `deed` in a transaction, and commits it when `meanwhile` waits for it. */
const heldOpen = async (deed: (sql: typeof owner) => PromiseLike<unknown>, meanwhile: () => Promise<unknown>) => {
	const sql = await owner.reserve();
	await sql`begin`;
	const [own] = await sql`select pg_backend_pid() as pid`;
	await deed(sql as unknown as typeof owner);
	let isOver = false;
	const other = Promise.allSettled([meanwhile()]).then(([end]) => ((isOver = true), end));
	await Promise.race([someoneBehind(own!.pid), other]);
	const waited = !isOver;
	await sql`commit`;
	sql.release();
	return { waited, end: await other };
};

describe.each(names)('%s', (name) => {
	test('is done while the session is open', async () => {
		const arrived = await arrive();
		const deed = await deeds[name]!(arrived);
		const before = await stateOf(arrived);
		await deed(arrived.self);
		expect(await stateOf(arrived)).not.toEqual(before);
	});

	test('is not done when the session has ended, is somebody else’s or is over', async () => {
		const arrived = await arrive();
		const { self, elsewhere } = arrived;
		const deed = await deeds[name]!(arrived);
		const stranger = await arrive();
		await owner`delete from sessions where handle = ${self.session.handle}`;
		await owner`update sessions set expires_at = now() where handle = ${elsewhere.session.handle}`;
		const before = await stateOf(arrived);
		for (const session of [self.session, elsewhere.session, stranger.self.session])
			await expect(deed({ ...self, session })).rejects.toMatchObject(signedOut);
		expect(await stateOf(arrived)).toEqual(before);
	});

	test('waits for a sign-out that is on its way, and is not done', async () => {
		const arrived = await arrive();
		const { self } = arrived;
		const deed = await deeds[name]!(arrived);
		let before: unknown;
		const { waited, end } = await heldOpen(
			(sql) => sql`delete from sessions where handle = ${self.session.handle}`,
			async () => {
				before = await stateOf(arrived);
				await deed(self);
			}
		);
		expect(waited).toBe(true);
		expect(end).toMatchObject({ status: 'rejected', reason: signedOut });
		const after = await stateOf(arrived);
		const sessions = 1;
		expect(after.toSpliced(sessions, 1)).toEqual((before as typeof after).toSpliced(sessions, 1));
	});
});

test('a sign-out waits for what is being done with the session', async () => {
	const { self, elsewhere } = await arrive();
	const { waited, end } = await heldOpen(
		(sql) => sql`select assert_session(${self.person.id}, ${self.session.handle})`,
		() => endEverySession(elsewhere)
	);
	expect(waited).toBe(true);
	expect(end).toMatchObject({ status: 'fulfilled' });
	expect(await owner`select from sessions where person_id = ${self.person.id}`).toHaveLength(0);
});

test('of two who sign each other out one is no more', async () => {
	for (let times = 0; times < 20; times++) {
		const { self, elsewhere } = await arrive();
		const ends = await Promise.allSettled([
			endSessionByHandle(self, { handle: elsewhere.session.handle }),
			endSessionByHandle(elsewhere, { handle: self.session.handle })
		]);
		expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		expect(ends.find(({ status }) => status === 'rejected')).toMatchObject({ reason: signedOut });
	}
});

test('an account that is deleted beside everything else holds nothing up', async () => {
	for (let times = 0; times < 10; times++) {
		const arrived = await arrive();
		const list = names.filter((name) => name !== 'account.delete' && name !== 'account.restoreTeam');
		const ready = await Promise.all(list.map(async (name) => deeds[name]!(arrived)));
		const end = await deeds['account.delete']!(arrived);
		const ends = await Promise.allSettled([
			...ready.map((deed) => deed(arrived.elsewhere)),
			sleep(Math.random() * 20).then(() => end(arrived.self))
		]);
		// whoever makes a team just before is its only owner
		for (const each of ends)
			if (each.status === 'rejected')
				expect(['unauthenticated', 'not_found', 'gone', 'conflict'], String(each.reason)).toContain(each.reason.code);
	}
});

test('nobody waits for the sessions of somebody else', async () => {
	const [one, other] = [await newPerson('Mia'), await newPerson('Oda')];
	const { handle } = await signIn(one.id);
	await signIn(other.id);
	await owner.begin(async (theirs) => {
		await theirs`select from sessions where person_id = ${other.id} for update`;
		await owner.begin(async (mine) => {
			await mine`set local lock_timeout = '2s'`;
			await mine`select assert_session_ending(${one.id}, ${handle})`;
		});
	});
});
