// A project is removed alone, also where another project, of this team or another, has the ids of what hangs on it. Of the database
// (drizzle/functions/project-ends.sql): purge_project_part.
import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { purgeProjects } from '../../../src/lib/server/platform/purge.ts';
import { checksumOf, checksumOfProject } from '../../support/database/checksum.ts';
import { copyRows } from '../../support/database/copy-rows.ts';
import { oneOfEach } from '../../support/data/one-of-each.ts';
import { owner } from '../../support/database/owner.ts';
import { newPerson, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

/** The tables of projects, without those whose hash nobody else may have. */
const tables = async () =>
	(
		await owner`select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
			where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
				and a.attname = 'project_id' and c.relname not in ('guest_links', 'guests')`
	).map(({ name }) => name as string);

test('what another has by the same ids stays, holds up nothing, and is not named as what the providers keep', async () => {
	const [mine, other] = [await newTeam(), await newTeam()];
	const scope = { ...mine.scope, userId: mine.owner.id };
	const { projectId: gone, ids } = await oneOfEach(scope, (await newPerson()).id);
	const { projectId: stays } = await oneOfEach(scope, (await newPerson()).id, 'two');
	const ofProjects = await tables();
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		await copyRows(sql, mine.teamId, other.teamId, ['connections', 'projects', ...ofProjects]);
		const { teamId } = other;
		// there either project has the trainings and comparisons that here are the other's, and something runs
		const swapped = sql`project_id = case project_id when ${gone} then ${stays}::uuid else ${gone} end`;
		await sql`update runs set ${swapped}, version = version + 10 where team_id = ${teamId}`;
		await sql`update evaluations set ${swapped}, number = number + 10 where team_id = ${teamId}`;
		await sql`update runs set status = 'training', training_file_id = 'theirs', model = 'theirs' where team_id = ${teamId}`;
		// of mine two are over, of which one has come to no model
		await sql`update servings set status = 'stopped' where team_id = ${mine.teamId}`;
		await sql`update runs set training_file_id = 'file', model = 'mine' where id = ${ids.runs!} and team_id = ${mine.teamId}`;
		await sql`insert into runs (team_id, project_id, version, connection_id, base_model, recipe, seed, status, mark, train_count, validation_count, tokens, counted)
			select team_id, project_id, 2, connection_id, base_model, recipe, seed, 'failed', ${randomUUID()}, 1, 1, 1, counted
			from runs where id = ${ids.runs!} and team_id = ${mine.teamId}`;
		await sql`update projects set deleted_at = now() - interval '8 days' where team_id = ${mine.teamId} and id = ${gone}`;
		await sql`select recount_examples()`;
	});
	const before = [await checksumOf(owner, other.teamId), await checksumOfProject(owner, stays)];

	expect(await purgeProjects(100)).toBe(1);
	expect([await checksumOf(owner, other.teamId), await checksumOfProject(owner, stays)]).toEqual(before);
	const [entry] =
		await owner`select details from audit_entries where team_id = ${mine.teamId} and action = 'project.purged'`;
	expect(entry!.details).toEqual({ name: 'One', slug: 'one', files: ['file'], models: ['mine'], running: [] });
});
