import { randomUUID } from 'node:crypto';
import { type BrowserContext, expect, test } from '@playwright/test';
import { to } from '../../src/lib/paths.ts';
import type { Scope } from '../../src/lib/server/access/scope.ts';
import { scoreAnswer } from '../../src/lib/server/evaluations/commands.ts';
import { nextAnswers } from '../../src/lib/server/evaluations/queries.ts';
import { open, press, signInAs } from '../support/browser/browser-steps.ts';
import { newBallot, newScoring } from '../support/data/evaluation.ts';
import { type RunningApp, openApp } from '../support/app/running-app.ts';
import { newSession } from '../support/data/session.ts';

// How good answers are, from 1 to 10: of one model beside the expected ones, and of both of a pair after the vote.

let app: RunningApp;
test.beforeAll(() => {
	app = openApp();
});
test.afterAll(() => app.close());

const enter = async (context: BrowserContext, { scope, owner }: { scope: Scope; owner: { id: string } }) => {
	await signInAs(context, app, await newSession(app.owner, owner.id));
	const [team] = await app.owner`select slug from teams where id = ${scope.teamId}`;
	return team!.slug as string;
};

test('one model is scored with the keys, also without a line and on two devices; revealing early is asked about', async ({
	page,
	context
}) => {
	const scoring = await newScoring(5);
	const { id, slug } = scoring;
	const team = await enter(context, scoring);
	const given = async () =>
		(await app.owner`select choice from votes where evaluation_id = ${id} order by seq`).map(({ choice }) => choice);

	await open(page, to.score(team, slug, id));
	await expect(page.getByRole('heading', { name: 'What was expected' })).toBeVisible();
	await press(page, '8', '3');
	await expect.poll(given).toEqual(['8', '3']);
	await context.setOffline(true);
	await press(page, '0', 's', 'u');
	// on another device they have said something else of the third one
	const [third] = (await nextAnswers(scoring.voter, { evaluationId: id, after: -1 })).list;
	const elsewhere = { evaluationId: id, ballotId: third!.ballotId, score: 4, clientId: randomUUID() };
	await scoreAnswer(scoring.voter, elsewhere);
	await context.setOffline(false);
	const asked = page.getByRole('status').filter({ hasText: 'Answer 3 was decided elsewhere meanwhile' });
	await expect(asked).toContainText('you gave 4; here you gave 10');
	await asked.getByRole('button', { name: 'Take 10' }).click();
	await expect.poll(given).toEqual(['8', '3', '4', 'skip', null, '10']);

	await open(page, to.scores(team, slug, id));
	await expect(page.getByText('3 of 5 — scores hidden')).toBeVisible();
	await page.getByRole('button', { name: 'Reveal early…' }).click();
	await page.getByRole('button', { name: 'Keep it hidden' }).click();
	await page.getByRole('link', { name: 'Score answers' }).click();
	await page.waitForURL(to.score(team, slug, id));
	await press(page, '9', '9');
	await expect(page.getByRole('heading', { name: 'All 5 answers judged' })).toBeVisible();
	await page.getByRole('link', { name: 'See results' }).click();
	await page.getByRole('button', { name: 'Reveal the scores' }).click();
	await expect(page.getByText('4 of 5 with 8 or better')).toBeVisible();
	await expect(page.getByText('7.8', { exact: true }).first()).toBeVisible();
	await page.getByRole('link', { name: 'Read the answer below 8' }).click();
	await expect(page.getByText('Bad 3')).toBeVisible();
});

test('a set-up that was being written is back after a reload, with a word', async ({ page, context }) => {
	const { scope, owner, slug } = await newScoring(3, { spare: 4 });
	const team = await enter(context, { scope, owner });
	await open(page, to.newScoring(team, slug));
	await page.getByLabel('Can be sent from').fill('6');
	await page.getByLabel('Can be sent from').blur();
	await page.reload();
	await expect(page.getByText('What you had written here is back.')).toBeVisible();
	await expect(page.getByLabel('Can be sent from')).toHaveValue('6');
	await page.getByRole('button', { name: 'Start over' }).click();
	await expect(page.getByLabel('Can be sent from')).toHaveValue('8');
});

test('after a vote both answers get scores and a note, which stand beside the pair in the results', async ({
	page,
	context
}) => {
	const ballot = await newBallot(2);
	const { id, slug } = ballot;
	const team = await enter(context, ballot);
	await open(page, to.vote(team, slug, id));
	await press(page, 'a');
	await expect(page.getByText('Pair 1: A better')).toBeVisible();
	await press(page, 'n');
	const sheet = page.getByRole('dialog');
	// more than a phone has room for scrolls inside it, below its heading
	const { width, height } = page.viewportSize()!;
	await page.setViewportSize({ width: 390, height: 600 });
	await expect(sheet.getByRole('heading', { name: 'Pair 1: A better' })).toBeInViewport({ ratio: 1 });
	await expect(sheet.getByRole('button', { name: 'Done' })).toBeInViewport({ ratio: 1 });
	await page.setViewportSize({ width, height });
	await sheet.getByRole('group', { name: 'Score of answer A' }).getByRole('button').first().focus();
	await press(page, '9', '4');
	await page.keyboard.type('B names no time.');
	await page.keyboard.press('ControlOrMeta+Enter');
	await expect(sheet).toHaveCount(0);
	const kept = () => app.owner`select first_score, second_score, note from remarks where evaluation_id = ${id}`;
	await expect
		.poll(async () => [...(await kept())])
		.toEqual([{ first_score: 9, second_score: 4, note: 'B names no time.' }]);
	await press(page, 't');
	await page.getByRole('link', { name: 'See results' }).click();
	await page.getByRole('button', { name: 'Reveal the results' }).click();
	await page.getByText('Pair by pair').first().waitFor();
	// each person judges in an order of his own: the pair he judged first may stand second
	// the last one first: what opens has summaries of its own
	for (const pair of (await page.locator('#pairs details summary').all()).reverse()) await pair.click();
	await expect(page.getByText('B names no time.')).toBeVisible();
});
