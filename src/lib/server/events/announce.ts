import { eq, sql } from 'drizzle-orm';
import type { Happening } from '../../contract/events.ts';
import { payloadOf } from '../../core/webhooks/payload.ts';
import type { Tx } from '../access/scope.ts';
import { projects, teams } from '../platform/db/schema.ts';

/** A step: what a payload calls the team and the project. */
export const namesFor = async (tx: Tx, projectId: string | null) => {
	const [team] = await tx.select({ id: teams.id, slug: teams.slug, name: teams.name }).from(teams);
	const [project] = projectId
		? await tx
				.select({ id: projects.id, slug: projects.slug, name: projects.name })
				.from(projects)
				.where(eq(projects.id, projectId))
		: [];
	return { team: team!, project: project ?? null };
};

/**
 * A step: what each of the team's webhooks that wants this event will be sent, and the jobs that send it. Made by the database: whoever
 * brings an event about need not see the webhooks, a rater or somebody with fewer projects.
 */
export const announce = async (tx: Tx, { event, subject, projectId, details }: Happening): Promise<void> => {
	const payload = payloadOf(event, new Date(), { ...(await namesFor(tx, projectId ?? null)), subject, details });
	await tx.execute(sql`select make_deliveries(${event}, ${projectId ?? null}::uuid, ${payload})`);
};
