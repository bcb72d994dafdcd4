import { and, eq, isNull, sql } from 'drizzle-orm';
import { type MailKind, type MailWish, isTold, wishOf } from '../../core/account/mails.ts';
import { AppError } from '../../core/errors.ts';
import type { Role } from '../../core/permissions.ts';
import { config } from '../platform/config.ts';
import { among } from '../platform/db/among.ts';
import { mails } from '../platform/db/schema.ts';
import { log } from '../platform/log.ts';
import type { Mail } from '../platform/mail/outbox.ts';
import { sendMail } from '../platform/mail/send.ts';
import { stopLink } from './mail-wishes.ts';
import { takePlace } from './places.ts';
import type { Scope, Tx } from './scope.ts';

export type Recipient = { id: string; email: string; role: Role };

/** A step: of these people the members who see the project and want to know, with their addresses. Nobody who has left. */
export const recipientsOf = async (
	tx: Tx,
	{ projectId, kind }: { projectId: string; kind: MailKind },
	ids: ReadonlySet<string>
): Promise<Recipient[]> => {
	const rows = (await tx.execute(sql`select * from members_to_mail(${projectId})`)) as unknown as (Recipient &
		Record<MailWish, boolean | null>)[];
	return rows
		.filter((row) => ids.has(row.id) && isTold(row[wishOf[kind]], row.role))
		.map(({ id, email, role }) => ({ id, email, role }));
};

type Telling = {
	projectId: string;
	kind: MailKind;
	subject: string;
	to: Recipient[];
	/** What one of them is told, by their role. */
	write: (to: Recipient, stop: string) => Omit<Mail, 'unsubscribe' | 'messageId'>;
	/** Asks for the same once more, then. */
	again: (tx: Tx, then: { after: Date }) => Promise<void>;
};

const tell = async (scope: Scope, { projectId, kind, subject, to, write }: Telling) => {
	const open = await scope.tx(async (tx) => {
		await tx
			.insert(mails)
			.values(to.map(({ id: personId }) => ({ projectId, kind, subject, personId })))
			.onConflictDoNothing();
		return tx
			.select({ id: mails.id, personId: mails.personId })
			.from(mails)
			.where(
				and(
					eq(mails.kind, kind),
					eq(mails.subject, subject),
					isNull(mails.sentAt),
					among(
						mails.personId,
						to.map(({ id }) => id)
					)
				)
			);
	});
	const host = new URL(config().origin).hostname;
	const problems: unknown[] = [];
	for (const { id, personId } of open) {
		const person = to.find((one) => one.id === personId)!;
		const unsubscribe = stopLink(personId, wishOf[kind]);
		try {
			// the same name if it goes out again after a worker was killed in between: mail programs show one
			await sendMail({ ...write(person, unsubscribe), unsubscribe, messageId: `<${id}@${host}>` });
		} catch (problem) {
			problems.push(problem);
			continue;
		}
		await scope.tx((tx) => tx.update(mails).set({ sentAt: new Date() }).where(eq(mails.id, id)));
	}
	const bug = problems.find((problem) => !(problem instanceof AppError));
	if (bug) throw bug;
	if (problems.length > 0) {
		log.warn('mails', { team: scope.teamId, kind, subject, unsent: problems.length });
		throw problems[0]; // the job asks again, and those who have theirs get no other
	}
};

/**
 * Tells each of them by mail, once: who has theirs is not told again, whatever asks. One whose mail is refused holds up none of the
 * others; then it throws, so that it is tried again.
 */
export const tellMembers = async (scope: Scope, telling: Telling): Promise<void> => {
	if (telling.to.length === 0) return;
	const place = await takePlace(`mails:${telling.kind}:${telling.subject}`, 1);
	if (!place) {
		// whoever has it may have been killed: no sweep looks after mails, so they are asked for until it is free
		await scope.tx((tx) => telling.again(tx, { after: new Date(Date.now() + 1000) }));
		return;
	}
	try {
		await tell(scope, telling);
	} finally {
		await place.leave();
	}
};
