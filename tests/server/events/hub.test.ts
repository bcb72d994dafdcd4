import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import type { News } from '../../../src/lib/contract/live.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { tellUnrated } from '../../../src/lib/server/events/unrated.ts';
import { rateExample } from '../../../src/lib/server/ratings/commands.ts';
import { addExample } from '../../../src/lib/server/examples/commands.ts';
import { stopHub, subscribe } from '../../../src/lib/server/events/hub.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { owner } from '../../support/database/owner.ts';
import { raw } from '../../support/database/raw.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

const plainOwner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
afterAll(async () => {
	await plainOwner.end({ timeout: 1 });
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
		return { heard, stop: await subscribe(scope, {}, ({ news }) => heard.push(...news.topics)) };
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

test('what is committed late, behind hundreds of later ones, is heard', async () => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const heard: string[] = [];
	const stop = await subscribe(team.scope, {}, ({ news }) => heard.push(...news.topics));
	const write = (sql: postgres.ISql, topic: string) =>
		sql`insert into outbox (team_id, project_id, topic) values (${team.teamId}, ${project.id}, ${topic})`;
	const until = async (topic: string) => {
		while (!heard.includes(topic)) await sleep(5);
	};
	const late = await owner.reserve();
	await late`begin`;
	await write(late, 'run:early');
	for (let i = 0; i < 700; i++) await write(plainOwner, i === 699 ? 'run:last' : 'run:between');
	await plainPool()`select pg_notify('aitelier', ${team.teamId})`;
	await until('run:last');
	expect(heard).not.toContain('run:early');
	await late`commit`;
	await plainPool()`select pg_notify('aitelier', ${team.teamId})`;
	await until('run:early');
	late.release();
	stop();
});

/** A page that keeps what it is told. */
const pageOf = async (scope: Scope, from: Parameters<typeof subscribe>[1] = {}) => {
	const told: { place: string; news: News }[] = [];
	const stop = await subscribe(scope, from, (message) => told.push(message));
	return {
		told,
		stop,
		/** Waits for the next message. */
		next: async () => {
			while (told.length === 0) await sleep(5);
			return told.shift()!;
		}
	};
};
const tell = (team: { teamId: string }) => plainPool()`select pg_notify('aitelier', ${team.teamId})`;

test('many changes of one thing are one message, with the place up to which it tells', async () => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const topic = `project:${project.id}`;
	const row = { team_id: team.teamId, project_id: project.id };
	const page = await pageOf(team.scope);
	await plainOwner`insert into outbox ${plainOwner(Array.from({ length: 40 }, (_, i) => ({ ...row, topic: i % 2 ? topic : 'run:a' })))}`;
	await tell(team);
	const { news, place } = await page.next();
	expect({ ...news, topics: news.topics.toSorted() }).toEqual({ topics: [topic, 'run:a'], own: [] });
	page.stop();

	await plainOwner`insert into outbox ${plainOwner({ ...row, topic: 'run:b' })}`;
	const back = await pageOf(team.scope, { since: place });
	expect((await back.next()).news).toEqual({ topics: ['run:b'], own: [] });
	back.stop();
});

test('a window hears of its own deeds apart, the other windows of the person like everybody', async () => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const [here, there] = [randomUUID(), randomUUID()];
	const [own, other, untold] = [
		await pageOf(team.scope, { tab: here }),
		await pageOf(team.scope, { tab: there }),
		await pageOf(team.scope)
	];
	const row = { team_id: team.teamId, project_id: project.id };
	await plainOwner`insert into outbox ${plainOwner([
		{ ...row, topic: 'run:mine', tab: here },
		{ ...row, topic: 'run:both', tab: here },
		{ ...row, topic: 'run:both', tab: there }
	])}`;
	await tell(team);
	const sorted = async (page: typeof own) => {
		const { topics, own } = (await page.next()).news;
		return { topics: topics.toSorted(), own };
	};
	expect(await sorted(own)).toEqual({ topics: ['run:both'], own: ['run:mine'] });
	expect(await sorted(other)).toEqual({ topics: ['run:both', 'run:mine'], own: [] });
	expect(await sorted(untold)).toEqual({ topics: ['run:both', 'run:mine'], own: [] });
	for (const page of [own, other, untold]) page.stop();
});

test('whoever comes from a place that says nothing here is told to look at everything', async () => {
	const team = await newTeam();
	for (const since of ['812', '9:1:', '900000000000000:900000000000001:', "1:1:'", '']) {
		const page = await pageOf(team.scope, { since });
		expect((await page.next()).news, since).toEqual({ topics: ['everything'], own: [] });
		page.stop();
	}
});

test('after a crash of the database, which takes the outbox along, every page is told to look at everything', async () => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const write = (topic: string) =>
		plainOwner`insert into outbox (team_id, project_id, topic) values (${team.teamId}, ${project.id}, ${topic})`;
	const everything = { topics: ['everything'], own: [] };
	const page = await pageOf(team.scope);
	await write('run:heard');
	await tell(team);
	const { place } = await page.next();
	await write('run:lost');
	await plainOwner`truncate outbox, parts.outbox_begun`;
	await tell(team); // the connection that hears is new, and looks at once
	const after = await page.next();
	expect(after.news).toEqual(everything);
	const back = await pageOf(team.scope, { since: place });
	expect((await back.next()).news).toEqual(everything);
	// who wrote down since when may be told once more; then news are news again
	const next = async () => {
		await write('run:later');
		await tell(team);
		return (await back.next()).news;
	};
	const news = [await next(), await next()];
	expect(news.at(-1)).toEqual({ topics: ['run:later'], own: [] });
	for (const each of [page, back]) each.stop();
});

test('which teams have news is one question, of a place and of many teams', async () => {
	const [loud, quiet] = [await newTeam(), await newTeam()];
	const { project } = await newProject(loud.scope);
	const ask = async (place: string | null) => {
		const teams = [loud.teamId, quiet.teamId];
		const [row] = await plainPool()`select upto, changed from teams_with_news(${teams}::uuid[], ${place})`;
		return row as unknown as { upto: string; changed: string[] };
	};
	const before = await ask(null);
	expect(before.changed).toEqual([]);
	await plainOwner`insert into outbox (team_id, project_id, topic) values (${loud.teamId}, ${project.id}, 'run:a')`;
	const after = await ask(before.upto);
	expect(after.changed).toEqual([loud.teamId]);
	expect((await ask(after.upto)).changed).toEqual([]);
	// while somebody has not ended, what was heard behind them is no news, and what they did is once they have
	const write = (sql: postgres.ISql, topic: string) =>
		sql`insert into outbox (team_id, project_id, topic) values (${loud.teamId}, ${project.id}, ${topic})`;
	const other = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
	let heard = after;
	await other.begin(async (sql) => {
		await write(sql, 'run:slow');
		await write(plainOwner, 'run:quick');
		heard = await ask(after.upto);
		expect(heard.changed).toEqual([loud.teamId]);
		expect((await ask(heard.upto)).changed).toEqual([]);
	});
	await other.end();
	expect((await ask(heard.upto)).changed).toEqual([loud.teamId]);
});

test('who sees all scores is told with the news how many examples wait, who does not is told nothing of it', async () => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const scope = await inProject(team.scope, project.slug);
	const added = [];
	for (const content of ['One?', 'Two?', 'Three?']) {
		const messages = [
			{ role: 'user' as const, content },
			{ role: 'assistant' as const, content: 'Yes.' }
		];
		added.push(await addExample(scope, { messages, rating: null }));
	}
	const open = (scope: Scope) => pageOf(scope, { unrated: tellUnrated(scope) });
	const [owner, rater] = [await open(team.scope), await open(await team.as('rater'))];
	await rateExample(scope, { exampleId: added[0]!.id, score: 7, clientId: randomUUID() });
	const topics = [`ratings:${project.id}`];
	expect((await owner.next()).news).toEqual({ topics, own: [], unrated: { [project.id]: 2 } });
	expect((await rater.next()).news).toEqual({ topics, own: [] });
	for (const page of [owner, rater]) page.stop();
});
