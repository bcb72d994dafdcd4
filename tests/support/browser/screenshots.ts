import '../../../src/launch/node24.ts';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Browser, chromium } from '@playwright/test';
import postgres from 'postgres';
import { ensureBuild } from '../../../src/launch/build.ts';
import { runUntilStopped, startNode, untilReady } from '../../../src/launch/children.ts';
import { demoSlug } from '../../../src/launch/demo-team.ts';
import { to } from '../../../src/lib/paths.ts';
import { startPlatform } from '../../../src/lib/server/platform/start.ts';
import { freePort } from '../../../src/lib/server/platform/process.ts';
import { findChromium } from './browser.ts';
import { newSession } from '../data/session.ts';
import { serving } from '../../../src/launch/serving.ts';

// `npm run screenshots`: the real app with the demo's data, every page at 390 and 1440 px, dark and light, in screenshots/.
// `-- --readme` writes the picture of the README instead.

const forReadme = process.argv.includes('--readme');
const readme: Record<string, string> = { rate: 'rate' };

await runUntilStopped(async (later) => {
	const room = fs.mkdtempSync(path.join(os.tmpdir(), 'aitelier-shots-'));
	fs.chmodSync(room, 0o711); // Postgres runs as somebody else when we are root
	later(async () => fs.rmSync(room, { recursive: true, force: true }));
	const port = await freePort();
	const origin = `http://localhost:${port}`;
	Object.assign(process.env, {
		DATA_DIR: room,
		PORT: String(port),
		ORIGIN: origin,
		POLL_SECONDS: '1',
		SANDBOX_SPEED: '20'
	});
	await ensureBuild(console.log, path.join(room, 'build.log'));
	const platform = await startPlatform();
	later(platform.stop);
	const server = startNode([...serving], { logFile: path.join(room, 'server.log') });
	later(server.stop);
	await untilReady(`${origin}/readyz`);
	const { runDemo } = await import('../../../src/launch/loop.ts');
	await runDemo({ log: () => {}, baseUrl: origin });

	const owner = postgres(platform.ownerUrl!, { max: 1 });
	const [ana] = await owner`select id from people where name = 'Ana'`;
	const [place] = await owner`
		select t.slug as team, r.id as run, e.id as evaluation, x.id as example
		from teams t, runs r, evaluations e, examples x where x.number = 3 limit 1`;
	const session = await newSession(owner, ana!.id as string);
	// one comparison nobody has voted on, so that there is something to vote on
	const voting = await anotherEvaluation(ana!.id as string, place!.run as string);
	await owner.end();

	const browser = await chromium.launch({
		executablePath: findChromium(),
		args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu']
	});
	later(() => browser.close());
	const pages = pagesOf(place as never, voting);
	const dir = forReadme ? 'static/readme' : 'screenshots';
	fs.mkdirSync(dir, { recursive: true });
	const looks = forReadme
		? [[1440, 'dark'] as const]
		: ([390, 1440] as const).flatMap(
				(width) =>
					[
						[width, 'dark'],
						[width, 'light']
					] as const
			);
	for (const [width, theme] of looks) {
		for (const [name, address] of Object.entries(pages)) {
			if (forReadme && !(name in readme)) continue;
			const file = path.join(dir, forReadme ? `${readme[name]}.png` : `${name}-${width}-${theme}.png`);
			await shoot(browser, { origin, address, session: name === 'login' ? null : session, width, theme, file });
			console.log(file);
		}
	}
	return 0;
}, 130);

async function anotherEvaluation(personId: string, runId: string) {
	const { membershipsOf } = await import('../../../src/lib/server/access/memberships.ts');
	const { inProject, scopeFor } = await import('../../../src/lib/server/access/scope.ts');
	const { createEvaluation } = await import('../../../src/lib/server/evaluations/commands.ts');
	const { getEvaluation } = await import('../../../src/lib/server/evaluations/queries.ts');
	const [team] = await membershipsOf(personId);
	const who = scopeFor({ teamId: team!.id, userId: personId, role: 'owner', projectIds: 'all' });
	const scope = await inProject(who, demoSlug);
	const input = {
		runId,
		against: 'base' as const,
		promptsFrom: 'validation' as const,
		pairs: 20,
		votes: 1,
		delta: 20,
		temperature: 0,
		maxTokens: 512,
		thinking: false
	};
	const { id } = await createEvaluation(scope, input);
	while ((await getEvaluation(scope, { evaluationId: id })).status === 'generating')
		await new Promise((next) => setTimeout(next, 300));
	return id;
}

function pagesOf(
	{ team, run, evaluation, example }: Record<'team' | 'run' | 'evaluation' | 'example', string>,
	voting: string
) {
	const project = [team, demoSlug] as const;
	return {
		home: to.home(),
		login: to.login(),
		account: to.account(),
		'new-team': to.newTeam(),
		team: to.team(team),
		'team-settings': to.teamSettings(team),
		members: to.members(team),
		connections: to.connections(team),
		webhooks: to.webhooks(team),
		keys: to.keys(team),
		device: to.device(),
		'new-project': to.newProject(team),
		dashboard: to.project(...project),
		rate: to.rate(...project),
		add: to.add(...project),
		'add-import': `${to.add(...project)}?tab=import`,
		examples: to.examples(...project),
		example: `${to.examples(...project)}?selected=${example}`,
		split: to.split(...project),
		train: to.train(...project),
		'new-run': to.newRun(...project),
		run: to.run(...project, run),
		evaluations: to.evaluations(...project),
		'new-evaluation': to.newEvaluation(...project),
		evaluation: to.evaluation(...project, voting),
		vote: to.vote(...project, voting),
		'results-locked': to.results(...project, voting),
		results: to.results(...project, evaluation),
		settings: to.projectSettings(...project),
		outbox: to.outbox(),
		'not-found': `/${team}/${randomUUID().slice(0, 8)}`,
		ui: '/dev/ui'
	};
}

type Shot = { origin: string; address: string; session: string | null; width: number; theme: string; file: string };

async function shoot(browser: Browser, { origin, address, session, width, theme, file }: Shot) {
	const isPhone = width < 500;
	const context = await browser.newContext({
		viewport: { width, height: isPhone ? 844 : 900 },
		isMobile: isPhone,
		hasTouch: isPhone,
		reducedMotion: 'reduce'
	});
	await context.addInitScript((chosen) => localStorage.setItem('theme', chosen), theme);
	if (session) await context.addCookies([{ name: 'session', value: session, url: origin }]);
	const page = await context.newPage();
	await page.goto(origin + address, { waitUntil: 'load' });
	if (!forReadme) {
		// as tall as the page, because a picture of the full page forgets that this is a touch screen
		const tall = await page.evaluate(() => document.documentElement.scrollHeight);
		await page.setViewportSize({ width, height: Math.max(tall, isPhone ? 844 : 900) });
	}
	await page.waitForTimeout(900); // charts come after the first paint
	await page.screenshot({ path: file });
	await context.close();
}
