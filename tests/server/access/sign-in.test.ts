// Long because everybody goes this way in: each rule of the sign-in (access/README) has its test here.
import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { maskedEmail } from '../../../src/lib/core/account/email.ts';
import { randomToken } from '../../../src/lib/server/platform/crypto.ts';
import { purge } from '../../../src/lib/server/platform/purge.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { lookAtLink, requestSignIn, signInWithCode, signInWithLink } from '../../../src/lib/server/access/sign-in.ts';
import { listMails } from '../../../src/lib/server/platform/mail/outbox.ts';
import { owner } from '../../support/database/owner.ts';

afterAll(() => closePools());

const newEmail = () => `ana-${randomUUID().slice(0, 8)}@example.com`;
const newIp = () => `10.${[1, 2, 3].map(() => Math.floor(Math.random() * 250)).join('.')}`;
const mailsTo = async (email: string) => (await listMails()).filter((mail) => mail.to === email);

/** Asks for a mail as a browser would, and reads it as the person would. */
const ask = async (more: { email?: string; browserToken?: string; ip?: string; next?: string } = {}) => {
	const { email = newEmail(), browserToken = randomToken(), ip = newIp(), next = '' } = more;
	await requestSignIn({ browserToken, address: ip }, { email, next });
	const [mail] = await mailsTo(email);
	const token = new URL(mail!.link).searchParams.get('token')!;
	return { email, browserToken, ip, token, code: mail!.subject.slice(0, 6), link: mail!.link };
};
const from = (browserToken: string | undefined) => ({ browserToken, address: newIp() });
const openLink = (token: string) => signInWithLink(from(undefined), { token });
const rowsOf = (email: string) => owner`select * from sign_ins where email = ${email}`;
const age = (email: string) =>
	owner`update sign_ins set expires_at = now() - interval '1 second' where email = ${email}`;
const refused = (code: string) => expect.objectContaining({ code });
const people = async (email: string) => owner`select * from people where email = ${email}`;

test('the mail has a link to our own origin, and a code without look-alikes', async () => {
	for (let i = 0; i < 8; i++) {
		const { link, code, token } = await ask();
		expect(link).toMatch(/^http:\/\/localhost:3000\/login\/confirm\?token=[\w-]{43}$/);
		expect(code).toMatch(/^[2-9A-HJKMNP-Z]{6}$/);
		expect(Buffer.from(token, 'base64url')).toHaveLength(32);
	}
});

test('neither token nor code is in the database', async () => {
	const { email, token, code, browserToken } = await ask();
	const [row] = await owner`select sign_ins::text as all from sign_ins where email = ${email}`;
	for (const secret of [
		token,
		code,
		browserToken,
		Buffer.from(token).toString('hex'),
		Buffer.from(code).toString('hex')
	]) {
		expect(row!.all).not.toContain(secret);
	}
});

test('looking at a link changes nothing, however often', async () => {
	const { email, token, browserToken } = await ask();
	const before = await rowsOf(email);
	for (let i = 0; i < 5; i++) {
		expect(await lookAtLink(from(browserToken), { token })).toEqual({
			open: true,
			email: maskedEmail(email),
			sameBrowser: true
		});
	}
	expect(await rowsOf(email)).toEqual(before);
	expect(await people(email)).toHaveLength(0);
	expect(await openLink(token)).toMatchObject({ isNew: true });
});

test('another browser is told apart, and sees no more than a mask', async () => {
	const { email, token } = await ask();
	for (const other of [undefined, randomToken()]) {
		expect(await lookAtLink(from(other), { token })).toEqual({
			open: true,
			email: maskedEmail(email),
			sameBrowser: false
		});
	}
});

test('of fifty at once, one gets in, and only one person is made', async () => {
	const { email, token } = await ask();
	const answers = await Promise.allSettled(Array.from({ length: 50 }, () => openLink(token)));
	expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	for (const answer of answers) if (answer.status === 'rejected') expect(answer.reason).toEqual(refused('gone'));
	expect(await people(email)).toHaveLength(1);
});

test('of fifty right codes at once, one gets in', async () => {
	const { browserToken, code } = await ask();
	const answers = await Promise.allSettled(
		Array.from({ length: 50 }, () => signInWithCode(from(browserToken), { code }))
	);
	expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('link and code are one: using either ends both', async () => {
	const first = await ask();
	await openLink(first.token);
	await expect(signInWithCode(from(first.browserToken), { code: first.code })).rejects.toEqual(refused('gone'));
	const second = await ask();
	await signInWithCode(from(second.browserToken), { code: second.code });
	await expect(openLink(second.token)).rejects.toEqual(refused('gone'));
	expect(await lookAtLink(from(second.browserToken), { token: second.token })).toEqual({ open: false });
});

test('after ten minutes neither works', async () => {
	const { email, token, browserToken, code } = await ask();
	const [row] = await rowsOf(email);
	expect(row!.expires_at - row!.created_at).toBe(10 * 60_000);
	await age(email);
	expect(await lookAtLink(from(browserToken), { token })).toEqual({ open: false });
	await expect(openLink(token)).rejects.toEqual(refused('gone'));
	await expect(signInWithCode(from(browserToken), { code })).rejects.toEqual(refused('gone'));
	await purge('sign_ins');
	expect(await rowsOf(email)).toHaveLength(0);
});

test('a token that was never sent opens nothing', async () => {
	for (const token of ['', 'x', randomToken(), 'a'.repeat(10_000)]) {
		expect(await lookAtLink(from(randomToken()), { token })).toEqual({ open: false });
		await expect(openLink(token)).rejects.toEqual(refused('gone'));
	}
});

test('a newer mail ends the older one, and so does another address in the same browser', async () => {
	const first = await ask();
	const second = await ask({ email: first.email });
	await expect(openLink(first.token)).rejects.toEqual(refused('gone'));
	const third = await ask({ browserToken: second.browserToken });
	await expect(openLink(second.token)).rejects.toEqual(refused('gone'));
	expect(await signInWithCode(from(third.browserToken), { code: third.code })).toMatchObject({ isNew: true });
	expect(await people(first.email)).toHaveLength(0);
});

test('mails asked for at the same moment leave one that works', async () => {
	const email = newEmail();
	await Promise.all(
		[1, 2, 3].map(() => requestSignIn({ browserToken: randomToken(), address: newIp() }, { email, next: '' }))
	);
	expect(await rowsOf(email)).toHaveLength(1);
});

test('a code counts only in the browser that asked', async () => {
	const { email, code } = await ask();
	for (const other of [randomToken(), undefined, '']) {
		await expect(signInWithCode(from(other), { code })).rejects.toEqual(refused('gone'));
	}
	expect((await rowsOf(email))[0]!.attempts).toBe(0);
});

test('a code may be typed small, with spaces and dashes', async () => {
	const { browserToken, code } = await ask();
	const typed = ` ${code.slice(0, 3).toLowerCase()}-${code.slice(3).toLowerCase()} `;
	expect(await signInWithCode(from(browserToken), { code: typed })).toMatchObject({ isNew: true });
});

test('ten wrong codes in an hour are the end of guessing, but not of the link', async () => {
	const first = await ask();
	for (let i = 0; i < 10; i++) {
		await expect(signInWithCode(from(first.browserToken), { code: '222222' })).rejects.toMatchObject({
			code: 'invalid',
			field: 'code'
		});
	}
	await expect(signInWithCode(from(first.browserToken), { code: first.code })).rejects.toMatchObject({
		code: 'rate_limited'
	});
	// a new mail, from another browser and address on the net, brings no new tries for this person
	const second = await ask({ email: first.email });
	await expect(signInWithCode(from(second.browserToken), { code: second.code })).rejects.toMatchObject({
		code: 'rate_limited'
	});
	expect(await openLink(second.token)).toMatchObject({ isNew: true });
});

test('guesses made at once are counted one by one', async () => {
	const { browserToken, email } = await ask();
	const answers = await Promise.allSettled(
		Array.from({ length: 40 }, () => signInWithCode(from(browserToken), { code: '222222' }))
	);
	const codes = answers.map((answer) => (answer as PromiseRejectedResult).reason.code);
	expect(codes.filter((code) => code === 'invalid')).toHaveLength(10);
	expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(30);
	expect((await rowsOf(email))[0]!.attempts).toBe(10);
});

test('three mails in ten minutes for one address; the fourth is answered alike, and sends nothing', async () => {
	const email = newEmail();
	const browserToken = randomToken();
	const answers = [];
	for (let i = 0; i < 5; i++)
		answers.push(await requestSignIn({ browserToken, address: newIp() }, { email, next: '' }));
	expect(new Set(answers)).toEqual(new Set([undefined]));
	const mails = await mailsTo(email);
	expect(mails).toHaveLength(3);
	// what was sent last still works: a limit takes nothing away
	expect(await signInWithCode(from(browserToken), { code: mails[0]!.subject.slice(0, 6) })).toMatchObject({
		isNew: true
	});
});

test('ten mails an hour from one place on the net, to whomever; and refused ones count for no address', async () => {
	const ip = newIp();
	const emails = Array.from({ length: 12 }, newEmail);
	for (const email of emails) await requestSignIn({ browserToken: randomToken(), address: ip }, { email, next: '' });
	const sent = await Promise.all(emails.map(async (email) => (await mailsTo(email)).length));
	expect(sent).toEqual([...Array(10).fill(1), 0, 0]);
	for (let i = 0; i < 3; i++)
		await requestSignIn({ browserToken: randomToken(), address: newIp() }, { email: emails[11]!, next: '' });
	expect(await mailsTo(emails[11]!)).toHaveLength(3);
});

test('the first sign-in makes the person, the next ones find them', async () => {
	const first = await ask({ email: `ana.maria+${randomUUID()}@example.com` });
	const made = await openLink(first.token);
	expect(made.isNew).toBe(true);
	const second = await ask({ email: first.email });
	expect(await openLink(second.token)).toMatchObject({ personId: made.personId, isNew: false });
	expect((await people(first.email))[0]).toMatchObject({ id: made.personId, name: 'Ana Maria' });
});

test('an address in capitals is the same person, and has the same three mails', async () => {
	const { email, token } = await ask();
	const made = await openLink(token);
	const browserToken = randomToken();
	for (let i = 0; i < 3; i++)
		await requestSignIn({ browserToken, address: newIp() }, { email: email.toUpperCase(), next: '' });
	const mails = await mailsTo(email);
	expect(mails).toHaveLength(3);
	const code = mails[0]!.subject.slice(0, 6);
	expect(await signInWithCode(from(browserToken), { code })).toMatchObject({ personId: made.personId, isNew: false });
	expect(await people(email.toUpperCase())).toHaveLength(0);
});

test('where to go next is kept with the mail, and only a path of ours', async () => {
	expect(await openLink((await ask({ next: '/northwind/support?tab=x' })).token)).toMatchObject({
		next: '/northwind/support?tab=x'
	});
	for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', undefined]) {
		expect(await openLink((await ask({ next })).token)).toMatchObject({ next: '/' });
	}
});
