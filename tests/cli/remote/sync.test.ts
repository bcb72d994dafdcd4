import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ProjectScope } from '../../../src/lib/server/access/scope.ts';
import { freePort } from '../../../src/lib/server/platform/process.ts';
import { createKey } from '../../../src/lib/server/keys/commands.ts';
import { rateExample, rewriteExample } from '../../../src/lib/server/ratings/commands.ts';
import { deleteExamples } from '../../../src/lib/server/examples/commands.ts';
import { ait, examplesOf, linesOf, newFolder, originalLine, originalProject, rowsOf } from '../../support/app/cli.ts';
import { cuttingProxy } from '../../support/database/cutting-proxy.ts';
import { confirming, newToken } from '../../support/browser/device.ts';
import { type StartedApp, startApp } from '../../support/app/started-app.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

// A folder and a project of the app go together: over the built app, as a person has it.

let app: StartedApp;
beforeAll(async () => void (app = await startApp()));
beforeEach(() => app.owner`delete from buckets`);
afterAll(() => app.close());

/** A project of a team, and a folder that is linked with it as one of its trainers. */
const newPair = async (lines: readonly string[], { origin = app.origin } = {}) => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const trainer = await team.as('trainer');
	const { token } = await newToken(trainer.userId, team.teamId);
	const folder = originalProject(lines);
	const env = { AITELIER_URL: origin, AITELIER_API_KEY: token };
	const run = (line: string | readonly string[], more: Parameters<typeof ait>[2] = {}) =>
		ait(folder, line, { env, ...more });
	expect(await run('link support')).toMatchObject({ code: 0 });
	const scope = { ...trainer, project } as unknown as ProjectScope;
	return { team, project, trainer, folder, run, env, token, scope };
};

/** What stands on the server, by the question. */
const there = async (projectId: string) => {
	const rows = await app.owner`
		select e.id, e.messages, e.rating, e.rewrite, e.split,
			coalesce((select json_agg(json_build_object('person', r.person_id, 'score', r.score) order by r.seq) from ratings r where r.example_id = e.id), '[]') as ratings
		from examples e where e.project_id = ${projectId} and e.deleted_at is null order by e.number`;
	return rows.map(({ id, messages, rating, rewrite, split, ratings }) => ({
		id: id as string,
		question: (messages as { content: string }[])[1]!.content,
		rating: rating === null ? null : Number(rating),
		rewrite: rewrite as string | null,
		split: split as string | null,
		ratings: ratings as { person: string; score: number | null }[]
	}));
};

const edit = (folder: string, at: number, more: Record<string, unknown>) => {
	const lines = linesOf(folder);
	lines[at] = JSON.stringify({ ...(JSON.parse(lines[at]!) as object), ...more });
	fs.writeFileSync(examplesOf(folder), lines.map((line) => `${line}\n`).join(''));
};

test('login shows a code, waits for its person, and keeps the token where only they can read it; logout forgets it', async () => {
	const team = await newTeam();
	const { userId } = await team.as('trainer');
	const folder = newFolder();
	const hears = confirming(userId, team.teamId);
	const { code, err, out } = await ait(folder, `login --server ${app.origin}`, { hears, pollMs: 300 });
	expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining(`${app.origin}/device?code=`) });
	expect(out).toContain(`Logged in at ${app.origin} as Theo, trainer in Team ${team.slug}.`);
	const file = path.join(folder, '.home', '.config', 'aitelier', 'credentials');
	expect((fs.statSync(file).mode & 0o777).toString(8)).toBe('600');
	const { servers } = JSON.parse(fs.readFileSync(file, 'utf8')) as { servers: Record<string, { token: string }> };
	const { token } = servers[app.origin]!;
	expect(token).toMatch(/^ait_pt_/);
	expect(out + err).not.toContain(token);
	// the last login is meant where nobody names a server
	expect((await ait(folder, 'api keys.me')).json()).toMatchObject({ team: { slug: team.slug }, key: null });
	expect(await ait(folder, 'logout')).toMatchObject({ code: 0, out: expect.stringContaining('/account') });
	expect(fs.readFileSync(file, 'utf8')).not.toContain(token);
	expect(await ait(folder, `api keys.me --server ${app.origin}`)).toMatchObject({
		code: 1,
		err: expect.stringContaining(`Try: ait login --server ${app.origin}`)
	});
});

test('login by a key reads it from a pipe, and a key that does not work is not kept', async () => {
	const team = await newTeam();
	const asOwner = { ...team.scope, userId: team.owner.id };
	const { key } = await createKey(asOwner, { name: 'Nightly', role: 'trainer', projectIds: null, days: 90 });
	const folder = newFolder();
	const login = `login --key --server ${app.origin}`;
	expect(await ait(folder, login, { pipe: `${key}x\n` })).toMatchObject({ code: 1 });
	expect(fs.existsSync(path.join(folder, '.home'))).toBe(false);
	expect(await ait(folder, `${login} --json`, { pipe: `${key}\n` })).toMatchObject({ code: 0 });
	expect((await ait(folder, 'api keys.me')).json()).toMatchObject({ key: { name: 'Nightly' } });
});

test('link takes the only project, names those there are, and leaves the settings of the original alone', async () => {
	const { team, folder, run } = await newPair([originalLine(1)]);
	const before = fs.readFileSync(path.join(folder, '.aitelier.json'), 'utf8');
	await newProject(team.scope, { slug: 'other' });
	expect(await run('link')).toMatchObject({ code: 2, err: expect.stringContaining('support') });
	expect(await run('link suport')).toMatchObject({ code: 1, err: expect.stringContaining('Try: ait link support') });
	expect((await run('link other --json')).json()).toMatchObject({ project: { slug: 'other' }, role: 'trainer' });
	expect(fs.readFileSync(path.join(folder, '.aitelier.json'), 'utf8')).toBe(before);
	expect((await run('open')).out).toBe(`${app.origin}/${team.slug}/other\n`);
	expect((await run('open rate --json')).json()).toEqual({
		address: `${app.origin}/${team.slug}/other/rate`,
		opened: false
	});
	expect(await run('open rat')).toMatchObject({ code: 2, err: expect.stringContaining('ait open rate') });
});

test('push sends examples with ratings and rewrites as the person’s, and a second push sends nothing', async () => {
	const { project, trainer, run, folder } = await newPair([
		originalLine(1, { rating: 9, split: 'train' }),
		originalLine(2),
		originalLine(3, { rating: 8, originalOutput: 'The model said so.' }),
		'{"input":"Plain?","output":"Yes.","note":"kept"}'
	]);
	const before = fs.readFileSync(examplesOf(folder), 'utf8');
	expect((await run('push --dry-run --json')).json()).toMatchObject({ sent: 4, dryRun: true });
	expect(await there(project.id)).toEqual([]);
	const first = await run('push --json');
	expect(first.json()).toMatchObject({ sent: 4, known: 0, refused: 0, conflicts: [] });
	const rows = await there(project.id);
	expect(rows).toMatchObject([
		{ rating: 9, split: 'train', ratings: [{ person: trainer.userId, score: 9 }] },
		{ rating: null },
		{ rating: 8, rewrite: 'Answer 3.', ratings: [{ person: trainer.userId, score: 8 }] },
		{ rating: null }
	]);
	expect(fs.readFileSync(examplesOf(folder), 'utf8')).toBe(before);
	const nothing = { sent: 0, known: 0, ratings: 0, rewrites: 0, undone: 0, conflicts: [] };
	expect((await run('push --json')).json()).toMatchObject(nothing);
	expect((await run('pull --json')).json()).toMatchObject({ added: 0, ratings: 0, rewrites: 0, conflicts: [] });
	expect((await run('push --json')).json()).toMatchObject(nothing);
	expect(await there(project.id)).toEqual(rows);
});

test('by a key they count as a script’s, and a pull takes none of them away here', async () => {
	const { team, project, folder } = await newPair([originalLine(1, { rating: 9 })]);
	const asOwner = { ...team.scope, userId: team.owner.id };
	const { key } = await createKey(asOwner, { name: 'Nightly', role: 'trainer', projectIds: null, days: 90 });
	const env = { AITELIER_URL: app.origin, AITELIER_API_KEY: key };
	expect((await ait(folder, 'push --json', { env })).json()).toMatchObject({ sent: 1 });
	expect(await there(project.id)).toMatchObject([{ rating: null, ratings: [{ score: 9 }] }]);
	expect((await ait(folder, 'pull --json', { env })).json()).toMatchObject({ added: 0, ratings: 0, unsent: 0 });
	expect((await ait(folder, 'push --json', { env })).json()).toMatchObject({ sent: 0, ratings: 0 });
	expect(rowsOf(folder)).toMatchObject([{ rating: 9 }]);
});

test('what is decided offline in the terminal arrives as that person’s, beside what others gave', async () => {
	const { project, trainer, team, run } = await newPair([
		originalLine(1),
		originalLine(2),
		originalLine(3, { rating: 4 })
	]);
	await run('push');
	const other = { ...(await team.as('trainer')), project } as unknown as ProjectScope;
	const [one] = await there(project.id);
	await rateExample(other, { exampleId: one!.id, score: 7, clientId: randomUUID() });
	await run('rate 1 --score 9');
	await run('rate 2 --score 10');
	await run('rate 3 --score 5');
	expect((await run('push --json')).json()).toMatchObject({ sent: 0, ratings: 3, conflicts: [] });
	expect(await there(project.id)).toMatchObject([
		{ rating: 8, ratings: [{ score: 7 }, { person: trainer.userId, score: 9 }] },
		{ rating: 10, ratings: [{ person: trainer.userId, score: 10 }] },
		{ rating: 5 }
	]);
	// the file follows what the project has come to, and that is sent by nobody
	expect((await run('pull --json')).json()).toMatchObject({ ratings: 1 });
	expect((await run('push --json')).json()).toMatchObject({ ratings: 0 });
});

test('pull brings others’ examples, ratings and rewrites, and of sides those that do not leak', async () => {
	const { project, run, folder, team } = await newPair([originalLine(1), originalLine(2, { rating: 6 })]);
	await run('push');
	const other = await team.as('trainer');
	const theirs = originalProject([
		originalLine(1, { rating: 8, split: 'train' }),
		originalLine(70, { rating: 9, split: 'val', ticket: 'A-7' })
	]);
	const { token } = await newToken(other.userId, team.teamId);
	const env = { AITELIER_URL: app.origin, AITELIER_API_KEY: token };
	await ait(theirs, 'link support', { env });
	expect(await ait(theirs, 'push', { env })).toMatchObject({ code: 0 });
	const [, two] = await there(project.id);
	const scope = { ...other, project } as unknown as ProjectScope;
	await rewriteExample(scope, { exampleId: two!.id, output: 'Better.', score: 9, clientId: randomUUID() });

	const lines = linesOf(folder);
	expect((await run('pull --dry-run --json')).json()).toMatchObject({
		added: 1,
		ratings: 2,
		rewrites: 1,
		dryRun: true
	});
	expect(linesOf(folder)).toEqual(lines);
	expect((await run('pull --json')).json()).toMatchObject({ added: 1, ratings: 2, rewrites: 1, conflicts: [] });
	const rows = rowsOf(folder);
	expect(rows).toMatchObject([
		{ id: 1, rating: 8 },
		{ id: 2, rating: 9, originalOutput: 'Answer 2.', messages: [{}, {}, { content: 'Better.' }] },
		{ id: 3, rating: 9, split: 'val', ticket: 'A-7' }
	]);
	expect((await run('pull --json')).json()).toMatchObject({ added: 0, ratings: 0, rewrites: 0 });
	expect((await run('push --json')).json()).toMatchObject({ sent: 0, ratings: 0, rewrites: 0 });
});

test('two rewrites of one answer are shown, and none is lost until the person has chosen', async () => {
	const { project, run, folder, team } = await newPair([originalLine(1, { rating: 8 }), originalLine(2)]);
	await run('push');
	const other = { ...(await team.as('trainer')), project } as unknown as ProjectScope;
	const [one] = await there(project.id);
	const rewriteThere = (output: string) =>
		rewriteExample(other, { exampleId: one!.id, output, score: 9, clientId: randomUUID() });
	await rewriteThere('Theirs.');
	edit(folder, 0, { messages: mine('Mine.'), originalOutput: 'Answer 1.', rating: 10 });

	const pushed = await run('push');
	expect(pushed).toMatchObject({ code: 1, err: expect.stringMatching(/example 1: there it was rewritten.*Theirs/) });
	expect(pushed.err).toContain('Try: ait pull --prefer');
	const pulled = await run('pull');
	expect(pulled).toMatchObject({ code: 1, err: expect.stringContaining('wrote "Theirs."') });
	expect(rowsOf(folder)[0].messages[2].content).toBe('Mine.');
	expect(await there(project.id)).toMatchObject([{ rewrite: 'Theirs.' }, {}]);

	expect(await run('pull --prefer here')).toMatchObject({ code: 0 });
	expect((await run('push --json')).json()).toMatchObject({ rewrites: 1, conflicts: [] });
	expect(await there(project.id)).toMatchObject([{ rewrite: 'Mine.', rating: 10 }, {}]);

	await rewriteThere('Theirs again.');
	edit(folder, 0, { messages: mine('Mine again.') });
	expect(await run('push')).toMatchObject({ code: 1 });
	expect(await run('pull --prefer there')).toMatchObject({ code: 0 });
	expect(rowsOf(folder)[0].messages[2].content).toBe('Theirs again.');
	expect((await run('push --json')).json()).toMatchObject({ rewrites: 0, ratings: 0, conflicts: [] });
});

const mine = (answer: string) => [
	{ role: 'system', content: 'Be kind.' },
	{ role: 'user', content: 'Question 1?' },
	{ role: 'assistant', content: answer }
];

test('a score one has given in the browser meanwhile is not written over unseen', async () => {
	const { project, run, scope } = await newPair([originalLine(1, { rating: 6 })]);
	await run('push');
	const [one] = await there(project.id);
	await rateExample(scope, { exampleId: one!.id, score: 3, clientId: randomUUID() });
	await run('rate 1 --score 9');
	const pushed = await run('push');
	expect(pushed).toMatchObject({ code: 1, err: expect.stringContaining('You gave example 1 a 3 meanwhile') });
	expect(await there(project.id)).toMatchObject([{ rating: 3 }]);
	await run('pull --prefer here');
	expect(await run('push')).toMatchObject({ code: 0 });
	expect(await there(project.id)).toMatchObject([{ rating: 9 }]);
});

test('a score that one has given in the browser too is none that changed meanwhile', async () => {
	const { project, run, scope } = await newPair([originalLine(1), originalLine(2)]);
	await run('push');
	const [one, two] = await there(project.id);
	for (const { id } of [one!, two!]) await rateExample(scope, { exampleId: id, score: 9, clientId: randomUUID() });
	await run('rate 1 --score 9');
	await run('rate 2 --score 8');
	const pushed = await run('push');
	expect(pushed).toMatchObject({
		code: 1,
		err: expect.stringContaining('example 2: You gave example 2 a 9 meanwhile')
	});
	expect(pushed.err).not.toContain('example 1');
	expect((await run('push')).err).not.toContain('example 1');
});

test('nothing is taken out anywhere: what was removed on one side stays on the other, and does not come back by itself', async () => {
	const { project, run, folder, scope } = await newPair([originalLine(1), originalLine(2), originalLine(3)]);
	await run('push');
	const [one] = await there(project.id);
	await deleteExamples(scope, { ids: [one!.id] });
	fs.writeFileSync(
		examplesOf(folder),
		linesOf(folder)
			.slice(0, 2)
			.map((line) => `${line}\n`)
			.join('')
	);
	expect((await run('pull --json')).json()).toMatchObject({ added: 0, removedHere: 1, deletedThere: 1 });
	expect((await run('push --json')).json()).toMatchObject({ sent: 0, deletedThere: 1 });
	expect((await run('pull --all --json')).json()).toMatchObject({ added: 1 });
	expect((await run('push --all --json')).json()).toMatchObject({ sent: 1 });
	expect(await there(project.id)).toHaveLength(3);
	expect(rowsOf(folder)).toHaveLength(3);
});

test('cut off in the middle, push goes on where it was, and nothing arrives twice', async () => {
	const lines = Array.from({ length: 60 }, (_, at) => originalLine(at + 1, { rating: (at % 10) + 1 }));
	let cut: Parameters<typeof cuttingProxy>[1] = () => null;
	const proxy = await cuttingProxy(app.origin, (request) => cut(request));
	const once = (end: string, where: 'before' | 'answer', skip = 0) => {
		let met = 0;
		cut = ({ path: address }) => (address.split('?')[0]!.endsWith(end) && met++ === skip ? where : null);
	};
	const { project, run, folder, trainer } = await newPair(lines, { origin: proxy.url });
	const scores = async () => (await there(project.id)).map(({ ratings }) => ratings.map(({ score }) => score));

	once('/imports', 'before');
	const begun = await run('push');
	expect(begun).toMatchObject({ code: 1, err: expect.stringContaining('broke off') });
	expect(begun.err).toContain('goes on where it was');
	once('/imports', 'answer');
	expect(await run('push')).toMatchObject({ code: 1, err: expect.stringContaining('broke off') });
	expect((await run('push --json')).json()).toMatchObject({ sent: 0, ratings: 0, conflicts: [] });
	for (const { ratings } of await there(project.id)) expect(ratings).toMatchObject([{ person: trainer.userId }]);
	expect(await scores()).toHaveLength(60);

	// of ratings one has arrived, of the second only the answer got lost
	for (const at of [0, 1, 2]) edit(folder, at, { rating: 10 });
	once('/rating', 'answer', 1);
	expect(await run('push')).toMatchObject({ code: 1, err: expect.stringContaining('broke off') });
	expect((await run('push --json')).json()).toMatchObject({ ratings: 2, conflicts: [] });
	expect((await scores()).slice(0, 4)).toEqual([[1, 10], [2, 10], [3, 10], [4]]);

	// a pull that is cut off changes nothing
	const before = fs.readFileSync(examplesOf(folder), 'utf8');
	once('/export', 'answer');
	expect(await run('pull')).toMatchObject({ code: 1, err: expect.stringContaining('broke off') });
	expect(fs.readFileSync(examplesOf(folder), 'utf8')).toBe(before);
});

test('a rater cannot push, and reads why in the words of the API; nobody can without a link or a login', async () => {
	const { team, folder, run } = await newPair([originalLine(1)]);
	const rater = await team.as('rater');
	const { token } = await newToken(rater.userId, team.teamId);
	const asRater = { AITELIER_URL: app.origin, AITELIER_API_KEY: token };
	expect(await run('push', { env: asRater })).toMatchObject({
		code: 1,
		err: expect.stringContaining('A rater cannot do this. Ask an owner of the team for another role.')
	});
	expect(await ait(folder, 'push')).toMatchObject({ code: 1, err: expect.stringContaining('Try: ait login') });
	// a folder of somebody else's may name any server: it does not get the key of this one
	const link = path.join(folder, '.aitelier.link.json');
	const text = fs.readFileSync(link, 'utf8');
	fs.writeFileSync(link, text.replace(app.origin, 'http://127.0.0.1:1'));
	expect(await run('push')).toMatchObject({ code: 1, err: expect.stringContaining('only sent to AITELIER_URL') });
	fs.writeFileSync(link, '{"server":');
	expect(await run('push')).toMatchObject({ code: 1, err: expect.stringContaining('Try: ait link') });
	const alone = originalProject([originalLine(1)]);
	expect(await ait(alone, 'push')).toMatchObject({ code: 1, err: expect.stringContaining('Try: ait link') });
	const away = { ...asRater, AITELIER_URL: `http://127.0.0.1:${await freePort()}` };
	expect(await ait(newFolder(), 'link', { env: away })).toMatchObject({
		code: 1,
		err: expect.stringContaining('cannot be reached')
	});
});
