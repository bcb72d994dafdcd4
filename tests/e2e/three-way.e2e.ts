import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from '@playwright/test';
import { eq } from 'drizzle-orm';
import { inProject } from '../../src/lib/server/access/scope.ts';
import { castVote } from '../../src/lib/server/evaluations/commands.ts';
import { nextPairs } from '../../src/lib/server/evaluations/queries.ts';
import { connections } from '../../src/lib/server/platform/db/schema.ts';
import { to } from '../../src/lib/paths.ts';
import { hydrated, open, signInAs } from '../support/browser/browser-steps.ts';
import { addExamples, newLiveContest } from '../support/data/evaluation.ts';
import { type RunningApp, openApp } from '../support/app/running-app.ts';
import { newSession } from '../support/data/session.ts';

// Do you need to train at all? Set up, answered, voted on from one queue, revealed at once, and one answer with what it costs.

const axeSource = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let app: RunningApp;
test.beforeAll(() => {
	app = openApp();
});
test.afterAll(() => app.close());

test('three ways: one set-up, one queue, one reveal, and an answer with what to do now', async ({ page }) => {
	const made = await newLiveContest(app.sandboxUrl, 12);
	const { scope, owner, slug, connection } = made;
	await addExamples(scope, made.project.id, ['How do I mend a tap?', 'What of my own garden?', 'Where is the key?'], {
		split: 'train',
		from: 500
	});
	const price = (prompt: number) => ({ training: null, prompt, completion: 200, on: '2026-11-01' });
	await scope.tx((tx) =>
		tx
			.update(connections)
			.set({ prices: { 'sandbox-small': price(100), 'sandbox-large': price(100) } })
			.where(eq(connections.id, connection.id))
	);
	// the comparison that stands there already is of the same two
	await app.owner`update evaluations set status = 'failed' where team_id = ${scope.teamId}`;
	await signInAs(page.context(), app, await newSession(app.owner, owner.id));
	const [team] = await app.owner`select slug from teams where id = ${scope.teamId}`;
	await open(page, to.newEvaluation(team!.slug, slug));
	await page.getByRole('link', { name: 'Compare three ways instead' }).click();
	await expect(page.getByRole('heading', { name: 'Do you need to train at all?' })).toBeVisible();
	await hydrated(page);
	await page.getByLabel('The prompt for its base').click();
	await page.getByRole('option', { name: '3 examples' }).click();
	await expect(page.getByText('36 votes: the plan above for each two of the three')).toBeVisible();
	await page.getByRole('button', { name: 'Start with 12 prompts' }).click();
	await expect(page.getByRole('heading', { name: '0 of 36 — identities hidden' })).toBeVisible({ timeout: 60_000 });

	// by keyboard, as in every vote
	await page.getByRole('link', { name: 'Vote' }).click();
	await expect(page.getByRole('button', { name: 'Tie' })).toBeEnabled();
	await hydrated(page);
	// the second press of a double one is not meant for a pair that has just come
	await page.waitForTimeout(300);
	await page.keyboard.press('t');
	await expect(page.getByText('Pair 1: Tie')).toBeVisible();
	await expect.poll(async () => (await app.owner`select from votes where team_id = ${scope.teamId}`).length).toBe(1);
	const [lead] =
		await app.owner`select id from evaluations where team_id = ${scope.teamId} and three_part = 'training'`;
	const evaluationId = lead!.id as string;
	// the page of each of the three hears of what is sent to the first
	for (const { id } of await app.owner`select id from evaluations where three_of = ${evaluationId}`) {
		const data = await page.request.get(`${app.origin}${to.evaluation(team!.slug, slug, id)}/__data.json`);
		expect(await data.text()).toContain(`aitelier:evaluation:${evaluationId}`);
	}
	const voter = await inProject({ ...scope, userId: owner.id }, slug);
	for (;;) {
		const { pairs } = await nextPairs(voter, { evaluationId, after: -1 });
		if (pairs.length === 0) break;
		for (const { ballotId } of pairs)
			await castVote(voter, { evaluationId, ballotId, choice: 'tie', clientId: randomUUID() });
	}

	await open(page, to.threeWay(team!.slug, slug, evaluationId));
	await page.getByRole('button', { name: 'Reveal the results' }).click();
	await expect(page.getByRole('heading', { name: 'Not known yet' })).toBeVisible();
	await expect(page.getByRole('link', { name: 'Continue with new prompts' })).toBeVisible();
	const compared = page.getByRole('table', { name: 'The three comparisons' });
	await expect(compared.getByRole('row')).toHaveCount(4);
	await expect(compared.getByRole('row', { name: /Does training add to the best prompt\?/ })).toContainText(
		'decides the answer'
	);
	const costs = page.getByRole('table', { name: 'What an answer costs' });
	await expect(costs.getByRole('row', { name: /^Base model with examples/ })).toContainText('¢');
	await expect(page.getByText(/^What training v1 cost is not known/)).toBeVisible();
	await page.evaluate(axeSource);
	const found = await page.evaluate(() =>
		(window as unknown as { axe: { run: () => Promise<{ violations: { id: string }[] }> } }).axe.run()
	);
	expect(found.violations.map(({ id }) => id)).toEqual([]);
	// each of the three is an ordinary comparison with results of its own, which lead back
	await compared.getByRole('link', { name: 'Does the prompt add to the base model?' }).click();
	await expect(page.getByRole('heading', { name: /NEED MORE DATA|TOO CLOSE/ })).toBeVisible();
	await page.getByRole('link', { name: 'Do you need to train?' }).click();
	await expect(page.getByRole('heading', { name: 'Not known yet' })).toBeVisible();
});
