import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import type { Scope } from '../../../src/lib/server/access/scope.ts';
import { stopHub, subscribe } from '../../../src/lib/server/events/hub.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { raw } from '../../support/raw.ts';
import { newProject, newTeam } from '../../support/team.ts';

afterAll(async () => {
	stopHub();
	await closePools();
});

test('pages of one role hear of the projects they may see, whoever was there first', async () => {
	const team = await newTeam();
	const projects = [
		(await newProject(team.scope, { slug: 'one' })).project.id,
		(await newProject(team.scope, { slug: 'two' })).project.id
	];
	const listen = async (scope: Scope) => {
		const heard: string[] = [];
		return { heard, stop: await subscribe(scope, null, ({ topic }) => heard.push(topic)) };
	};
	const limited = [
		await listen(await team.as('rater', [projects[0]!])),
		await listen(await team.as('rater', [projects[1]!]))
	];
	const everywhere = await listen(await team.as('rater'));
	await raw(
		team.scope,
		(sql) => sql`insert into outbox ${sql(projects.map((id) => ({ project_id: id, topic: `project:${id}` })))}`
	);
	await plainPool()`select pg_notify('aitelier', ${team.teamId})`;
	while ([...limited, everywhere].some(({ heard }) => heard.length === 0)) await sleep(5);
	expect(limited.map(({ heard }) => heard)).toEqual(projects.map((id) => [`project:${id}`]));
	expect(everywhere.heard.sort()).toEqual(projects.map((id) => `project:${id}`).sort());
	for (const { stop } of [...limited, everywhere]) stop();
});
