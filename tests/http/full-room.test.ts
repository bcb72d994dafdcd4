// A room full of open pages, and a page that opens its stream in a loop.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { to } from '../../src/lib/paths.ts';
import { inProject } from '../../src/lib/server/access/scope.ts';
import { importSample } from '../../src/lib/server/examples/commands.ts';
import { rateExample } from '../../src/lib/server/ratings/commands.ts';
import { readEvents } from '../support/servers/event-reader.ts';
import { newSession } from '../support/data/session.ts';
import { type StartedApp, startApp } from '../support/app/started-app.ts';
import { newProject, newTeam } from '../support/data/team.ts';

let app: StartedApp;
beforeAll(async () => {
	app = await startApp();
});
afterAll(() => app.close());

test('a burst of ratings reaches a thousand open pages of one team, and pages are answered meanwhile', async () => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const here = await inProject(team.scope, project.slug);
	await importSample(here, { sample: 'customer-support' });
	const rows = await app.owner`select id from examples where project_id = ${project.id} order by number limit 40`;
	const rater = await inProject(await team.as('rater'), project.slug);
	const sessions = await Promise.all(Array.from({ length: 20 }, () => newSession(app.owner, team.owner.id)));
	const streams: Awaited<ReturnType<typeof readEvents>>[] = [];
	for (let opened = 0; opened < 1_000; opened += 50) {
		const some = Array.from({ length: 50 }, (_, n) =>
			readEvents(app.origin + to.events(team.slug), sessions[(opened + n) % 20]!)
		);
		streams.push(...(await Promise.all(some)));
	}
	for (const { id } of rows) await rateExample(rater, { exampleId: id as string, score: 7, clientId: randomUUID() });
	const page = await fetch(app.origin + to.project(team.slug, project.slug), {
		headers: { cookie: `session=${sessions[0]}`, accept: 'text/html' }
	});
	expect(page.status).toBe(200);
	await page.text();
	// the last of what each is told says how many wait for a rating now
	const rated = (stream: (typeof streams)[number]) => stream.messages().at(-1)?.news.unrated?.[project.id];
	const [{ left }] = (await app.owner`
		select count(*)::int as left from examples where project_id = ${project.id} and rating is null`) as unknown as [
		{ left: number }
	];
	const heard = await Promise.all(streams.map((stream) => stream.until(() => rated(stream) === left)));
	expect(heard.filter(Boolean)).toHaveLength(1_000);
	// one message for many ratings: nobody is told forty times
	expect(Math.max(...streams.map((stream) => stream.messages().length))).toBeLessThan(40);
	await Promise.all(streams.map((stream) => stream.leave()));
});

test('a page that opens its stream in a loop is told to wait, in a sentence, before anything is looked up', async () => {
	const team = await newTeam();
	const [looping, other] = [await newSession(app.owner, team.owner.id), await newSession(app.owner, team.owner.id)];
	const open = async (session: string, method = 'GET') => {
		const stop = new AbortController();
		const answer = await fetch(app.origin + to.events(team.slug), {
			method,
			headers: { cookie: `session=${session}` },
			signal: stop.signal
		});
		const text = answer.status === 200 ? '' : await answer.text();
		stop.abort();
		return {
			status: answer.status,
			wait: answer.headers.get('retry-after'),
			text,
			id: answer.headers.get('x-request-id')
		};
	};
	const answers: Awaited<ReturnType<typeof open>>[] = [];
	// a slow machine fills the bucket again meanwhile
	while (!answers.some(({ status }) => status === 429) && answers.length < 5_000)
		answers.push(...(await Promise.all(Array.from({ length: 40 }, () => open(looping)))));
	const refused = answers.find(({ status }) => status === 429)!;
	expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(120);
	expect(refused.wait).toBe('1');
	expect(JSON.parse(refused.text).error).toMatchObject({
		code: 'rate_limited',
		message: expect.stringContaining('has to wait a moment'),
		request_id: refused.id
	});
	expect((await open(other)).status).toBe(200);
	expect((await open(looping, 'HEAD')).status).toBe(200);
	// what is no session at all is held back without being looked for
	await app.owner`delete from sessions where person_id = ${team.owner.id}`;
	const gone = await Promise.all(Array.from({ length: 100 }, () => open(looping)));
	expect(new Set(gone.map(({ status }) => status))).toContain(429);
});
