import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eq, sql } from 'drizzle-orm';
import { afterAll, describe, expect, test } from 'vitest';
import { randomToken, sha256 } from '../../../src/lib/server/platform/crypto.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { auditEntries, invitations, members } from '../../../src/lib/server/platform/db/schema.ts';
import { acceptInvitation, joinByInvitation, lookAtInvitation } from '../../../src/lib/server/access/invitations.ts';
import type { Person } from '../../../src/lib/server/access/signed-in.ts';
import { personWith } from '../../../src/lib/server/access/people.ts';
import { membershipsOf } from '../../../src/lib/server/access/memberships.ts';
import { inviteMember, resendInvitation, revokeInvitation } from '../../../src/lib/server/team/invitations.ts';
import { listMails } from '../../../src/lib/server/platform/mail/outbox.ts';
import { listMembers } from '../../../src/lib/server/team/queries.ts';
import { networkOf, within } from '../../../src/lib/server/access/limits.ts';
import { type Scope, scopeFor } from '../../../src/lib/server/access/scope.ts';
import { owner } from '../../support/database/owner.ts';
import { newPerson, newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const tokenFor = async (email: string) => {
	const mail = (await listMails()).find((mail) => mail.to === email);
	return mail!.link.split('/').at(-1)!;
};
const newEmail = () => `rita-${randomUUID().slice(0, 8)}@example.com`;
const personOf = async (email: string) => ({ ...(await personWith(email)), email, name: 'Rita' });

const visitor = (person: Person | null) => ({ browserToken: undefined, address: '10.0.0.1', person });

/** A team that has invited somebody who now looks at the mail. */
const invited = async (place: { role?: 'owner' | 'trainer' | 'rater'; projectIds?: string[] | null } = {}) => {
	const team = await newTeam();
	const email = newEmail();
	await inviteMember(team.scope, { email, role: place.role ?? 'rater', projectIds: place.projectIds ?? null });
	return { ...team, email, token: await tokenFor(email) };
};

test('looking shows who asks and for what, and changes nothing', async () => {
	const { token, slug, email } = await invited({ role: 'trainer' });
	for (let i = 0; i < 3; i++) {
		expect(await lookAtInvitation(visitor(null), { token })).toEqual({
			team: { slug, name: `Team ${slug}` },
			email: `r…@${email.split('@')[1]}`,
			role: 'trainer',
			inviter: 'Ana',
			state: 'open',
			isForYou: null,
			isNew: true
		});
	}
});

test('accepting makes a member, once, and writes it down', async () => {
	const { token, slug, email, scope, teamId } = await invited({ role: 'trainer' });
	const person = await personOf(email);
	const request = { id: randomUUID(), address: '10.0.0.9' };
	expect(await acceptInvitation({ person, request }, { token })).toEqual({ slug });
	expect(await membershipsOf(person.id)).toMatchObject([{ id: teamId, role: 'trainer', projectIds: 'all' }]);
	await expect(acceptInvitation({ person }, { token })).rejects.toMatchObject({ code: 'gone' });
	expect((await lookAtInvitation(visitor(null), { token })).state).toBe('accepted');
	const entries = await scope.tx((tx) =>
		tx.select().from(auditEntries).where(eq(auditEntries.action, 'member.joined'))
	);
	expect(entries).toMatchObject([
		{ personId: person.id, details: { role: 'trainer' }, requestId: request.id, address: request.address }
	]);
	expect((await listMembers(scope)).invitations).toEqual([]);
});

test('of twenty at once one is accepted, and there is one membership', async () => {
	const { token, email } = await invited();
	const person = await personOf(email);
	const answers = await Promise.allSettled(Array.from({ length: 20 }, () => acceptInvitation({ person }, { token })));
	expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	expect(await membershipsOf(person.id)).toHaveLength(1);
});

test('of two invitations the one in hand is taken, and it says who sent it', async () => {
	const first = await invited();
	const second = await newTeam();
	const inviter = await newPerson('Nina');
	await second.scope.tx((tx) =>
		tx.insert(members).values({ teamId: second.teamId, personId: inviter.id, role: 'owner' })
	);
	const scope = scopeFor({ teamId: second.teamId, userId: inviter.id, role: 'owner', projectIds: 'all' });
	await new Promise((done) => setTimeout(done, 3)); // names of mails sort by the millisecond
	await inviteMember(scope, { email: first.email, role: 'trainer', projectIds: null });
	const token = await tokenFor(first.email);
	const known = await plainPool()`select inviter, team_slug from invitation_by_token(${sha256(token)})`;
	expect(known).toEqual([{ inviter: 'Nina', team_slug: second.slug }]);
	const person = await personOf(first.email);
	expect(await acceptInvitation({ person }, { token })).toEqual({ slug: second.slug });
	expect(await membershipsOf(person.id)).toMatchObject([{ id: second.teamId, role: 'trainer' }]);
	expect(await acceptInvitation({ person }, { token: first.token })).toEqual({ slug: first.slug });
});

test('a limit to projects comes along', async () => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const email = newEmail();
	await inviteMember(team.scope, { email, role: 'rater', projectIds: [project.id] });
	const person = await personOf(email);
	await acceptInvitation({ person }, { token: await tokenFor(email) });
	expect(await membershipsOf(person.id)).toMatchObject([{ role: 'rater', projectIds: [project.id] }]);
});

test('somebody else cannot take it, and hears for whom it is', async () => {
	const { token, teamId, email } = await invited();
	expect(await lookAtInvitation(visitor(await personOf(email)), { token })).toMatchObject({ isForYou: true });
	const eve = await personOf(`eve-${randomUUID().slice(0, 8)}@evil.test`);
	expect(await lookAtInvitation(visitor(eve), { token })).toMatchObject({ isForYou: false });
	const refusal = await acceptInvitation({ person: eve }, { token }).catch((problem) => problem);
	expect(refusal).toMatchObject({ code: 'forbidden' });
	expect(refusal.message).toContain('r…@example.com');
	expect(refusal.message).not.toContain('rita-');
	expect(await membershipsOf(eve.id)).toEqual([]);
	const [row] = await plainPool()`select count(*)::int as n from memberships_of(${eve.id}) where team_id = ${teamId}`;
	expect(row!.n).toBe(0);
});

test('an address is the same in capitals', async () => {
	const { token, email, slug } = await invited();
	const [row] = await owner`insert into people (email, name) values (${email.toUpperCase()}, 'R') returning id`;
	expect(await acceptInvitation({ person: { id: row!.id, email, name: 'R' } }, { token })).toEqual({ slug });
});

test('taken back or too old is over, and says so', async () => {
	const back = await invited();
	const [pending] = (await listMembers(back.scope)).invitations;
	await revokeInvitation(back.scope, { invitationId: pending!.id });
	expect((await lookAtInvitation(visitor(null), { token: back.token })).state).toBe('revoked');
	await expect(acceptInvitation({ person: await personOf(back.email) }, { token: back.token })).rejects.toMatchObject({
		code: 'gone',
		message: /taken back/
	});

	const old = await invited();
	await old.scope.tx((tx) => tx.update(invitations).set({ expiresAt: sql`now() - interval '1 second'` }));
	expect((await lookAtInvitation(visitor(null), { token: old.token })).state).toBe('expired');
	await expect(acceptInvitation({ person: await personOf(old.email) }, { token: old.token })).rejects.toMatchObject({
		code: 'gone',
		message: /seven days/
	});
});

test('sending again makes the old link useless', async () => {
	const { scope, email, token, slug } = await invited();
	const [pending] = (await listMembers(scope)).invitations;
	await new Promise((done) => setTimeout(done, 3)); // names of mails sort by the millisecond
	await resendInvitation(scope, { invitationId: pending!.id });
	const newer = await tokenFor(email);
	expect(newer).not.toBe(token);
	await expect(lookAtInvitation(visitor(null), { token })).rejects.toMatchObject({ code: 'not_found' });
	expect(await acceptInvitation({ person: await personOf(email) }, { token: newer })).toEqual({ slug });
});

test('a token nobody sent opens nothing, and none is kept', async () => {
	const person = await personOf(newEmail());
	for (const token of ['', 'x', randomToken()]) {
		await expect(lookAtInvitation(visitor(null), { token })).rejects.toMatchObject({ code: 'not_found' });
		await expect(acceptInvitation({ person }, { token })).rejects.toMatchObject({ code: 'not_found' });
	}
	const { token, scope } = await invited();
	const [row] = await scope.tx((tx) =>
		tx.execute<{ all: string }>(sql`select invitations::text as all from invitations`)
	);
	expect(row!.all).not.toContain(token);
	expect(row!.all).toContain(sha256(token).toString('hex'));
});

const entriesOf = (scope: Scope) =>
	scope.tx((tx) => tx.select().from(auditEntries).where(eq(auditEntries.action, 'member.joined')));

describe('by the link alone', () => {
	test('somebody new joins with one press, and it is written down', async () => {
		const { token, slug, email, scope, teamId } = await invited({ role: 'trainer' });
		expect(await lookAtInvitation(visitor(null), { token })).toMatchObject({ isNew: true, state: 'open' });
		const requestId = randomUUID();
		const joined = await joinByInvitation({ ...visitor(null), requestId }, { token });
		const { id } = await personWith(email);
		expect(joined).toEqual({ personId: id, slug });
		expect(await membershipsOf(id)).toMatchObject([{ id: teamId, role: 'trainer', projectIds: 'all' }]);
		expect(await entriesOf(scope)).toMatchObject([{ personId: id, requestId, address: '10.0.0.1' }]);
		const [person] = await owner`select name, email from people where id = ${id}`;
		expect(person).toEqual({ email, name: `Rita ${email.slice(5, 13).replace(/^./, (sign) => sign.toUpperCase())}` });
	});

	test('it works once, also for whoever still has the mail', async () => {
		const { token, email } = await invited();
		await joinByInvitation(visitor(null), { token });
		await expect(joinByInvitation(visitor(null), { token })).rejects.toMatchObject({ code: 'gone', message: /used/ });
		expect(await lookAtInvitation(visitor(null), { token })).toMatchObject({ state: 'accepted', isNew: false });
		expect(await membershipsOf((await personWith(email)).id)).toHaveLength(1);
	});

	test('of twenty presses at once one lets in', async () => {
		const { token, email, scope } = await invited();
		const presses = Array.from({ length: 20 }, () => joinByInvitation(visitor(null), { token }));
		const answers = await Promise.allSettled(presses);
		expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		expect(await owner`select id from people where email = ${email}`).toHaveLength(1);
		expect(await entriesOf(scope)).toHaveLength(1);
	});

	test('two invitations of one new address pressed at once make one person, who signs in for the other', async () => {
		const first = await invited();
		const second = await newTeam();
		await new Promise((done) => setTimeout(done, 3)); // names of mails sort by the millisecond
		await inviteMember(second.scope, { email: first.email, role: 'rater', projectIds: null });
		const tokens = [first.token, await tokenFor(first.email)];
		const answers = await Promise.all(tokens.map((token) => joinByInvitation(visitor(null), { token })));
		expect(answers.filter((answer) => answer === null)).toHaveLength(1);
		const { id } = await personWith(first.email);
		expect(await membershipsOf(id)).toHaveLength(1);
	});

	test('an address that has an account proves itself: nobody comes in, and the invitation stays open', async () => {
		const { token, email, scope } = await invited();
		const person = await personOf(email);
		expect(await lookAtInvitation(visitor(null), { token })).toMatchObject({ isNew: false });
		expect(await joinByInvitation(visitor(null), { token })).toBeNull();
		expect(await membershipsOf(person.id)).toEqual([]);
		expect(await entriesOf(scope)).toEqual([]);
		expect((await lookAtInvitation(visitor(null), { token })).state).toBe('open');
	});

	test('taken back, too old, replaced or never sent: nobody is made', async () => {
		const back = await invited();
		const [pending] = (await listMembers(back.scope)).invitations;
		await revokeInvitation(back.scope, { invitationId: pending!.id });
		const old = await invited();
		await old.scope.tx((tx) => tx.update(invitations).set({ expiresAt: sql`now() - interval '1 second'` }));
		for (const { token } of [back, old])
			await expect(joinByInvitation(visitor(null), { token })).rejects.toMatchObject({ code: 'gone' });

		const again = await invited();
		const [open] = (await listMembers(again.scope)).invitations;
		await resendInvitation(again.scope, { invitationId: open!.id });
		for (const token of ['', randomToken(), again.token])
			await expect(joinByInvitation(visitor(null), { token })).rejects.toMatchObject({ code: 'not_found' });
		const emails = [back.email, old.email, again.email];
		expect(await owner`select id from people where email = any (${emails})`).toHaveLength(0);
	});

	test('taken by an account whose address is written otherwise: nobody is made', async () => {
		const { token, email } = await invited();
		const [row] = await owner`insert into people (email, name) values (${email.toUpperCase()}, 'R') returning id`;
		await acceptInvitation({ person: { id: row!.id, email, name: 'R' } }, { token });
		await expect(joinByInvitation(visitor(null), { token })).rejects.toMatchObject({ code: 'gone' });
		expect(await owner`select from people where email = ${email}`).toHaveLength(0);
	});

	test('taken back while it is pressed: nobody is made', async () => {
		const { token, email } = await invited();
		let press: Promise<unknown> | undefined;
		await owner.begin(async (sql) => {
			await sql`update invitations set revoked_at = now() where email = ${email}`;
			press = joinByInvitation(visitor(null), { token }).catch((problem) => problem);
			await Promise.race([press, sleep(300)]);
		});
		expect(await press).toMatchObject({ code: 'gone' });
		expect(await owner`select from people where email = ${email}`).toHaveLength(0);
	});

	test('one network cannot try for ever', async () => {
		const { token } = await invited();
		const address = `2001:db8:${randomUUID().slice(0, 4)}:1::1`;
		const network = networkOf(address);
		for (let i = 0; i < 300; i++) await within(`join-ip:${network}`, { most: 300, perSeconds: 3600 });
		const press = joinByInvitation({ ...visitor(null), address }, { token });
		await expect(press).rejects.toMatchObject({ code: 'rate_limited' });
		expect((await lookAtInvitation(visitor(null), { token })).state).toBe('open');
	});
});
