import { createTransport } from 'nodemailer';
import { AppError } from '../../../core/errors.ts';
import { config } from '../config.ts';
import { log } from '../log.ts';
import { type Mail, keepMail, keepsMail } from './outbox.ts';

const connect = (url: string) =>
	// no pool: sign-in mails are rare, and a connection that waits for hours is one more thing that breaks
	createTransport({
		url,
		connectionTimeout: 10_000,
		greetingTimeout: 10_000,
		socketTimeout: 20_000,
		dnsTimeout: 5_000
	});

/** A header is one line. nodemailer folds and encodes; a line break inside a name would still read oddly. */
const oneLine = (text: string) => text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim();

/** One press in the mail program stops such mails (RFC 2369, RFC 8058). */
const stopping = ({ unsubscribe }: Mail): Record<string, string> =>
	unsubscribe ? { 'list-unsubscribe': `<${unsubscribe}>`, 'list-unsubscribe-post': 'List-Unsubscribe=One-Click' } : {};

/** Says where the mail went, for somebody who develops without a mail server. Kept out of the log: it carries a way in. */
const printLine = ({ subject, link }: Mail) => {
	if (config().logLevel === 'debug' || config().logLevel === 'info')
		process.stdout.write(`\n  ✉ ${oneLine(subject)}\n    ${link}\n\n`);
};

/**
 * Sends one mail over SMTP, or keeps it in the outbox when no mail server is configured. Takes at most about half a minute;
 * throws *conflict* with a sentence when the mail server did not take it.
 */
export const sendMail = async (mail: Mail): Promise<void> => {
	if (keepsMail()) {
		await keepMail(mail);
		return printLine(mail);
	}
	const transport = connect(config().smtpUrl!);
	try {
		await transport.sendMail({
			from: config().mailFrom,
			// as a structure: nothing in an address can add another recipient
			to: { name: '', address: mail.to },
			subject: oneLine(mail.subject),
			text: mail.text,
			html: mail.html,
			// what only machines read: this is no newsletter, and nobody's holiday notice should answer it
			headers: { 'auto-submitted': 'auto-generated', ...stopping(mail) },
			...(mail.messageId && { messageId: mail.messageId }),
			disableFileAccess: true,
			disableUrlAccess: true,
			signal: AbortSignal.timeout(30_000)
		});
	} catch (problem) {
		const { code, responseCode, message } = problem as Error & { code?: string; responseCode?: number };
		log.warn('mail', { code, responseCode, message: responseCode ? undefined : message });
		throw new AppError('conflict', 'The mail could not be sent. Wait a moment and try again.');
	} finally {
		transport.close();
	}
};

/** Sends a mail that only tells of what is done already: when it cannot be sent, that stands in the log (`sendMail`). */
export const tryMail = (mail: Mail): Promise<void> =>
	sendMail(mail).catch((problem) => {
		if (!(problem instanceof AppError)) throw problem;
	});
