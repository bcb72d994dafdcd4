import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listMails } from '../../../../src/lib/server/platform/mail/outbox.ts';
import { signInMail } from '../../../../src/lib/server/platform/mail/messages.ts';
import { sendMail } from '../../../../src/lib/server/platform/mail/send.ts';

// A real mail server in this process: what it got is what the world would get.
const got: { from: string; to: string[]; raw: string }[] = [];
let refuse = false;
const server = new SMTPServer({
	authOptional: true,
	disabledCommands: ['STARTTLS'],
	onAuth: ({ username, password }, _session, done) =>
		username === 'post' && password === 'secret' ? done(null, { user: 'post' }) : done(new Error('no')),
	onRcptTo: (_address, _session, done) =>
		refuse ? done(Object.assign(new Error('no such box'), { responseCode: 550 })) : done(),
	onData: (stream, { envelope }, done) => {
		const parts: Buffer[] = [];
		stream.on('data', (part: Buffer) => parts.push(part));
		stream.on('end', () => {
			const from = envelope.mailFrom ? envelope.mailFrom.address : '';
			got.push({ from, to: envelope.rcptTo.map(({ address }) => address), raw: Buffer.concat(parts).toString() });
			done();
		});
	}
});

beforeAll(async () => {
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
	const { port } = server.server.address() as AddressInfo;
	// read once, on the first call of config()
	process.env.SMTP_URL = `smtp://post:secret@127.0.0.1:${port}`;
});
let stopped: Promise<void> | undefined;
const stop = () => (stopped ??= new Promise((done) => server.close(() => done())));
afterAll(stop);
beforeEach(() => {
	got.length = 0;
	refuse = false;
});

const mail = signInMail({
	to: 'ana@example.com',
	code: 'K7Q2MX',
	link: 'http://localhost:3000/login/confirm?token=abc',
	origin: 'http://localhost:3000',
	at: new Date()
});
const decoded = (raw: string) => raw.replace(/=\r\n/g, '').replace(/=3D/g, '=');

test('a mail goes over SMTP, with both parts, to one person', async () => {
	await sendMail(mail);
	expect(got).toHaveLength(1);
	expect(got[0]).toMatchObject({ from: 'no-reply@aitelier.localhost', to: ['ana@example.com'] });
	const raw = decoded(got[0]!.raw);
	expect(raw).toMatch(/^Subject: K7Q2MX is your aitelier code\r$/m);
	expect(raw).toMatch(/^From: aitelier <no-reply@aitelier.localhost>\r$/m);
	expect(raw).toContain('Content-Type: multipart/alternative');
	expect(raw).toContain('Content-Type: text/plain; charset=utf-8');
	expect(raw).toContain('Content-Type: text/html; charset=utf-8');
	expect(raw.split('/login/confirm?token=abc').length - 1).toBeGreaterThanOrEqual(2);
	expect(await listMails()).toEqual([]);
});

test('nothing that people write adds a header or a recipient', async () => {
	await sendMail({ ...mail, subject: 'Hi\r\nBcc: eve@example.com\r\n\r\nbody', to: 'ana@example.com' });
	await sendMail({ ...mail, to: 'ana@example.com, eve@example.com' }).catch(() => {});
	for (const { to, raw } of got) {
		expect(to).not.toContain('eve@example.com');
		expect(raw.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/im);
	}
	expect(got[0]!.raw).toMatch(/^Subject: Hi Bcc: eve@example.com body\r$/m);
});

test('a server that refuses becomes a sentence', async () => {
	refuse = true;
	await expect(sendMail(mail)).rejects.toMatchObject({ code: 'conflict', message: /could not be sent/ });
	expect(got).toHaveLength(0);
});

test('a server that is gone becomes one too', async () => {
	await stop();
	await expect(sendMail(mail)).rejects.toMatchObject({ code: 'conflict', message: /could not be sent/ });
});
