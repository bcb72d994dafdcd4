import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { to } from '../../paths.ts';
import { membersWithAddress, named } from '../access/named.ts';
import type { Scope } from '../access/scope.ts';
import { isQueued } from '../jobs/is-queued.ts';
import { type Requeue, job } from '../jobs/job.ts';
import { enqueue } from '../jobs/queue.ts';
import { config } from '../platform/config.ts';
import { members, teams, webhookDeliveries, webhookEndpoints } from '../platform/db/schema.ts';
import { log } from '../platform/log.ts';
import { webhookOffMail } from '../platform/mail/messages.ts';
import { sendMail } from '../platform/mail/send.ts';
import { deliver } from './deliver.ts';
import { hostOf } from './rows.ts';

const switchedOff = and(eq(webhookEndpoints.state, 'off'), isNull(webhookEndpoints.mailedAt));

/** The mails that say that a webhook is off; none when it is on again, or everybody was told. */
const mailsFor = (scope: Scope, webhookId: string) =>
	scope.look(async (tx) => {
		const [row] = await tx
			.select()
			.from(webhookEndpoints)
			.where(and(eq(webhookEndpoints.id, webhookId), switchedOff));
		if (!row) return [];
		const [team] = await tx.select({ name: teams.name, slug: teams.slug }).from(teams);
		const owners = await tx
			.select({ email: named.email })
			.from(members)
			.innerJoin(membersWithAddress, eq(named.id, members.personId))
			.where(eq(members.role, 'owner'));
		const about = { team: team!.name, name: row.name, host: hostOf(row.url), reason: row.reason! };
		const link = config().origin + to.webhook(team!.slug, row.id);
		return owners.map(({ email }) => webhookOffMail({ to: email, ...about, link }));
	});

/**
 * Tells the owners, and then writes down that it did: a worker that is killed in between sends the mails again. One owner whose mail
 * is refused holds up none of the others; if nobody got theirs, it is tried again.
 */
const tellOwners = async (scope: Scope, webhookId: string) => {
	const mails = await mailsFor(scope, webhookId);
	if (mails.length === 0) return;
	const sent = await Promise.allSettled(mails.map(sendMail));
	const problems = sent.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
	const bug = problems.find((problem) => !(problem instanceof AppError));
	if (bug || problems.length === mails.length) throw bug ?? problems[0];
	if (problems.length > 0)
		log.warn('webhook mail', { team: scope.teamId, webhook: webhookId, unsent: problems.length });
	await scope.tx((tx) =>
		tx
			.update(webhookEndpoints)
			.set({ mailedAt: new Date() })
			.where(and(eq(webhookEndpoints.id, webhookId), switchedOff))
	);
};

export const webhookJobs = [
	job('delivery.send', {
		id: 'deliveryId',
		atOnce: 8,
		bySystem: true,
		run: (scope, { deliveryId }, signal) => deliver(scope, deliveryId, signal)
	}),
	job('webhook.mail', {
		id: 'webhookId',
		atOnce: 1,
		bySystem: true,
		run: (scope, { webhookId }) => tellOwners(scope, webhookId)
	})
];

const overdue = and(
	eq(webhookDeliveries.state, 'waiting'),
	lt(webhookDeliveries.nextAt, sql`now() - interval '1 minute'`)
);
/** In one look; the sweep comes every minute. */
const mostAtOnce = 500;

/** Gives what is overdue its job back, where it has none, and the mail that nobody has had. */
export const requeueDeliveries: Requeue = (scope) =>
	scope.tx(async (tx) => {
		const waiting = await tx
			.select({ id: webhookDeliveries.id })
			.from(webhookDeliveries)
			.where(overdue)
			.orderBy(webhookDeliveries.nextAt)
			.limit(mostAtOnce);
		for (const { id } of waiting)
			if (!(await isQueued(tx, 'delivery.send', id))) await enqueue(tx, 'delivery.send', { deliveryId: id });
		const untold = await tx.select({ id: webhookEndpoints.id }).from(webhookEndpoints).where(switchedOff);
		for (const { id } of untold)
			if (!(await isQueued(tx, 'webhook.mail', id))) await enqueue(tx, 'webhook.mail', { webhookId: id });
	});
