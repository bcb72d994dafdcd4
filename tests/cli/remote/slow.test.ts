import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ait, originalLine, originalProject } from '../../support/app/cli.ts';
import { newToken } from '../../support/browser/device.ts';
import { slowLine } from '../../support/servers/slow-line.ts';
import { type StartedApp, startApp } from '../../support/app/started-app.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

// Node ends a request that has not arrived after five minutes. Here it has two seconds, and the file takes four.

let app: StartedApp;
beforeAll(async () => {
	const hurried = pathToFileURL(path.resolve('tests/support/app/hurried.mjs')).href;
	app = await startApp({ NODE_OPTIONS: `--import ${hurried}` });
});
afterAll(() => app.close());

test('ait push over a slow line takes as long as it takes', async () => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const { userId } = await team.as('trainer');
	const { token } = await newToken(userId, team.teamId);
	const lines = Array.from({ length: 80 }, (_, at) => originalLine(at + 1));
	const folder = originalProject(lines);
	const origin = await slowLine(app.origin, { pieceBytes: 1_000, everyMs: 150 });
	const env = { AITELIER_URL: origin, AITELIER_API_KEY: token };
	expect(await ait(folder, 'link support', { env })).toMatchObject({ code: 0 });
	expect(await ait(folder, 'push', { env })).toMatchObject({
		code: 0,
		err: '',
		out: expect.stringContaining('80 new')
	});
	const [row] = await app.owner`select count(*)::int from examples where project_id = ${project.id}`;
	expect(row!.count).toBe(80);
});
