import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, expect, test } from 'vitest';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { auditEntries, invitations } from '../../../src/lib/server/platform/db/schema.ts';
import { inviteMember, resendInvitation, revokeInvitation } from '../../../src/lib/server/team/invitations.ts';
import { listMails } from '../../../src/lib/server/platform/mail/outbox.ts';
import { listMembers } from '../../../src/lib/server/team/queries.ts';
import type { Scope } from '../../../src/lib/server/access/scope.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const newEmail = () => `rita-${randomUUID().slice(0, 8)}@example.com`;
const mailsTo = async (email: string) => (await listMails()).filter((mail) => mail.to === email);
const pendingIn = async (scope: Scope) => (await listMembers(scope)).invitations;
const asRater = (email: string) => ({ email, role: 'rater' as const, projectIds: null });

test('an invitation waits in the list and is in the mail', async () => {
	const { scope, slug } = await newTeam();
	const email = newEmail();
	expect(await inviteMember(scope, asRater(email))).toEqual({ sent: true });
	const [pending] = await pendingIn(scope);
	expect(pending).toMatchObject({ email, role: 'rater', projectIds: null, expired: false });
	expect(Math.round((pending!.expiresAt.getTime() - Date.now()) / 86_400_000)).toBe(7);
	const [mail] = await mailsTo(email);
	expect(mail!.subject).toBe('You are invited to a team on aitelier');
	expect(mail!.text).toContain(`“Ana” invites you to the team “Team ${slug}”`);
	expect(mail!.link).toMatch(/^http:\/\/localhost:3000\/invitations\/[\w-]{43}$/);
	const entries = await scope.tx((tx) => tx.select().from(auditEntries));
	expect(entries).toMatchObject([
		{ action: 'member.invited', personId: scope.userId, details: { email, role: 'rater' } }
	]);
});

test('inviting the same address several times at once leaves one invitation open', async () => {
	const { scope } = await newTeam();
	const email = newEmail();
	await Promise.all(Array.from({ length: 4 }, () => inviteMember(scope, asRater(email))));
	expect(await pendingIn(scope)).toHaveLength(1);
});

test('inviting the same address again replaces the earlier invitation', async () => {
	const { scope } = await newTeam();
	const email = newEmail();
	await inviteMember(scope, asRater(email));
	await inviteMember(scope, { email, role: 'trainer', projectIds: null });
	expect(await pendingIn(scope)).toMatchObject([{ email, role: 'trainer' }]);
});

test('whoever is in already is not invited', async () => {
	const { scope, owner } = await newTeam();
	await expect(inviteMember(scope, asRater(owner.email))).rejects.toMatchObject({ code: 'conflict', field: 'email' });
	expect(await mailsTo(owner.email)).toHaveLength(0);
});

test('an address is one address, in capitals or not', async () => {
	const { scope, owner } = await newTeam();
	const email = newEmail();
	await inviteMember(scope, asRater(email));
	await inviteMember(scope, { ...asRater(email.toUpperCase()), role: 'trainer' });
	expect(await pendingIn(scope)).toMatchObject([{ email, role: 'trainer' }]);
	expect(await mailsTo(email)).toHaveLength(2);
	await expect(inviteMember(scope, asRater(owner.email.toUpperCase()))).rejects.toMatchObject({ code: 'conflict' });
});

test('projects of another team cannot be named', async () => {
	const { scope } = await newTeam();
	const other = await newProject((await newTeam()).scope);
	const email = newEmail();
	await expect(inviteMember(scope, { email, role: 'rater', projectIds: [other.project.id] })).rejects.toMatchObject({
		code: 'invalid',
		field: 'projectIds'
	});
	expect(await pendingIn(scope)).toEqual([]);
	expect(await mailsTo(email)).toEqual([]);
});

test('an invitation that is too old is shown as such and can be sent again', async () => {
	const { scope } = await newTeam();
	const email = newEmail();
	await inviteMember(scope, asRater(email));
	await scope.tx((tx) => tx.update(invitations).set({ expiresAt: sql`now() - interval '1 day'` }));
	const [old] = await pendingIn(scope);
	expect(old!.expired).toBe(true);
	expect(await resendInvitation(scope, { invitationId: old!.id })).toEqual({ sent: true });
	expect(await pendingIn(scope)).toMatchObject([{ id: old!.id, expired: false }]);
	expect(await mailsTo(email)).toHaveLength(2);
});

test('taken back, it leaves the list and cannot be sent or taken back again', async () => {
	const { scope } = await newTeam();
	await inviteMember(scope, asRater(newEmail()));
	const [pending] = await pendingIn(scope);
	await revokeInvitation(scope, { invitationId: pending!.id });
	expect(await pendingIn(scope)).toEqual([]);
	await expect(revokeInvitation(scope, { invitationId: pending!.id })).rejects.toMatchObject({ code: 'not_found' });
	await expect(resendInvitation(scope, { invitationId: pending!.id })).rejects.toMatchObject({ code: 'not_found' });
});

test('many teams cannot fill one mailbox', async () => {
	const email = newEmail();
	const answers = [];
	for (let i = 0; i < 7; i++) answers.push(await inviteMember((await newTeam()).scope, asRater(email)));
	expect(answers.filter(({ sent }) => sent)).toHaveLength(5);
	expect(await mailsTo(email)).toHaveLength(5);
});

test('trainers and raters invite nobody', async () => {
	const { scope, as } = await newTeam();
	await inviteMember(scope, asRater(newEmail()));
	const [pending] = await pendingIn(scope);
	for (const role of ['trainer', 'rater'] as const) {
		const member = await as(role);
		const email = newEmail();
		for (const act of [
			() => inviteMember(member, asRater(email)),
			() => resendInvitation(member, { invitationId: pending!.id }),
			() => revokeInvitation(member, { invitationId: pending!.id })
		]) {
			await expect(act()).rejects.toMatchObject({ code: 'forbidden' });
		}
		expect(await mailsTo(email)).toEqual([]);
	}
	expect(await pendingIn(scope)).toEqual([pending]);
});

test('the owner of another team finds no invitation', async () => {
	const { scope } = await newTeam();
	const email = newEmail();
	await inviteMember(scope, asRater(email));
	const [pending] = await pendingIn(scope);
	const stranger = (await newTeam()).scope;
	await expect(resendInvitation(stranger, { invitationId: pending!.id })).rejects.toMatchObject({ code: 'not_found' });
	await expect(revokeInvitation(stranger, { invitationId: pending!.id })).rejects.toMatchObject({ code: 'not_found' });
	expect(await pendingIn(stranger)).toEqual([]);
	expect(await pendingIn(scope)).toEqual([pending]);
	expect(await mailsTo(email)).toHaveLength(1);
});
