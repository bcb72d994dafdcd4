import { type BrowserContext, type Page, expect, test } from '@playwright/test';
import { to } from '../../src/lib/paths.ts';
import { hydrated, open, signInAs } from '../support/browser/browser-steps.ts';
import { type RunningApp, openApp } from '../support/app/running-app.ts';
import { newSession } from '../support/data/session.ts';
import { newProject, newTeam } from '../support/data/team.ts';

// What somebody was writing is theirs, and stays where it was written: in its window, its project, for this person.

let app: RunningApp;
test.beforeAll(() => {
	app = openApp();
});
test.afterAll(() => app.close());

const newWriter = async (context: BrowserContext) => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const signIn = async (id: string) => signInAs(context, app, await newSession(app.owner, id));
	await signIn(team.owner.id);
	return { team, project, signIn };
};
const reload = async (page: Page) => {
	await page.reload();
	await hydrated(page);
};

test('two windows that write at the same place keep their own, and nobody else sees it', async ({
	page: one,
	context
}) => {
	const { team, project, signIn } = await newWriter(context);
	const two = await context.newPage();
	for (const [url, label] of [
		[to.playground(team.slug, project.slug), 'Your question'],
		[to.add(team.slug, project.slug), 'What the user says']
	] as const) {
		const field = (page: Page) => page.getByLabel(label).first();
		await open(one, url);
		await open(two, url);
		await field(one).fill('written in one');
		await field(two).fill('written in two');
		await one.waitForTimeout(500); // the playground keeps it once in a while
		for (const page of [one, two]) await reload(page);
		await expect(field(one)).toHaveValue('written in one');
		await expect(field(two)).toHaveValue('written in two');
	}
	const other = await team.as('trainer');
	await context.clearCookies();
	await signIn(other.userId!);
	await reload(two);
	await expect(two.getByLabel('What the user says').first()).toHaveValue('');
	await expect(two.getByText('What you had written here is back.')).toHaveCount(0);
	await context.clearCookies();
	await signIn(team.owner.id);
	await two.close();
	await reload(one);
	await expect(one.getByLabel('What the user says').first()).toHaveValue('written in one');
});

test('the page of one project leaves nothing in the fields of the same page of another', async ({ page, context }) => {
	const { team, project } = await newWriter(context);
	const { project: other } = await newProject(team.scope, { slug: 'other' });
	await open(page, to.projectSettings(team.slug, project.slug));
	await page.getByLabel('Name').first().fill('Changed here');
	// as a link in a mail or in the history leads there, without a page between them
	await page.evaluate(
		(href) => {
			const link = Object.assign(document.createElement('a'), { href });
			document.body.append(link);
			link.click();
		},
		to.projectSettings(team.slug, other.slug)
	);
	await page.waitForURL((url) => url.pathname.includes(`/${other.slug}/`));
	await expect(page.getByLabel('Name').first()).toHaveValue('Support');
	await page.goBack();
	await expect(page.getByLabel('Name').first()).toHaveValue('Changed here');
	await expect(page.getByText('What you had written here is back.')).toBeVisible();
});

test('a project that is not there is said inside the team', async ({ page, context }) => {
	const { team } = await newWriter(context);
	const answer = await open(page, to.rate(team.slug, 'nowhere'));
	expect(answer.status()).toBe(404);
	await expect(page.getByText('There is no such project, or it is not yours to see.')).toBeVisible();
	await expect(page.getByRole('navigation', { name: 'Breadcrumb' })).toBeVisible();
	await page.getByRole('link', { name: 'Go to the projects' }).click();
	await page.waitForURL((url) => url.pathname === to.team(team.slug));
});
