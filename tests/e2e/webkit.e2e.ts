import { expect, test } from '@playwright/test';
import { to } from '../../src/lib/paths.ts';
import type { Scope } from '../../src/lib/server/access/scope.ts';
import { newBallot, newScoring } from '../support/data/evaluation.ts';
import { shownPages } from '../support/browser/pages.ts';
import { type RunningApp, openApp } from '../support/app/running-app.ts';
import { newSession } from '../support/data/session.ts';
import { type WebDriver, newWindow } from '../support/browser/webdriver.ts';
import { startWebKit } from '../support/browser/webkit.ts';
import { type World, newWorld } from '../support/data/world.ts';

// What Safari makes of our pages. One window, in which the tests follow each other.
test.skip(process.platform !== 'linux', 'WebKit with a driver comes from Debian’s packages.');

let app: RunningApp;
let world: World;
let webkit: Awaited<ReturnType<typeof startWebKit>>;
let safari: WebDriver;
test.beforeAll(async () => {
	webkit = await startWebKit();
	app = openApp();
	world = await newWorld(app.owner, app.sandboxUrl);
	safari = await newWindow(webkit.url);
	await open(to.login());
});
test.beforeEach(() =>
	safari.addCookie({ name: 'session', value: world.sessions.owner, httpOnly: true, sameSite: 'Lax' })
);
test.afterAll(async () => {
	await safari?.close();
	await webkit?.stop();
	await app?.close();
});

const open = (path: string) => safari.open(app.origin + path);
const place = () => [world.team, world.project] as const;
const left = async () => Number(/(\d+) left/.exec((await safari.run('return document.title')) as string)?.[1] ?? 0);
/** A cell in the table's body, both counted from 1 as a person does. */
const cell = (row: number, column: number) => `tbody tr:nth-child(${row}) > :nth-child(${column})`;
/** What a column says, from above. */
const column = (number: number) =>
	safari.run(
		'return [...document.querySelectorAll(arguments[0])].map((cell) => cell.textContent.trim())',
		`tbody tr > :nth-child(${number})`
	) as Promise<string[]>;

/** Runs in the page: every control that something else lies over in its middle, by its words and what is there instead. */
const covered = `
	const words = (element) => element.tagName.toLowerCase() + ' ' + (element.ariaLabel ?? element.textContent).replace(/\\s+/g, ' ').trim().slice(0, 40);
	const over = (element) => {
		element.scrollIntoView({ block: 'center', behavior: 'instant' });
		const box = element.getClientRects()[0];
		if (!box || box.width <= 1 || box.height <= 1) return null; // for screen readers only
		const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
		const there = document.elementFromPoint(x, y);
		if (there === null || element.contains(there) || there.closest('label')?.control === element) return null;
		return words(element) + ' lies below ' + words(there);
	};
	const room = document.querySelector('dialog[open]') ?? document; // an open dialog covers the rest, as it should
	return [...room.querySelectorAll('a[href], button, input, select, textarea, summary')]
		.filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest('[inert], [aria-hidden="true"]'))
		.map(over)
		.filter((found) => found !== null);`;

test('Safari asks for a link to sign in', async () => {
	await app.owner`delete from rate_limits`; // all browsers of a test run are one address
	await safari.forgetCookies();
	await open(to.login());
	await safari.type('input[type="email"]', 'safari@example.com');
	await safari.click('button', 'Send magic link');
	await safari.find('h1', 'Check s…@example.com');
});

test('Safari rates a card by a click', async () => {
	await open(to.rate(...place()));
	const before = await left();
	await new Promise((next) => setTimeout(next, 200)); // a card takes nothing before a person can have seen it
	await safari.click('button[aria-label^="Rate 9,"]');
	await expect.poll(left).toBe(before - 1);
});

/** Whoever judges, signed in, and what has arrived of them. */
const enter = async ({ id, scope, owner }: { id: string; scope: Scope; owner: { id: string } }) => {
	const session = await newSession(app.owner, owner.id);
	await safari.addCookie({ name: 'session', value: session, httpOnly: true, sameSite: 'Lax' });
	const [team] = await app.owner`select slug from teams where id = ${scope.teamId}`;
	const given = async () =>
		(await app.owner`select choice from votes where evaluation_id = ${id} order by seq`).map(({ choice }) => choice);
	return { team: team!.slug as string, given };
};
/** What is judged takes nothing before a person can have seen it. */
const press = async (key: string) => {
	await new Promise((next) => setTimeout(next, 200));
	await safari.press(key);
};

test('Safari votes, takes scores and a note, and what waits in one tab another one sends', async () => {
	const ballot = await newBallot(4);
	const { team, given } = await enter(ballot);
	await open(to.vote(team, ballot.slug, ballot.id));
	await press('a');
	await safari.find('header [role="status"]', 'Saved');
	await safari.press('n');
	await safari.find('dialog[open] h2', 'Pair 1: A better');
	// while the sheet still slides in, a click may meet what is behind it
	const score = 'dialog[open] [aria-label="Score of answer A"] button';
	const isGiven = async () =>
		Boolean(await safari.run(`return !!document.querySelector('${score}[aria-pressed="true"]')`));
	await expect
		.poll(async () => {
			if (!(await isGiven())) await safari.click(score, '9, great');
			return isGiven();
		})
		.toBe(true);
	await safari.type('dialog[open] textarea', 'B names no time.');
	await safari.click('dialog[open] footer button');
	const remarks = async () => [
		...(await app.owner`select first_score, note from remarks where evaluation_id = ${ballot.id}`)
	];
	await expect.poll(remarks).toEqual([{ first_score: 9, note: 'B names no time.' }]);

	// nothing arrives from this tab
	await safari.run('window.fetch = () => Promise.reject(new TypeError("Load failed"))');
	await press('t');
	await safari.find('header [role="status"]', '1 waiting to be sent');
	const back = await safari.openTab();
	await open(to.project(team, ballot.slug));
	await expect.poll(given).toEqual(['first', 'tie']);
	await back();
	await safari.find('header [role="status"]', 'Saved');
});

test('Safari scores the answers of one model', async () => {
	const scoring = await newScoring(2);
	const { team, given } = await enter(scoring);
	await open(to.score(team, scoring.slug, scoring.id));
	await safari.find('main h2', 'What was expected');
	await press('8');
	await expect.poll(given).toEqual(['8']);
	await new Promise((next) => setTimeout(next, 200));
	await safari.click('footer button[aria-label^="Rate 3,"]');
	await safari.find('h2', 'All 2 answers judged');
	await expect.poll(given).toEqual(['8', '3']);
});

test('Safari puts a prompt into the pool, and opens it', async () => {
	await open(to.prompts(...place()));
	await safari.type('main textarea', 'May I pay by invoice?');
	await safari.click('main button', 'Add');
	await safari.click('main a[data-prompt]', 'May I pay by invoice?');
	await safari.find('main p', 'No comparison has asked it yet.');
});

test('Safari filters, chooses, opens and pages through examples', async () => {
	await open(to.examples(...place()));
	const numbers = await column(2);
	expect(numbers.length).toBeGreaterThan(40);
	await safari.click(`${cell(3, 1)} input`);
	await safari.find('[role="status"]', '1 chosen');
	await safari.click(cell(7, 4)); // its output
	await safari.find('dialog[open] h2', `Example ${numbers[6]}`);
	await safari.click('dialog[open] button', 'Close');
	await safari.awaitAddress((url) => !url.searchParams.has('selected'));
	await safari.click('nav[aria-label="Filters"] a[href*="split=validation"]');
	await safari.awaitAddress((url) => url.searchParams.get('split') === 'validation');
	await safari.click('nav[aria-label="Filters"] section:last-child li:first-child a');
	await safari.awaitAddress((url) => !url.searchParams.has('split'));
	await safari.click('nav[aria-label="Pages"] a', 'Older');
	await safari.awaitAddress((url) => url.searchParams.has('before'));
});

test('Safari sorts the runs and opens the one that is clicked', async () => {
	await open(to.train(...place()));
	await safari.click('thead a', 'Cost');
	await safari.awaitAddress((url) => url.searchParams.get('sort') === 'cost');
	await safari.find('th[aria-sort]', 'Cost');
	const row = (await column(2)).indexOf('v1') + 1;
	await safari.click(cell(row, 4)); // its base model
	await safari.awaitAddress((url) => url.pathname === to.run(...place(), world.run));
});

test('Safari opens the evaluation that is clicked, and the page to set one up', async () => {
	await open(to.evaluations(...place()));
	const row = (await column(1)).findIndex((title) => title.endsWith('#2')) + 1;
	await safari.click(cell(row, 3)); // its progress
	await safari.awaitAddress((url) => url.pathname === to.evaluation(...place(), world.voting));
	await open(to.evaluations(...place()));
	await safari.click('main a', 'Compare two models');
	await safari.awaitAddress((url) => url.pathname === to.newEvaluation(...place()));
});

test('on no page does anything lie over a control in Safari, at a desk or on a phone', async () => {
	test.setTimeout(180_000); // one visit to each page
	const found: Record<string, unknown> = {};
	for (const { name, address, visitor } of shownPages()) {
		if (visitor === 'rater') continue; // what they see others see too
		await open(address(world));
		for (const [width, height] of [
			[390, 844],
			[1440, 900]
		] as const) {
			await safari.resize(width, height);
			const problems = (await safari.run(covered)) as string[];
			if (problems.length) found[`${name} ${width}`] = problems;
		}
	}
	expect(found).toEqual({});
});
