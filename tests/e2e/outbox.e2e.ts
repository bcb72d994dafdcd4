import { type BrowserContext, type Page, expect, test } from '@playwright/test';
import { to } from '../../src/lib/paths.ts';
import { open, press, settled, signInAs } from '../support/browser/browser-steps.ts';
import { inProject } from '../../src/lib/server/access/scope.ts';
import { revealResults } from '../../src/lib/server/evaluations/commands.ts';
import { addExamples, newBallot } from '../support/data/evaluation.ts';
import { type RunningApp, openApp } from '../support/app/running-app.ts';
import { newSession } from '../support/data/session.ts';
import { newProject, newTeam } from '../support/data/team.ts';

// What a person decides arrives once and in order, whatever windows, lines and devices do.

let app: RunningApp;
test.beforeAll(() => {
	app = openApp();
});
test.afterAll(() => app.close());

const left = async (page: Page) => Number(/(\d+) left/.exec(await page.title())?.[1] ?? 0);

const newRater = async (context: BrowserContext, count: number) => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const questions = Array.from({ length: count }, (_, i) => `Question ${i + 1}?`);
	await addExamples(team.scope, project.id, questions, { split: null });
	await app.owner`update examples set rating = null, ratings_count = 0 where project_id = ${project.id}`;
	const signIn = async (context: BrowserContext) => signInAs(context, app, await newSession(app.owner, team.owner.id));
	await signIn(context);
	const given = async () =>
		(
			await app.owner`
				select e.number, r.score from ratings r join examples e on e.id = r.example_id
				where r.project_id = ${project.id} order by r.seq`
		).map(({ number, score }) => `${number}: ${score}`);
	return {
		id: project.id,
		url: to.rate(team.slug, project.slug),
		home: to.project(team.slug, project.slug),
		given,
		signIn
	};
};

/** A comparison, its voter signed in, and what has arrived of them, in order. */
const newVoter = async (context: BrowserContext, pairs: number) => {
	const { id, slug, owner, scope } = await newBallot(pairs);
	const signIn = async () => signInAs(context, app, await newSession(app.owner, owner.id));
	await signIn();
	const [team] = await app.owner`select slug from teams where id = ${scope.teamId}`;
	const votes = async () =>
		(await app.owner`select choice from votes where evaluation_id = ${id} order by seq`).map(({ choice }) => choice);
	const notes = async () =>
		(await app.owner`select note from remarks where evaluation_id = ${id} order by seq`).map(({ note }) => note);
	return {
		id,
		url: to.vote(team!.slug, slug, id),
		home: to.project(team!.slug, slug),
		signIn,
		signOut: () => app.owner`delete from sessions where person_id = ${owner.id}`,
		reveal: async () => revealResults(await inProject(scope, slug), { evaluationId: id }),
		votes,
		notes
	};
};
/** Adds a note to the pair that was judged last. */
const note = async (page: Page, words: string) => {
	await page.keyboard.press('n');
	await page.getByRole('dialog').getByLabel('Note').fill(words);
	await page.keyboard.press('ControlOrMeta+Enter');
	await expect(page.getByRole('dialog')).toHaveCount(0);
};

test('two windows vote without a line, are closed and signed out: all arrives once and in order after the next sign-in', async ({
	page: one,
	context
}) => {
	const { url, home, signIn, signOut, votes, notes } = await newVoter(context, 6);
	const two = await context.newPage();
	await open(one, url);
	await open(two, url);
	await press(one, 'a');
	await note(one, 'With a line.');
	await expect.poll(notes).toEqual(['With a line.']);
	await expect(two.getByText('1 of 6')).toBeVisible();
	await context.setOffline(true);
	await press(two, 'b', 't');
	await expect(one.getByText('3 of 6')).toBeVisible();
	await press(one, 'x');
	await note(one, 'Without one.');
	await expect(two.getByText('4 of 6')).toBeVisible();
	await one.close();
	await signOut();
	const login = two.waitForResponse((answer) => answer.status() === 401);
	await context.setOffline(false);
	await login;
	await expect(two.getByText('You are signed out')).toBeVisible();
	await two.close();
	expect([await votes(), await notes()]).toEqual([['first'], ['With a line.']]);

	await signIn();
	const three = await context.newPage();
	await open(three, home);
	await expect.poll(notes).toEqual(['With a line.', 'Without one.']);
	expect(await votes()).toEqual(['first', 'second', 'tie', 'both_bad']);
	await open(three, url);
	await press(three, 'a');
	await expect.poll(votes).toEqual(['first', 'second', 'tie', 'both_bad', 'first']);
});

test('what was rated without a line does not come back, and goes out from any page', async ({ page, context }) => {
	const { url, home, given } = await newRater(context, 12);
	await open(page, url);
	// nothing arrives, but pages do
	await context.route('**/rate/ratings', (route) => route.abort());
	await press(page, '9', '3');
	await expect(page.getByText('2 waiting')).toBeVisible();
	await open(page, url);
	await expect(page.getByText('#10', { exact: true })).toBeVisible();
	await expect.poll(() => left(page)).toBe(10);
	await context.unroute('**/rate/ratings');
	await open(page, home);
	await expect.poll(given).toEqual(['12: 9', '11: 3']);
});

test('a card rated in another window leaves this one', async ({ page: one, context }) => {
	const { url } = await newRater(context, 4);
	const two = await context.newPage();
	await open(one, url);
	await open(two, url);
	await press(one, '9');
	await expect.poll(() => left(two)).toBe(3);
	await expect(two.getByText('#3', { exact: true })).toBeVisible();
});

test('when another device decided meanwhile both scores are shown, and the person chooses', async ({
	page: here,
	context,
	browser
}) => {
	const { url, given, signIn } = await newRater(context, 3);
	const device = await browser.newContext({ baseURL: app.origin });
	await signIn(device);
	const there = await device.newPage();
	await open(here, url);
	await open(there, url);
	await press(there, '5');
	await expect.poll(given).toEqual(['3: 5']);
	await press(here, '8', '7');
	await expect.poll(given).toEqual(['3: 5', '2: 7']);
	const asked = here.getByRole('status').filter({ hasText: 'Example 3 was decided elsewhere meanwhile' });
	await expect(asked).toContainText('you gave 5; here you gave 8');
	await here.reload();
	await asked.getByRole('link', { name: 'Read it' }).click();
	await expect(here.getByText('#3', { exact: true })).toBeVisible();
	await asked.getByRole('button', { name: 'Take 8' }).click();
	await expect.poll(given).toEqual(['3: 5', '2: 7', '3: 8']);
	await expect(asked).toHaveCount(0);
	await device.close();
});

test('votes and notes that wait when the results are revealed are named on the page itself', async ({
	page,
	context
}) => {
	const { url, reveal, votes, notes } = await newVoter(context, 8);
	await open(page, url);
	await context.setOffline(true);
	await press(page, 'a', 's', 'u', 'b', 's', 'u', 'u', 't');
	await context.setOffline(false);
	await expect.poll(votes).toEqual(['first', 'skip', null, 'second', 'skip', null, null, 'tie']);
	await note(page, 'Known.');
	await expect.poll(notes).toEqual(['Known.']);
	await context.setOffline(true);
	await press(page, 'a');
	await note(page, 'Not known.');
	await press(page, 's');
	await reveal();
	await context.setOffline(false);
	await expect(page.getByText('This comparison is over')).toBeVisible();
	await expect(page.getByText('3 decisions were not kept')).toBeVisible();
	expect([(await votes()).length, await notes()]).toEqual([8, ['Known.']]);
});

test('where the browser has no room what waits stays with the page, which says so and asks before it closes', async ({
	page,
	context
}) => {
	const { url, given } = await newRater(context, 4);
	await open(page, url);
	await page.evaluate(() => {
		for (let size = 4_000_000; size >= 1; size = Math.floor(size / 2))
			try {
				for (;;) localStorage.setItem(crypto.randomUUID(), 'x'.repeat(size));
			} catch {
				// smaller ones may fit
			}
	});
	await settled(page);
	await context.setOffline(true);
	await press(page, '9', '3');
	await expect(page.getByText('Leave this page open')).toBeVisible();
	const asked = page.waitForEvent('dialog');
	await page.close({ runBeforeUnload: true });
	await (await asked).dismiss();
	await context.setOffline(false);
	await expect.poll(given).toEqual(['4: 9', '3: 3']);
	await expect(page.getByText('Leave this page open')).toHaveCount(0);
});

test('a rewrite that is taken back without a line goes before what is rated after it', async ({ page, context }) => {
	const { url, given, id } = await newRater(context, 3);
	await open(page, url);
	await press(page, 'r');
	await page.getByLabel('The better answer').fill('A better one entirely');
	await page.keyboard.press('Control+Enter');
	await expect.poll(given).toEqual(['3: 9']);
	await context.setOffline(true);
	await press(page, 'u', '4');
	await context.setOffline(false);
	await expect.poll(given).toEqual(['3: 9', '3: null', '3: 4']);
	const [row] = await app.owner`select rewrite from examples where project_id = ${id} and number = 3`;
	expect(row).toEqual({ rewrite: null });
});
