import type postgres from 'postgres';
import { GetMailWishes, LookAtMails, StopMails, WishMails } from '../../contract/account.ts';
import { type MailWish, type MailWishes, isTold, mailWishes } from '../../core/account/mails.ts';
import { AppError } from '../../core/errors.ts';
import { to } from '../../paths.ts';
import { config } from '../platform/config.ts';
import { keyedDigest, sameText } from '../platform/crypto.ts';
import { plainPool } from '../platform/db/pools.ts';
import { membershipsOf } from './memberships.ts';
import { command, query } from './operation.ts';
import { ownDeed } from './own-deed.ts';
import { asking } from './own-look.ts';

const saidBy = async (personId: string, sql: postgres.ISql = plainPool()): Promise<MailWishes | null> => {
	const [row] = await sql`select * from mail_wishes_of(${personId})`;
	return row ? { verdicts: row.verdicts, runs: row.runs } : null;
};

/** Whoever has not said is told where a role has it so, in any of their teams. */
const standing = async (
	personId: string,
	said: MailWishes,
	sql?: postgres.ISql
): Promise<Record<MailWish, boolean>> => {
	const held = (await membershipsOf(personId, sql)).map(({ role }) => role);
	return { verdicts: isTold(said.verdicts, ...held), runs: isTold(said.runs, ...held) };
};

/** What the person is told by mail. */
export const getMailWishes = query(GetMailWishes, async (self) => {
	const { id } = self.person;
	return standing(id, (await saidBy(id, asking(self))) ?? { verdicts: null, runs: null }, asking(self));
});

const wish =
	(personId: string, { verdicts = null, runs = null }: Partial<MailWishes>) =>
	(sql: postgres.ISql) =>
		sql`select wish_mails(${personId}, ${verdicts}, ${runs}) as found`;

/** From now on, in all their teams. */
export const wishMails = command(WishMails, async (self, wishes) => {
	await ownDeed(self, wish(self.person.id, wishes));
});

/** Signed, so that nobody stops the mails of somebody else; it opens nothing but that. */
const signature = (kek: ReturnType<typeof config>['keks'][number], said: string) =>
	keyedDigest([kek], 'mails', said).slice(0, 32);

/** The address that stops such mails to a person, without signing in. It works as long as the key is there that signed it. */
export const stopLink = (personId: string, of: MailWish): string => {
	const said = `${of}.${personId}`;
	return config().origin + to.mails(`${said}.${signature(config().keks[0]!, said)}`);
};

const readToken = (token: string): { of: MailWish; personId: string } | null => {
	const [of, personId, signed] = token.split('.');
	const known = mailWishes.find((one) => one === of);
	if (!known || !personId || !signed || !/^[0-9a-f-]{36}$/.test(personId)) return null;
	const isOurs = config().keks.some((kek) => sameText(signature(kek, `${of}.${personId}`), signed));
	return isOurs ? { of: known, personId } : null;
};

/** What the link of a mail is about; null where it is none of ours. */
export const lookAtMails = query(LookAtMails, async (_visitor, { token }) => {
	const read = readToken(token);
	const said = read && (await saidBy(read.personId));
	if (!read || !said) return null;
	return { wish: read.of, isWanted: (await standing(read.personId, said))[read.of] };
});

/** Stops such mails, or brings them back. Again changes nothing. Throws *gone* for a link that is none of ours. */
export const stopMails = command(StopMails, async (_visitor, { token, wanted }) => {
	const read = readToken(token);
	const [said] = read ? await wish(read.personId, { [read.of]: wanted })(plainPool()) : [];
	if (!said?.found)
		throw new AppError('gone', 'This link is not whole. Choose on the page of your account which mails you get.');
});
