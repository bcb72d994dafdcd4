// Whoever rates for the second time is not looked up before (access/sessions.ts: returningSession): what has become of them, and of the
// address, counts at once all the same.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inProject } from '../../src/lib/server/access/scope.ts';
import { addExamples } from '../support/data/evaluation.ts';
import { newSession } from '../support/data/session.ts';
import { type StartedApp, startApp } from '../support/app/started-app.ts';
import { newProject, newTeam } from '../support/data/team.ts';

let app: StartedApp;
beforeAll(async () => {
	app = await startApp();
});
afterAll(() => app.close());

/** Somebody who has rated once, so that they are remembered. */
const start = async () => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const [exampleId] = await addExamples(team.scope, project.id, ['One?'], { split: null });
	const { userId } = await team.as('rater');
	const session = await newSession(app.owner, userId!);
	let given = 1;
	const rate = async (to: { team?: string; project?: string; person?: string; exampleId?: string } = {}) => {
		const address = `${app.origin}/${to.team ?? team.slug}/${to.project ?? project.slug}/rate/ratings`;
		const answer = await fetch(address, {
			method: 'POST',
			headers: {
				cookie: `session=${session}`,
				origin: app.origin,
				'content-type': 'application/json',
				accept: 'application/json',
				...(to.person && { 'x-person': to.person })
			},
			body: JSON.stringify({ exampleId: to.exampleId ?? exampleId, score: ++given, text: '', clientId: randomUUID() })
		});
		const body = (await answer.json()) as { score?: number; error?: { code: string } };
		return [answer.status, body.error?.code ?? body.score];
	};
	expect(await rate()).toEqual([200, 2]);
	return { ...team, project, userId: userId!, exampleId: exampleId!, rate, sql: app.owner };
};
type Place = Awaited<ReturnType<typeof start>>;

test('who is remembered rates, and what they gave is theirs', async () => {
	const { rate, sql, exampleId, userId } = await start();
	expect(await rate()).toEqual([200, 3]);
	expect(await sql`select score, person_id from ratings where example_id = ${exampleId} order by seq`).toEqual([
		{ score: 2, person_id: userId },
		{ score: 3, person_id: userId }
	]);
	expect(await rate({ person: randomUUID() })).toEqual([401, 'signed_out']);
	expect(await rate({ person: userId })).toEqual([200, 5]);
});

const ends: Record<string, [(place: Place) => Promise<unknown>, number, string]> = {
	'is signed out': [({ sql, userId }) => sql`delete from sessions where person_id = ${userId}`, 401, 'signed_out'],
	'has a session that is over': [
		({ sql, userId }) => sql`update sessions set expires_at = now() where person_id = ${userId}`,
		401,
		'signed_out'
	],
	'is removed': [
		({ sql, userId, teamId }) => sql`delete from members where team_id = ${teamId} and person_id = ${userId}`,
		404,
		'not_found'
	],
	'may see other projects only': [
		async ({ sql, userId, teamId, scope }) => {
			const { project } = await newProject(scope, { slug: 'other' });
			await sql`update members set project_ids = ${[project.id]} where team_id = ${teamId} and person_id = ${userId}`;
		},
		404,
		'not_found'
	],
	'rates in a project that is deleted': [
		({ sql, project }) => sql`update projects set deleted_at = now() where id = ${project.id}`,
		404,
		'not_found'
	],
	'rates in a project that has another address': [
		({ sql, project }) => sql`update projects set slug = 'elsewhere' where id = ${project.id}`,
		404,
		'not_found'
	],
	'rates in a team that has another address': [
		({ sql, teamId, slug }) => sql`update teams set slug = ${`${slug}-2`} where id = ${teamId}`,
		404,
		'not_found'
	],
	'rates in a team that is deleted': [
		({ sql, teamId }) => sql`update teams set deleted_at = now() where id = ${teamId}`,
		404,
		'not_found'
	]
};

describe.each(Object.entries(ends))('who meanwhile %s', (_, [become, status, code]) => {
	test('rates nothing, and is told why', async () => {
		const place = await start();
		await become(place);
		expect(await place.rate()).toEqual([status, code]);
		expect(await place.rate()).toEqual([status, code]);
		const [kept] = await place.sql`select count(*)::int as n from ratings where example_id = ${place.exampleId}`;
		expect(kept!.n).toBe(1);
	});
});

test('who has another role by now rates with that one, the first time too', async () => {
	const { rate, sql, userId, teamId } = await start();
	await sql`update members set role = 'trainer' where team_id = ${teamId} and person_id = ${userId}`;
	expect(await rate()).toEqual([200, 3]);
	expect(await rate()).toEqual([200, 4]);
});

test('of another project at the same address only its own examples are rated', async () => {
	const { rate, sql, project, scope, exampleId } = await start();
	await sql`update projects set slug = 'elsewhere' where id = ${project.id}`;
	const { project: other } = await newProject(scope, { slug: project.slug });
	const [theirs] = await addExamples(await inProject(scope, other.slug), other.id, ['Two?'], { split: null });
	expect(await rate()).toEqual([404, 'not_found']);
	expect(await rate({ exampleId: theirs! })).toEqual([200, 4]);
	expect(await rate({ project: 'elsewhere', exampleId })).toEqual([200, 5]);
});
