import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { afterAll, expect, test } from 'vitest';
import { randomToken, sha256 } from '../../../src/lib/server/platform/crypto.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { auditEntries, invitations } from '../../../src/lib/server/platform/db/schema.ts';
import { acceptInvitation, lookAtInvitation } from '../../../src/lib/server/access/invitations.ts';
import { personWith } from '../../../src/lib/server/access/people.ts';
import { membershipsOf } from '../../../src/lib/server/access/memberships.ts';
import { inviteMember, resendInvitation, revokeInvitation } from '../../../src/lib/server/team/invitations.ts';
import { listMails } from '../../../src/lib/server/platform/mail/outbox.ts';
import { listMembers } from '../../../src/lib/server/team/members.ts';
import { newProject, newTeam } from '../../support/team.ts';

afterAll(() => closePools());

const tokenFor = async (email: string) => {
	const mail = (await listMails()).find((mail) => mail.to === email);
	return mail!.link.split('/').at(-1)!;
};
const newEmail = () => `rita-${randomUUID().slice(0, 8)}@example.com`;
const personOf = async (email: string) => ({ ...(await personWith(email)), email, name: 'Rita' });

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
		expect(await lookAtInvitation(token, null)).toEqual({
			team: { slug, name: `Team ${slug}` },
			email: `r…@${email.split('@')[1]}`,
			role: 'trainer',
			inviter: 'Ana',
			state: 'open',
			isForYou: null
		});
	}
});

test('accepting makes a member, once, and writes it down', async () => {
	const { token, slug, email, scope, teamId } = await invited({ role: 'trainer' });
	const person = await personOf(email);
	expect(await acceptInvitation(token, person)).toBe(slug);
	expect(await membershipsOf(person.id)).toMatchObject([{ id: teamId, role: 'trainer', projectIds: 'all' }]);
	await expect(acceptInvitation(token, person)).rejects.toMatchObject({ code: 'gone' });
	expect((await lookAtInvitation(token, null)).state).toBe('accepted');
	const entries = await scope.tx((tx) =>
		tx.select().from(auditEntries).where(eq(auditEntries.action, 'member.joined'))
	);
	expect(entries).toMatchObject([{ personId: person.id, details: { role: 'trainer' } }]);
	expect((await listMembers(scope)).invitations).toEqual([]);
});

test('of twenty at once one is accepted, and there is one membership', async () => {
	const { token, email } = await invited();
	const person = await personOf(email);
	const answers = await Promise.allSettled(Array.from({ length: 20 }, () => acceptInvitation(token, person)));
	expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	expect(await membershipsOf(person.id)).toHaveLength(1);
});

test('a limit to projects comes along', async () => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const email = newEmail();
	await inviteMember(team.scope, { email, role: 'rater', projectIds: [project.id] });
	const person = await personOf(email);
	await acceptInvitation(await tokenFor(email), person);
	expect(await membershipsOf(person.id)).toMatchObject([{ role: 'rater', projectIds: [project.id] }]);
});

test('somebody else cannot take it, and hears for whom it is', async () => {
	const { token, teamId, email } = await invited();
	expect(await lookAtInvitation(token, await personOf(email))).toMatchObject({ isForYou: true });
	const eve = await personOf(`eve-${randomUUID().slice(0, 8)}@evil.test`);
	expect(await lookAtInvitation(token, eve)).toMatchObject({ isForYou: false });
	const refusal = await acceptInvitation(token, eve).catch((problem) => problem);
	expect(refusal).toMatchObject({ code: 'forbidden' });
	expect(refusal.message).toContain('r…@example.com');
	expect(refusal.message).not.toContain('rita-');
	expect(await membershipsOf(eve.id)).toEqual([]);
	const [row] = await plainPool()`select count(*)::int as n from memberships_of(${eve.id}) where team_id = ${teamId}`;
	expect(row!.n).toBe(0);
});

test('an address is the same in capitals', async () => {
	const { token, email, slug } = await invited();
	const [row] = await plainPool()`insert into people (email, name) values (${email.toUpperCase()}, 'R') returning id`;
	expect(await acceptInvitation(token, { id: row!.id, email, name: 'R' })).toBe(slug);
});

test('taken back or too old is over, and says so', async () => {
	const back = await invited();
	const [pending] = (await listMembers(back.scope)).invitations;
	await revokeInvitation(back.scope, pending!.id);
	expect((await lookAtInvitation(back.token, null)).state).toBe('revoked');
	await expect(acceptInvitation(back.token, await personOf(back.email))).rejects.toMatchObject({
		code: 'gone',
		message: /taken back/
	});

	const old = await invited();
	await old.scope.tx((tx) => tx.update(invitations).set({ expiresAt: sql`now() - interval '1 second'` }));
	expect((await lookAtInvitation(old.token, null)).state).toBe('expired');
	await expect(acceptInvitation(old.token, await personOf(old.email))).rejects.toMatchObject({
		code: 'gone',
		message: /seven days/
	});
});

test('sending again makes the old link useless', async () => {
	const { scope, email, token, slug } = await invited();
	const [pending] = (await listMembers(scope)).invitations;
	await new Promise((done) => setTimeout(done, 3)); // names of mails sort by the millisecond
	await resendInvitation(scope, pending!.id);
	const newer = await tokenFor(email);
	expect(newer).not.toBe(token);
	await expect(lookAtInvitation(token, null)).rejects.toMatchObject({ code: 'not_found' });
	expect(await acceptInvitation(newer, await personOf(email))).toBe(slug);
});

test('a token nobody sent opens nothing, and none is kept', async () => {
	const person = await personOf(newEmail());
	for (const token of ['', 'x', randomToken()]) {
		await expect(lookAtInvitation(token, null)).rejects.toMatchObject({ code: 'not_found' });
		await expect(acceptInvitation(token, person)).rejects.toMatchObject({ code: 'not_found' });
	}
	const { token, scope } = await invited();
	const [row] = await scope.tx((tx) =>
		tx.execute<{ all: string }>(sql`select invitations::text as all from invitations`)
	);
	expect(row!.all).not.toContain(token);
	expect(row!.all).toContain(sha256(token).toString('hex'));
});
