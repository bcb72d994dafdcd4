import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { config } from '../../../../src/lib/server/platform/config.ts';
import {
	getMail,
	keepMail,
	keepsMail,
	listMails,
	refuseStrangers
} from '../../../../src/lib/server/platform/mail/outbox.ts';
import { sendMail } from '../../../../src/lib/server/platform/mail/send.ts';

const mail = (subject: string) => ({
	to: 'ana@example.com',
	subject,
	text: 'Hello',
	html: '<p>Hello</p>',
	link: 'http://localhost:3000/x'
});
const later = () => new Promise((done) => setTimeout(done, 3));

test('without a mail server a mail is kept, and listed newest first', async () => {
	expect(keepsMail()).toBe(true);
	expect(await listMails()).toEqual([]);
	await sendMail(mail('one'));
	await later();
	await sendMail(mail('two'));
	const mails = await listMails();
	expect(mails.map(({ subject }) => subject)).toEqual(['two', 'one']);
	expect(mails[0]).toMatchObject({ to: 'ana@example.com', text: 'Hello', html: '<p>Hello</p>' });
	expect(mails[0]!.at).toBeInstanceOf(Date);
	expect(await getMail(mails[1]!.id)).toEqual(mails[1]);
});

test('many at once are all kept', async () => {
	await Promise.all(Array.from({ length: 20 }, (_, i) => keepMail(mail(`m${i}`))));
	expect((await listMails()).filter(({ subject }) => /^m\d/.test(subject))).toHaveLength(20);
});

test('only mails can be opened, by their id', async () => {
	const folder = path.join(config().dataDir, 'outbox');
	await writeFile(path.join(folder, 'notes.json'), '{}');
	for (const id of ['', 'notes', '../secrets', '..%2fsecrets', '0000000000000-000000000000', '/etc/passwd']) {
		await expect(getMail(id)).rejects.toMatchObject({ code: 'not_found' });
	}
	expect((await readdir(folder)).length).toBeGreaterThan((await listMails()).length);
});

test('the outbox is shown to this machine only', () => {
	for (const here of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) expect(() => refuseStrangers(here)).not.toThrow();
	for (const there of ['192.168.1.7', '203.0.113.9', 'fe80::1', '::ffff:10.0.0.2']) {
		expect(() => refuseStrangers(there), there).toThrow('only be read on the machine that keeps it');
	}
});
