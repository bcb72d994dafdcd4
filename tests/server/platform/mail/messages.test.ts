import { expect, test } from 'vitest';
import {
	invitationMail,
	keyEndsMail,
	signInMail,
	webhookOffMail
} from '../../../../src/lib/server/platform/mail/messages.ts';

const link = 'http://localhost:3000/login/confirm?token=abc&x=1';
const mail = signInMail({
	to: 'ana@example.com',
	code: 'K7Q2MX',
	link,
	origin: 'http://localhost:3000',
	at: new Date('2026-11-23T07:15:00Z')
});

const invitation = (names: { team?: string; inviter?: string | null } = {}) =>
	invitationMail({
		to: 'rita@example.com',
		team: 'Northwind',
		inviter: 'Ana',
		role: 'rater',
		link: 'http://localhost:3000/invitations/abc',
		expiresAt: new Date('2026-11-30T07:15:00Z'),
		...names
	});

const warning = (names: { team?: string; name?: string } = {}) =>
	keyEndsMail({
		to: 'ana@example.com',
		team: 'Northwind',
		name: 'Nightly import',
		hint: 'ait_sk_…8dQ1',
		expiresAt: new Date('2026-11-30T07:15:00Z'),
		link: 'http://localhost:3000/northwind/settings/keys',
		...names
	});

test('the sign-in mail has its code in the subject, and code and link in both parts', () => {
	expect(mail.subject).toContain('K7Q2MX');
	expect(mail.text).toContain('K7Q2MX');
	expect(mail.text).toContain(link);
	expect(mail.html).toContain('K7Q2MX');
	expect(mail.html).toContain('href="http://localhost:3000/login/confirm?token=abc&amp;x=1"');
	expect(mail.link).toBe(link);
});

test('it says where and when it was asked for, in both parts', () => {
	for (const part of [mail.text, mail.html]) {
		expect(part).toContain('http://localhost:3000');
		expect(part).toMatch(/23 November 2026.*07:15 UTC/);
	}
});

test('a mail is small, knows dark mode and loads nothing', () => {
	for (const { html } of [mail, invitation(), warning()]) {
		expect(Buffer.byteLength(html)).toBeLessThan(50_000);
		expect(html).toContain('<meta name="color-scheme" content="light dark">');
		expect(html).toContain('<meta name="supported-color-schemes" content="light dark">');
		expect(html).toContain('prefers-color-scheme: dark');
		expect(html).not.toMatch(/<img|<link|url\(|src=|@import|<script/i);
	}
});

test('an invitation says who, to what, as what and until when', () => {
	const { subject, text, html } = invitation();
	expect(subject).toBe('You are invited to a team on aitelier');
	expect(text).toContain('“Ana” invites you to the team “Northwind” on aitelier');
	for (const part of [text, html]) {
		expect(part).toContain('As a rater');
		expect(part).toContain('30 November 2026');
		expect(part).toContain('rita@example.com');
	}
	expect(invitation({ inviter: null }).text).toContain('Somebody invites you to the team “Northwind”');
});

test('the warning of a key says which, of which team and until when', () => {
	const { subject, text, html } = warning();
	expect(subject).toBe('An API key ends soon on aitelier');
	for (const part of [text, html])
		for (const fact of ['Nightly import', 'ait_sk_…8dQ1', 'Northwind', '30 November 2026', '/northwind/settings/keys'])
			expect(part).toContain(fact);
	expect(warning({ name: 'x\r\nBcc: everybody@example.com' }).subject).not.toMatch(/[\r\n]/);
});

test('names are text, never markup, and never a second line of a header', () => {
	const evil = invitation({
		team: '<img src=x onerror=alert(1)>"\'&',
		inviter: 'Eve\r\nBcc: everybody@example.com\u2028\u202Ex'
	});
	expect(evil.html).not.toContain('<img');
	expect(evil.html).toContain('&lt;img src=x onerror=alert(1)&gt;&#39;&#39;&amp;');
	expect(evil.subject).not.toMatch(/[\r\n\u2028\u202e]/);
	expect(evil.subject.split('\n')).toHaveLength(1);
	expect(invitation({ team: 'x'.repeat(5000) }).subject.length).toBeLessThan(200);
});

test('the end of a webhook says which, of which team and why', () => {
	const off = (change: Partial<Parameters<typeof webhookOffMail>[0]> = {}) =>
		webhookOffMail({
			to: 'ana@example.com',
			team: 'Northwind',
			name: 'Release bot',
			host: 'hooks.example.com',
			reason: 'failing',
			link: 'https://aitelier.example.com/northwind/settings/webhooks/w',
			...change
		});
	const { subject, text, html } = off();
	expect(subject).toBe('A webhook was switched off on aitelier');
	for (const part of [text, html])
		for (const fact of ['For five days nothing has arrived at hooks.example.com', 'Northwind', '/settings/webhooks/w'])
			expect(part).toContain(fact);
	expect(off({ reason: 'gone' }).text).toContain('its address is gone (410)');
	expect(off({ name: 'x\r\nBcc: everybody@example.com', team: '<b>' }).subject).not.toMatch(/[\r\n]/);
	expect(off({ name: '<b>' }).html).not.toContain('<b>');
});

test.each([
	['PayPal Security: verify at https://paypal.example/login now', '“PayPal Security: verify at … now”'],
	['Call +43 660 1234567', '“Call …”'],
	['write to eve@evil.example', '“write to …”'],
	['paypal.com', '“…”'],
	['see www.evil', '“see …”'],
	['login.paypal-security.com/verify?x=1 today', '“… today”'],
	['xn--pypal-4ve.com', '“…”'],
	['пример.рф', '“…”'],
	['St. Gallen & Co. 24', '“St. Gallen & Co. 24”'],
	['Team v2.5', '“Team v2.5”'],
	['Ana “the boss”', "“Ana 'the boss'”"]
])('a name is quoted, and nothing in it can be clicked or called: %s', (name, shown) => {
	const { subject, text } = invitation({ team: name, inviter: name });
	expect(subject).toBe('You are invited to a team on aitelier');
	expect(text).toContain(`${shown} invites you to the team ${shown} on aitelier`);
	for (const other of [warning({ team: name, name }), invitation({ team: name })]) {
		expect(other.subject).not.toContain(shown.slice(1, -1));
		expect(other.text).toContain(shown);
	}
});
