import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import { InviteGuests, ListGuestLinks, RestoreGuestLink, RevokeGuestLink } from '../../contract/guests.ts';
import { AppError } from '../../core/errors.ts';
import type { GuestState } from '../../core/evaluations/guests.ts';
import { within } from '../access/limits.ts';
import { command, query } from '../access/operation.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { record } from '../events/record.ts';
import { randomToken, sha256 } from '../platform/crypto.ts';
import { among } from '../platform/db/among.ts';
import { evaluations, guestLinks, guests, votes } from '../platform/db/schema.ts';
import type { Evaluation } from './evaluation.ts';
import { comparisonOf, evaluationOf, sharedOf } from './rows.ts';

const dayMs = 86_400_000;
/** Nobody looks through more. */
const mostLinks = 100;

const idsOf = (some: readonly Evaluation[]) => some.map(({ id }) => id);

/** Makes a link and shows its token this once. Of a three-way it is one of all three: guests are dealt from them as members are. */
export const inviteGuests = command(
	InviteGuests,
	async (scope, { evaluationId, title, instructions, pairs, guests: mostGuests, days }) => {
		if (!(await within(`guest-links:${scope.teamId}`, { most: 100, perSeconds: 3600 })))
			throw new AppError(
				'rate_limited',
				'This team has made a hundred links within the hour. Wait a while, then go on.'
			);
		const token = randomToken();
		return scope.tx(async (tx) => {
			const shared = await sharedOf(tx, await comparisonOf(tx, scope.project.id, evaluationId));
			const { id, projectId, number, status, revealedAt, planned } = shared[0]!;
			if (status !== 'voting')
				throw new AppError('conflict', 'The answers are not written yet. Invite guests when the vote is open.');
			if (revealedAt !== null) throw new AppError('conflict', 'The results are known, so no more votes are taken.');
			if ((await tx.$count(guestLinks, among(guestLinks.evaluationId, idsOf(shared)))) >= mostLinks)
				throw new AppError('conflict', 'This comparison has a hundred links. Use one that is there.');
			const expiresAt = new Date(Date.now() + days * dayMs);
			const [made] = await tx
				.insert(guestLinks)
				.values({
					...{ projectId, evaluationId: id, hash: sha256(token), title, instructions },
					...{ pairs: Math.min(pairs, shared.length * planned), mostGuests, createdBy: scope.userId, expiresAt }
				})
				.returning({ id: guestLinks.id, pairs: guestLinks.pairs });
			await record(tx, scope, {
				event: 'guests.invited',
				subject: id,
				projectId,
				details: { number, title, pairs: made!.pairs, guests: mostGuests, expiresAt: expiresAt.toISOString() }
			});
			return { id: made!.id, token, expiresAt };
		});
	}
);

type Row = typeof guestLinks.$inferSelect;

const stateOf = (link: Row, used: number, isRevealed: boolean, now: Date): GuestState => {
	if (isRevealed) return 'closed';
	if (link.revokedAt !== null) return 'revoked';
	if (link.expiresAt <= now) return 'expired';
	return used >= link.mostGuests ? 'full' : 'open';
};

/** The links of a comparison, or of the three of a three-way, the newest first, each with how many have used it. */
export const listGuestLinks = query(ListGuestLinks, (scope, { evaluationId }) =>
	scope.tx(async (tx) => {
		const shared = await sharedOf(tx, await evaluationOf(tx, scope.project.id, evaluationId));
		const [ids, { revealedAt }] = [idsOf(shared), shared[0]!];
		const links = await tx
			.select()
			.from(guestLinks)
			.where(among(guestLinks.evaluationId, ids))
			.orderBy(desc(guestLinks.createdAt), desc(guestLinks.id));
		if (links.length === 0) return [];
		const said = tx
			.selectDistinctOn([votes.ballotId], { personId: votes.personId, choice: votes.choice })
			.from(votes)
			.where(and(among(votes.evaluationId, ids), eq(votes.voter, 'guest')))
			.orderBy(votes.ballotId, desc(votes.seq))
			.as('said');
		const counts = await tx
			.select({
				linkId: guests.linkId,
				used: sql<number>`count(distinct ${guests.id})::int`,
				votes: sql<number>`count(${said.choice})::int`
			})
			.from(guests)
			.leftJoin(said, eq(said.personId, guests.id))
			.where(among(guests.evaluationId, ids))
			.groupBy(guests.linkId);
		const now = new Date();
		return links.map((link) => {
			const { used = 0, votes: given = 0 } = counts.find(({ linkId }) => linkId === link.id) ?? {};
			const { title, instructions, pairs, mostGuests, createdAt, expiresAt } = link;
			const state = stateOf(link, used, revealedAt !== null, now);
			return {
				id: link.id,
				title,
				instructions,
				pairs,
				guests: mostGuests,
				used,
				votes: given,
				state,
				createdAt,
				expiresAt
			};
		});
	})
);

/** A step: the link of this comparison, locked, with the number of its comparison. Throws *not found*. */
const linkOf = async (tx: Tx, scope: ProjectScope, of: { evaluationId: string; linkId: string }) => {
	const shared = await sharedOf(tx, await comparisonOf(tx, scope.project.id, of.evaluationId));
	const is = and(eq(guestLinks.id, of.linkId), among(guestLinks.evaluationId, idsOf(shared)));
	const [link] = await tx.select().from(guestLinks).where(is).for('no key update');
	if (!link) throw new AppError('not_found', 'There is no such link, or it is not yours to see.');
	const [evaluation] = await tx
		.select({ number: evaluations.number })
		.from(evaluations)
		.where(eq(evaluations.id, link.evaluationId));
	return { ...link, number: evaluation!.number };
};

/** Ends a link at once; what was voted stays. Again changes nothing. */
export const revokeGuestLink = command(RevokeGuestLink, (scope, input) =>
	scope.tx(async (tx) => {
		const { id, evaluationId, projectId, number, title, revokedAt } = await linkOf(tx, scope, input);
		if (revokedAt !== null) return null;
		await tx
			.update(guestLinks)
			.set({ revokedAt: sql`now()` })
			.where(and(eq(guestLinks.id, id), isNull(guestLinks.revokedAt)));
		await record(tx, scope, { event: 'guests.revoked', subject: evaluationId, projectId, details: { number, title } });
		return null;
	})
);

/** Takes that back. */
export const restoreGuestLink = command(RestoreGuestLink, (scope, input) =>
	scope.tx(async (tx) => {
		const { id, evaluationId, projectId, number, title, revokedAt } = await linkOf(tx, scope, input);
		if (revokedAt === null) return null;
		await tx.update(guestLinks).set({ revokedAt: null }).where(eq(guestLinks.id, id));
		await record(tx, scope, { event: 'guests.restored', subject: evaluationId, projectId, details: { number, title } });
		return null;
	})
);
