import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A mail as it came: to whom, its headers and its text, decoded. */
export type GotMail = { to: string; raw: string };

/** A real mail server in this process: what it got is what people would get. Whom it refuses, it says so. */
export const newMailServer = async () => {
	const got: GotMail[] = [];
	const refused = new Set<string>();
	const server = new SMTPServer({
		authOptional: true,
		disabledCommands: ['STARTTLS', 'AUTH'],
		onRcptTo: ({ address }, _session, done) =>
			refused.has(address) ? done(Object.assign(new Error('no such box'), { responseCode: 550 })) : done(),
		onData: (stream, { envelope }, done) => {
			const parts: Buffer[] = [];
			stream.on('data', (part: Buffer) => parts.push(part));
			stream.on('end', () => {
				got.push({ to: envelope.rcptTo[0]!.address, raw: decoded(Buffer.concat(parts).toString()) });
				done();
			});
		}
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
	// read once, on the first call of config()
	process.env.SMTP_URL = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
	return { got, refused, close: () => new Promise<void>((done) => server.close(() => done())) };
};

/** Quoted-printable as UTF-8, and folded headers as one line. */
const decoded = (raw: string) =>
	raw
		.replace(/=\r\n/g, '')
		.replace(/\r\n[ \t]+/g, ' ')
		.replace(/(=[0-9A-F]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll('=', ''), 'hex').toString());
