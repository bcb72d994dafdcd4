// The page of the split while somebody else holds its project, as each part of an import does.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { to } from '../../src/lib/paths.ts';
import { newSession } from '../support/data/session.ts';
import { type StartedApp, startApp } from '../support/app/started-app.ts';
import { newProject, newTeam } from '../support/data/team.ts';
import { addRows } from '../support/data/training.ts';

let app: StartedApp;
beforeAll(async () => {
	app = await startApp();
});
afterAll(() => app.close());

test('what is new can not be compared just now: what is known is shown, and the next look compares it', async () => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const rows = Array.from({ length: 20 }, (_, at) => ({ question: `Where is parcel ${at}?`, split: null }));
	await addRows(team.scope, project.id, rows);
	const session = await newSession(app.owner, team.owner.id);
	const look = async () => {
		const headers = { cookie: `session=${session}`, accept: 'text/html' };
		const address = `${to.split(team.slug, project.slug)}?ratio=0.7&seed=2`;
		const answer = await fetch(app.origin + address, { headers, redirect: 'manual' });
		return { status: answer.status, text: await answer.text() };
	};
	const compared = async () =>
		(await app.owner`select compared from projects where id = ${project.id}`)[0]!.compared as number;
	const held = await app.owner.begin(async (sql) => {
		await sql`select from projects where id = ${project.id} for update`;
		return look();
	});
	expect(held.status).toBe(200);
	expect(held.text).toContain('are being compared');
	expect(await compared()).toBe(0);
	const next = await look();
	expect(next.status).toBe(200);
	expect(next.text).not.toContain('are being compared');
	expect(await compared()).toBe(20);
});
