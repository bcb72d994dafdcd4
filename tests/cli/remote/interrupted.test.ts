import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ait, linesOf, newFolder, originalLine, originalProject } from '../../support/app/cli.ts';
import { cutOff } from '../../support/app/cut-off.ts';
import { newToken } from '../../support/browser/device.ts';
import { addExamples } from '../../support/data/evaluation.ts';
import { type StartedApp, startApp } from '../../support/app/started-app.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

// Ctrl-C between any two steps of `push` and `pull`: every line here can be read, and the same command again ends where it would have.

let app: StartedApp;
beforeAll(async () => void (app = await startApp()));
beforeEach(() => app.owner`delete from buckets`);
afterAll(() => app.close());

const newPair = async () => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	await addExamples(team.scope, project.id, ['One?', 'Two?'], { split: null, from: 100 });
	const { userId } = await team.as('trainer');
	const { token } = await newToken(userId, team.teamId);
	const folder = originalProject([originalLine(1, { rating: 9 }), originalLine(2, { rating: 8 })]);
	const env = { AITELIER_URL: app.origin, AITELIER_API_KEY: token };
	expect(await ait(folder, 'link support', { env })).toMatchObject({ code: 0 });
	const there = async () =>
		Number((await app.owner`select count(*) from examples where project_id = ${project.id}`)[0]!.count);
	return { folder, env, there };
};

test.each([
	['push', 2, 4],
	['pull', 4, 2]
] as const)(
	'ait %s, cut off anywhere',
	async (command, here, there) => {
		const count = path.join(newFolder(), 'count');
		const first = await newPair();
		expect(await cutOff(first.folder, [command], null, count, first.env)).toMatchObject({ code: 0 });
		const all = Number(fs.readFileSync(count, 'utf8'));
		expect(all).toBeGreaterThan(2);
		for (let at = 1; at <= all; at++) {
			const pair = await newPair();
			const { code, signal } = await cutOff(pair.folder, [command], at, '', pair.env);
			// whoever had nothing left to wait for is done before the signal is heard
			expect(['SIGINT', 130, 0], `at step ${at}`).toContain(signal ?? code);
			for (const line of linesOf(pair.folder)) JSON.parse(line);
			expect((await ait(pair.folder, command, { env: pair.env })).code, `after step ${at}`).toBe(0);
			expect([linesOf(pair.folder).length, await pair.there()], `after step ${at}`).toEqual([here, there]);
		}
	},
	300_000
);
