import { randomInt } from 'node:crypto';
import { LookAtLink, RequestSignIn, SignInWithCode, SignInWithLink } from '../../contract/account.ts';
import type { Output } from '../../contract/operation.ts';
import { maskedEmail, normalEmail } from '../../core/account/email.ts';
import { AppError } from '../../core/errors.ts';
import { config } from '../platform/config.ts';
import { randomToken, sha256 } from '../platform/crypto.ts';
import { plainPool } from '../platform/db/pools.ts';
import { log } from '../platform/log.ts';
import { signInMail } from '../platform/mail/messages.ts';
import { sendMail } from '../platform/mail/send.ts';
import { safeNext, to } from '../../paths.ts';
import { personWith } from './people.ts';
import { networkOf, within } from './limits.ts';
import { type Visitor, command, query } from './operation.ts';

/** Nothing that looks like something else: no 0/O, 1/I/L. 31 signs, so 887 million codes. */
const signs = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const codeLength = 6;

const newCode = () => Array.from({ length: codeLength }, () => signs[randomInt(signs.length)]).join('');

/** A code as people type it: small letters, spaces and dashes do not matter. */
export const readCode = (typed: string) => typed.toUpperCase().replace(/[^0-9A-Z]/g, '');

/** With the browser's secret, which we do not keep: whoever reads the table cannot try all 887 million. */
const codeHash = (browserToken: string, code: string) => sha256(`${browserToken}|${code}`);

/** A link and its code for an address, good for ten minutes in this browser; earlier ones stop working. Sends nothing. */
export const makeSignInLink = async (asked: { email: string; browserToken: string; next?: string | null }) => {
	const { browserToken, next } = asked;
	const email = normalEmail(asked.email);
	const token = randomToken();
	const code = newCode();
	await plainPool()`select make_sign_in(
		${email}, ${sha256(token)}, ${codeHash(browserToken, code)}, ${sha256(browserToken)}, ${safeNext(next)})`;
	return { token, code };
};

/**
 * Sends link and code to an address. The answer is the same for everybody, also when a limit was reached and nothing was
 * sent. Earlier mails to this address, and earlier requests of this browser, stop working.
 */
export const requestSignIn = command(RequestSignIn, async ({ browserToken, address: ip }, asked) => {
	if (browserToken === undefined) throw new Error('Whoever asks for a mail needs the secret of their browser first');
	const email = normalEmail(asked.email);
	const allowed =
		(await within(`mail-ip:${networkOf(ip)}`, { most: 10, perSeconds: 3600 })) &&
		(await within(`mail:${email}`, { most: 3, perSeconds: 600 })) &&
		(await within('mail-all', { most: 5000, perSeconds: 86_400 }));
	if (!allowed) return log.warn('sign-in', { step: 'mail', outcome: 'limited', ip });

	const { token, code } = await makeSignInLink({ email, browserToken, next: asked.next });
	// the address of the link comes from the configuration: a request may name any host
	const { origin } = config();
	await sendMail(signInMail({ to: email, code, link: origin + to.confirmSignIn(token), origin, at: new Date() }));
	log.info('sign-in', { step: 'mail', outcome: 'sent', ip });
});

/** What the page of a link shows. Only looks: scanners open links, some of them many times. */
export const lookAtLink = query(LookAtLink, async ({ browserToken }, { token }) => {
	const browserHash = browserToken === undefined ? null : sha256(browserToken);
	const [row] = await plainPool()`select * from sign_in_by_token(${sha256(token)}, ${browserHash})`;
	if (!row) return { open: false as const };
	return { open: true as const, email: maskedEmail(row.email), sameBrowser: row.same_browser as boolean };
});

/** Whose address has just been proved, and where they go now. */
export type Proved = Output<typeof SignInWithLink>;

const enter = async (row: { email: string; next: string }, by: string, visitor: Visitor): Promise<Proved> => {
	const { id, isNew, isBack } = await personWith(row.email, undefined, {
		id: visitor.requestId,
		address: visitor.address
	});
	log.info('sign-in', { step: by, outcome: 'ok', person: id, isNew, isBack });
	return { personId: id, next: isBack ? to.accountKept() : safeNext(row.next), isNew, isBack };
};

/** Uses the link up, once: of fifty at the same moment one gets in. Throws *gone*. */
export const signInWithLink = command(SignInWithLink, async (visitor, { token }) => {
	const [row] = await plainPool()`select * from take_sign_in(${sha256(token)})`;
	if (row) return enter(row as never, 'link', visitor);
	log.info('sign-in', { step: 'link', outcome: 'gone' });
	throw new AppError(
		'gone',
		'This link was used already, is older than ten minutes, or was replaced by a newer one. Ask for a new mail.'
	);
});

const refuseCode = (outcome: string, code: 'gone' | 'rate_limited' | 'invalid', message: string): never => {
	log.info('sign-in', { step: 'code', outcome });
	throw new AppError(code, message, 'code');
};

/**
 * Uses the code up in the browser that asked for it. At most ten tries in an hour for one address, from wherever; the link
 * goes on working, so nobody is locked out. Throws *gone*, *rate_limited* or *invalid* under `code`.
 */
export const signInWithCode = command(SignInWithCode, async (visitor, { code: typed }) => {
	const { browserToken } = visitor;
	const browserHash = sha256(browserToken ?? '');
	const [open] = await plainPool()`select email from count_code_try(${browserHash})`;
	if (!open)
		return refuseCode('gone', 'gone', 'This code is older than ten minutes or was replaced. Ask for a new mail.');
	if (!open.email || !(await within(`code:${open.email}`, { most: 10, perSeconds: 3600 }))) {
		return refuseCode(
			'limited',
			'rate_limited',
			'That were too many tries. Press the button in the mail instead: it still works.'
		);
	}
	const [row] = await plainPool()`select * from take_code(${browserHash}, ${codeHash(browserToken!, readCode(typed))})`;
	return row
		? enter(row as never, 'code', visitor)
		: refuseCode(
				'wrong',
				'invalid',
				'This is not the code. Look for the newest mail from us, and type the six signs in its subject.'
			);
});
