import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '../../../src/lib/core/permissions.ts';
import { type ProjectScope, inProject, scopeFor } from '../../../src/lib/server/access/scope.ts';
import { getDashboard } from '../../../src/lib/server/activity/queries.ts';
import { listModels } from '../../../src/lib/server/connections/models.ts';
import { listConnections, listProviders } from '../../../src/lib/server/connections/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import {
	getFrame,
	getProject,
	getSettings,
	listProjectCounts,
	listProjects,
	prepareProject
} from '../../../src/lib/server/project/queries.ts';
import { getCard, nextCards, recentRatings } from '../../../src/lib/server/ratings/queries.ts';
import { leaveTeam } from '../../../src/lib/server/team/commands.ts';
import { listMembers } from '../../../src/lib/server/team/queries.ts';
import { oneOfEach } from '../../support/data/one-of-each.ts';
import { newPerson, newTeam } from '../../support/data/team.ts';

// A role that nobody has given any right, as a new one would be before its line in the table of permissions is written.
const guest = 'guest' as Role;

const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
afterAll(async () => {
	await owner.end();
	await closePools();
});

let as: ProjectScope;
let ids: Record<string, string>;
beforeAll(async () => {
	const team = await newTeam();
	const made = await oneOfEach({ ...team.scope, userId: team.owner.id }, (await newPerson('Extra')).id);
	ids = made.ids;
	const { project } = await inProject(team.scope, 'one');
	const scope = scopeFor({
		teamId: team.teamId,
		userId: (await newPerson('Gus')).id,
		role: guest,
		projectIds: 'all'
	});
	as = { ...scope, project };
});

test('may ask nothing', async () => {
	const connectionId = ids.connections!;
	for (const ask of [
		() => listMembers(as),
		() => leaveTeam(as),
		() => listConnections(as),
		() => listProviders(as),
		() => listModels(as, { connectionId }),
		() => listProjects(as),
		() => listProjectCounts(as),
		() => getFrame(as, { projectId: as.project.id }),
		() => prepareProject(as),
		() => getProject(as),
		() => getSettings(as),
		() => getDashboard(as),
		() => nextCards(as, { filter: 'all', sort: 'newest', seed: 1, seen: [] }),
		() => getCard(as, { id: ids.examples! }),
		() => recentRatings(as)
	]) {
		await expect(ask(), String(ask)).rejects.toMatchObject({ code: 'forbidden', message: /^This role cannot/ });
	}
});

test('sees no row of any team table, and its team has rows in all of them', async () => {
	const tables = await owner`
		select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
		where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and a.attname = 'team_id' and not a.attisdropped`;
	expect(tables.length).toBeGreaterThan(15);
	for (const { name } of tables) {
		const there = await owner`select from ${owner(name)} where team_id = ${as.teamId}`;
		expect(there.length, name).toBeGreaterThan(0);
		expect(await as.tx((tx) => tx.$client`select from ${tx.$client(name)}`), name).toHaveLength(0);
	}
	expect(await as.tx((tx) => tx.$client`select from teams`)).toHaveLength(0);
});
