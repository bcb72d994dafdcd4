// Long because signing in is the one door everybody stands before: each rule of security.md §4.3 has its test here.
import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { maskedEmail } from '../../../src/lib/core/account/email.ts';
import { randomToken } from '../../../src/lib/server/platform/crypto.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import {
	lookAtLink,
	purgeSignIns,
	requestSignIn,
	signInWithCode,
	signInWithLink
} from '../../../src/lib/server/access/sign-in.ts';
import { listMails } from '../../../src/lib/server/platform/mail/outbox.ts';

afterAll(() => closePools());

const newEmail = () => `ana-${randomUUID().slice(0, 8)}@example.com`;
const newIp = () => `10.${[1, 2, 3].map(() => Math.floor(Math.random() * 250)).join('.')}`;
const mailsTo = async (email: string) => (await listMails()).filter((mail) => mail.to === email);

/** Asks for a mail as a browser would, and reads it as the person would. */
const ask = async (more: { email?: string; browserToken?: string; ip?: string; next?: string } = {}) => {
	const { email = newEmail(), browserToken = randomToken(), ip = newIp(), next } = more;
	await requestSignIn({ email, browserToken, ip, next });
	const [mail] = await mailsTo(email);
	const token = new URL(mail!.link).searchParams.get('token')!;
	return { email, browserToken, ip, token, code: mail!.subject.slice(0, 6), link: mail!.link };
};
const rowsOf = (email: string) => plainPool()`select * from sign_ins where email = ${email}`;
const age = (email: string) =>
	plainPool()`update sign_ins set expires_at = now() - interval '1 second' where email = ${email}`;
const refused = (code: string) => expect.objectContaining({ code });
const people = async (email: string) => plainPool()`select * from people where email = ${email}`;

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
	const [row] = await plainPool()`select sign_ins::text as all from sign_ins where email = ${email}`;
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

test('looking at a link changes nothing, however often (AU5)', async () => {
	const { email, token, browserToken } = await ask();
	const before = await rowsOf(email);
	for (let i = 0; i < 5; i++) {
		expect(await lookAtLink(token, browserToken)).toEqual({ open: true, email: maskedEmail(email), sameBrowser: true });
	}
	expect(await rowsOf(email)).toEqual(before);
	expect(await people(email)).toHaveLength(0);
	expect(await signInWithLink(token)).toMatchObject({ isNew: true });
});

test('another browser is told apart, and sees no more than a mask', async () => {
	const { email, token } = await ask();
	for (const other of [undefined, randomToken()]) {
		expect(await lookAtLink(token, other)).toEqual({ open: true, email: maskedEmail(email), sameBrowser: false });
	}
});

test('of fifty at once, one gets in, and only one person is made (AU8)', async () => {
	const { email, token } = await ask();
	const answers = await Promise.allSettled(Array.from({ length: 50 }, () => signInWithLink(token)));
	expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	for (const answer of answers) if (answer.status === 'rejected') expect(answer.reason).toEqual(refused('gone'));
	expect(await people(email)).toHaveLength(1);
});

test('of fifty right codes at once, one gets in', async () => {
	const { browserToken, code } = await ask();
	const answers = await Promise.allSettled(Array.from({ length: 50 }, () => signInWithCode(browserToken, code)));
	expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('link and code are one: using either ends both', async () => {
	const first = await ask();
	await signInWithLink(first.token);
	await expect(signInWithCode(first.browserToken, first.code)).rejects.toEqual(refused('gone'));
	const second = await ask();
	await signInWithCode(second.browserToken, second.code);
	await expect(signInWithLink(second.token)).rejects.toEqual(refused('gone'));
	expect(await lookAtLink(second.token, second.browserToken)).toEqual({ open: false });
});

test('after ten minutes neither works', async () => {
	const { email, token, browserToken, code } = await ask();
	const [row] = await rowsOf(email);
	expect(row!.expires_at - row!.created_at).toBe(10 * 60_000);
	await age(email);
	expect(await lookAtLink(token, browserToken)).toEqual({ open: false });
	await expect(signInWithLink(token)).rejects.toEqual(refused('gone'));
	await expect(signInWithCode(browserToken, code)).rejects.toEqual(refused('gone'));
	await purgeSignIns();
	expect(await rowsOf(email)).toHaveLength(0);
});

test('a token that was never sent opens nothing', async () => {
	for (const token of ['', 'x', randomToken(), 'a'.repeat(10_000)]) {
		expect(await lookAtLink(token, randomToken())).toEqual({ open: false });
		await expect(signInWithLink(token)).rejects.toEqual(refused('gone'));
	}
});

test('a newer mail ends the older one, and so does another address in the same browser (AU9)', async () => {
	const first = await ask();
	const second = await ask({ email: first.email });
	await expect(signInWithLink(first.token)).rejects.toEqual(refused('gone'));
	const third = await ask({ browserToken: second.browserToken });
	await expect(signInWithLink(second.token)).rejects.toEqual(refused('gone'));
	expect(await signInWithCode(third.browserToken, third.code)).toMatchObject({ isNew: true });
	expect(await people(first.email)).toHaveLength(0);
});

test('mails asked for at the same moment leave one that works', async () => {
	const email = newEmail();
	await Promise.all([1, 2, 3].map(() => requestSignIn({ email, browserToken: randomToken(), ip: newIp() })));
	expect(await rowsOf(email)).toHaveLength(1);
});

test('a code counts only in the browser that asked', async () => {
	const { email, code } = await ask();
	for (const other of [randomToken(), undefined, '']) {
		await expect(signInWithCode(other, code)).rejects.toEqual(refused('gone'));
	}
	expect((await rowsOf(email))[0]!.attempts).toBe(0);
});

test('a code may be typed small, with spaces and dashes', async () => {
	const { browserToken, code } = await ask();
	const typed = ` ${code.slice(0, 3).toLowerCase()}-${code.slice(3).toLowerCase()} `;
	expect(await signInWithCode(browserToken, typed)).toMatchObject({ isNew: true });
});

test('ten wrong codes in an hour are the end of guessing, but not of the link', async () => {
	const first = await ask();
	for (let i = 0; i < 10; i++) {
		await expect(signInWithCode(first.browserToken, '222222')).rejects.toMatchObject({
			code: 'invalid',
			field: 'code'
		});
	}
	await expect(signInWithCode(first.browserToken, first.code)).rejects.toMatchObject({ code: 'rate_limited' });
	// a new mail, from another browser and address on the net, brings no new tries for this person
	const second = await ask({ email: first.email });
	await expect(signInWithCode(second.browserToken, second.code)).rejects.toMatchObject({ code: 'rate_limited' });
	expect(await signInWithLink(second.token)).toMatchObject({ isNew: true });
});

test('guesses made at once are counted one by one', async () => {
	const { browserToken, email } = await ask();
	const answers = await Promise.allSettled(Array.from({ length: 40 }, () => signInWithCode(browserToken, '222222')));
	const codes = answers.map((answer) => (answer as PromiseRejectedResult).reason.code);
	expect(codes.filter((code) => code === 'invalid')).toHaveLength(10);
	expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(30);
	expect((await rowsOf(email))[0]!.attempts).toBe(10);
});

test('three mails in ten minutes for one address; the fourth is answered alike, and sends nothing', async () => {
	const email = newEmail();
	const browserToken = randomToken();
	const answers = [];
	for (let i = 0; i < 5; i++) answers.push(await requestSignIn({ email, browserToken, ip: newIp() }));
	expect(new Set(answers)).toEqual(new Set([undefined]));
	const mails = await mailsTo(email);
	expect(mails).toHaveLength(3);
	// what was sent last still works: a limit takes nothing away
	expect(await signInWithCode(browserToken, mails[0]!.subject.slice(0, 6))).toMatchObject({ isNew: true });
});

test('ten mails an hour from one place on the net, to whomever; and refused ones count for no address', async () => {
	const ip = newIp();
	const emails = Array.from({ length: 12 }, newEmail);
	for (const email of emails) await requestSignIn({ email, browserToken: randomToken(), ip });
	const sent = await Promise.all(emails.map(async (email) => (await mailsTo(email)).length));
	expect(sent).toEqual([...Array(10).fill(1), 0, 0]);
	for (let i = 0; i < 3; i++) await requestSignIn({ email: emails[11]!, browserToken: randomToken(), ip: newIp() });
	expect(await mailsTo(emails[11]!)).toHaveLength(3);
});

test('the first sign-in makes the person, the next ones find them', async () => {
	const first = await ask({ email: `ana.maria+${randomUUID()}@example.com` });
	const made = await signInWithLink(first.token);
	expect(made.isNew).toBe(true);
	const second = await ask({ email: first.email });
	expect(await signInWithLink(second.token)).toMatchObject({ personId: made.personId, isNew: false });
	expect((await people(first.email))[0]).toMatchObject({ id: made.personId, name: 'Ana Maria' });
});

test('where to go next is kept with the mail, and only a path of ours', async () => {
	expect(await signInWithLink((await ask({ next: '/northwind/support?tab=x' })).token)).toMatchObject({
		next: '/northwind/support?tab=x'
	});
	for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', undefined]) {
		expect(await signInWithLink((await ask({ next })).token)).toMatchObject({ next: '/' });
	}
});
