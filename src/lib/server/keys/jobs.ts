import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { keyState, warnedDaysBefore } from '../../core/keys/rules.ts';
import { to } from '../../paths.ts';
import { within } from '../access/limits.ts';
import { membersWithAddress, named } from '../access/named.ts';
import { takePlace } from '../access/places.ts';
import type { Scope } from '../access/scope.ts';
import { record } from '../events/record.ts';
import { isQueued } from '../jobs/is-queued.ts';
import { type Requeue, job } from '../jobs/job.ts';
import { enqueue } from '../jobs/queue.ts';
import { config } from '../platform/config.ts';
import { apiKeys, members, teams } from '../platform/db/schema.ts';
import { log } from '../platform/log.ts';
import { keyEndsMail } from '../platform/mail/messages.ts';
import { sendMail } from '../platform/mail/send.ts';

/** The key, its team and the addresses of its owners, while there is a reason to write to them. */
const toWarnOf = (scope: Scope, keyId: string) =>
	scope.look(async (tx) => {
		const [key] = await tx.select().from(apiKeys).where(eq(apiKeys.id, keyId));
		if (!key || key.mailedAt || keyState(key, new Date()) !== 'ending') return null;
		const [team] = await tx.select({ name: teams.name, slug: teams.slug }).from(teams);
		const owners = await tx
			.select({ email: named.email })
			.from(members)
			.innerJoin(membersWithAddress, eq(named.id, members.personId))
			.where(eq(members.role, 'owner'));
		return { key, team: team!, owners };
	});

/**
 * Tells the owners by mail that a key ends soon, and then writes down that it did: only a worker that is killed between these two
 * makes another send it again. One owner whose mail is refused holds up none of the others; if nobody got theirs, it throws.
 */
const mailOwners = async (scope: Scope, keyId: string) => {
	const found = await toWarnOf(scope, keyId);
	if (!found) return;
	// a mail server that refuses them for good is not asked for a week without end
	if (!(await within(`key-warning:${keyId}`, { most: 24, perSeconds: 86_400 }))) return;
	const { key, team, owners } = found;
	const link = config().origin + to.keys(team.slug);
	const { name, hint, expiresAt } = key;
	const mails = owners.map(({ email }) => keyEndsMail({ to: email, team: team.name, name, hint, expiresAt, link }));
	const sent = await Promise.allSettled(mails.map(sendMail));
	const problems = sent.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
	const bug = problems.find((problem) => !(problem instanceof AppError));
	if (bug) throw bug;
	if (problems.length === mails.length) throw problems[0];
	if (problems.length > 0) log.warn('key warning', { team: scope.teamId, key: keyId, unsent: problems.length });
	await scope.tx((tx) => tx.update(apiKeys).set({ mailedAt: new Date() }).where(eq(apiKeys.id, keyId)));
};

/** One worker at a time, also where two have the job; the sweep looks again after one that was killed. */
const warnOwners = async (scope: Scope, keyId: string) => {
	const place = await takePlace(`key-warning:${keyId}`, 1);
	if (!place) return;
	try {
		await mailOwners(scope, keyId);
	} finally {
		await place.leave();
	}
};

export const keyJobs = [
	job('key.warn', { id: 'keyId', atOnce: 1, run: (scope, { keyId }) => warnOwners(scope, keyId) })
];

const endsSoon = and(
	isNull(apiKeys.mailedAt),
	isNull(apiKeys.revokedAt),
	isNull(apiKeys.rolledAt),
	gt(apiKeys.expiresAt, sql`now()`),
	lt(apiKeys.expiresAt, sql`now() + ${`${warnedDaysBefore} days`}::interval`)
);

/** Announces once the end of each key that has a week or less, and sees to it that the owners get their mail. */
export const announceEnds: Requeue = (scope) =>
	scope.tx(async (tx) => {
		const ending = await tx.select().from(apiKeys).where(endsSoon).for('update', { skipLocked: true });
		for (const { id, name, hint, expiresAt, warnedAt } of ending) {
			if (!warnedAt) {
				await tx.update(apiKeys).set({ warnedAt: new Date() }).where(eq(apiKeys.id, id));
				const details = { name, hint, expiresAt: expiresAt.toISOString() };
				await record(tx, scope, { event: 'key.expiring', subject: id, details });
			}
			if (!(await isQueued(tx, 'key.warn', id))) await enqueue(tx, 'key.warn', { keyId: id });
		}
	});
