import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import ipaddr from 'ipaddr.js';
import { AppError } from '../../../core/errors.ts';
import { config } from '../config.ts';

/** One message. `link` is what the person is meant to press, for whoever reads the terminal instead of the mail. */
export type Mail = {
	to: string;
	subject: string;
	text: string;
	html: string;
	link: string;
	/** Where such mails are stopped, by a person or by their mail program. */
	unsubscribe?: string;
	/** What mail programs know it by; where it is left out they get a new one. */
	messageId?: string;
};

export type KeptMail = Mail & { id: string; at: Date };

/** The id is the name of the file: time first, so that names sort as mails came. */
const isId = (text: string) => /^\d{13}-[0-9a-f]{12}$/.test(text);

const folder = () => path.join(config().dataDir, 'outbox');

/** Whether mails stay on this machine: no mail server is configured. Never so in production, which demands one. */
export const keepsMail = () => !config().smtpUrl && !config().production;

/** Refuses everybody but this machine itself: who reads the outbox can sign in as anyone. Throws *not found* where no mail is kept. */
export const refuseStrangers = (address: string) => {
	if (!keepsMail()) throw new AppError('not_found', 'There is nothing at this address.');
	if (ipaddr.process(address).range() !== 'loopback')
		throw new AppError('forbidden', 'The outbox can only be read on the machine that keeps it.');
};

/** Keeps a mail that has nowhere to go. */
export const keepMail = async (mail: Mail): Promise<void> => {
	const id = `${String(Date.now()).padStart(13, '0')}-${randomBytes(6).toString('hex')}`;
	await fs.mkdir(folder(), { recursive: true, mode: 0o700 });
	const file = path.join(folder(), `${id}.json`);
	await fs.writeFile(`${file}.new`, JSON.stringify({ ...mail, at: new Date() }), { mode: 0o600 });
	await fs.rename(`${file}.new`, file); // never half a mail for a reader
};

const readMail = async (id: string): Promise<KeptMail> => {
	const kept = JSON.parse(await fs.readFile(path.join(folder(), `${id}.json`), 'utf8')) as Mail & { at: string };
	return { ...kept, id, at: new Date(kept.at) };
};

/** The newest mails first, at most 100. */
export const listMails = async (): Promise<KeptMail[]> => {
	const names = await fs.readdir(folder()).catch(() => []);
	const ids = names.map((name) => name.replace(/\.json$/, '')).filter(isId);
	return Promise.all(ids.sort().reverse().slice(0, 100).map(readMail));
};

/** One mail of the outbox. Throws *not found*. */
export const getMail = async (id: string): Promise<KeptMail> => {
	if (isId(id)) {
		const mail = await readMail(id).catch(() => null);
		if (mail) return mail;
	}
	throw new AppError('not_found', 'There is no such mail in the outbox.');
};
