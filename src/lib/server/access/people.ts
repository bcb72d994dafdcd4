import { DeleteAccount, RenamePerson } from '../../contract/account.ts';
import { nameFrom, normalEmail } from '../../core/account/email.ts';
import { goneAt } from '../../core/project/grace.ts';
import { AppError } from '../../core/errors.ts';
import { to } from '../../paths.ts';
import { config } from '../platform/config.ts';
import { plainPool } from '../platform/db/pools.ts';
import { log } from '../platform/log.ts';
import { accountDeletedMail } from '../platform/mail/messages.ts';
import { tryMail } from '../platform/mail/send.ts';
import { within } from './limits.ts';
import { command } from './operation.ts';
import { ownDeed } from './own-deed.ts';

/** The request in which somebody acts, for the audit logs of their teams. */
type From = { id?: string | undefined; address?: string | undefined } | undefined;

/**
 * The person with this address, made when it is their first time. The address has just been proved: whoever had deleted their account
 * keeps it (`isBack`).
 */
export const personWith = async (
	email: string,
	name = nameFrom(email),
	from?: From
): Promise<{ id: string; isNew: boolean; isBack: boolean }> => {
	const [person] = await plainPool()`
		select p.*, keep_account(p.id, ${from?.id ?? null}, ${from?.address ?? null}) as is_back
		from person_with(${normalEmail(email)}, ${name}) p`;
	return { id: person!.id, isNew: person!.is_new, isBack: person!.is_back };
};

/** What the person is called from now on, in every team, each of which writes it down: at most twenty names in an hour. */
export const renamePerson = command(RenamePerson, async (self, { name }) => {
	const { person, request } = self;
	if (!(await within(`name:${person.id}`, { most: 20, perSeconds: 3600 })))
		throw new AppError(
			'rate_limited',
			'You have changed your name twenty times within the hour. Wait a while, then go on.'
		);
	await ownDeed(
		self,
		(sql) => sql`select call_person(${person.id}, ${name}, ${request?.id ?? null}, ${request?.address ?? null})`
	);
});

/**
 * Signs the person out everywhere; what says who they are is removed in a week, unless they sign in before. Throws *invalid* under
 * `confirm`, and *conflict* while a team would be left without an owner.
 */
export const deleteAccount = command(DeleteAccount, async ({ person, session, request }, { confirm }) => {
	if (normalEmail(confirm) !== normalEmail(person.email))
		throw new AppError('invalid', `This is not the address of this account. It is ${person.email}.`, 'confirm');
	const [row] = await plainPool().begin(
		(sql) => sql`
			select end_own_account(${person.id}, ${session?.handle ?? null}, ${request?.id ?? null}, ${request?.address ?? null}) as left_alone`
	);
	const [first, ...others] = row!.left_alone as string[];
	if (first !== undefined) {
		const teams = others.length === 0 ? `The team ${first}` : `${first} and ${others.length} more of your teams`;
		throw new AppError(
			'conflict',
			`${teams} would have no owner. Make somebody else an owner there, or delete the team first.`
		);
	}
	log.info('account', { step: 'deleted', person: person.id });
	const gone = goneAt(new Date());
	const { origin } = config();
	await tryMail(accountDeletedMail({ to: person.email, goneAt: gone, link: origin + to.login() }));
	return { goneAt: gone };
});
