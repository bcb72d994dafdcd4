// A page and the frame around it share a transaction (access/shared-look.ts), and no fault.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedApp, startApp } from '../support/app/started-app.ts';
import { newSession } from '../support/data/session.ts';
import { newProject, newTeam } from '../support/data/team.ts';

let app: StartedApp;
beforeAll(async () => {
	app = await startApp();
});
afterAll(() => app.close());

test('a page that waits too long for a table is told so inside its frame', async () => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const session = await newSession(app.owner, team.owner.id);
	const headers = { accept: 'text/html', cookie: `session=${session}` };
	const load = async (path: string) => {
		const answer = await fetch(`${app.origin}/${team.slug}/${project.slug}/${path}`, { headers });
		return { status: answer.status, html: await answer.text() };
	};
	const frame = `href="/${team.slug}/${project.slug}/train"`;
	const before = await load('eval/prompts');
	expect(before.status).toBe(200);
	expect(before.html).toContain(frame);
	await app.owner.begin(async (sql) => {
		await sql`lock table prompts in access exclusive mode`;
		const during = await load('eval/prompts');
		expect(during.status).toBe(503);
		expect(during.html).toContain('Try again in a moment');
		expect(during.html).toContain(frame);
	});
	expect((await load('eval/prompts')).status).toBe(200);
});
