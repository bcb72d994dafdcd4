// Every command of every guide is run as it stands on the page, in the order of the page, by somebody who follows it: `ait` in a folder of
// its own, curl and the scripts in a shell. Only what differs from reader to reader is put in: the key, the bucket, their project.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { catalogue } from '../../src/sandbox/catalogue.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { to } from '../../src/lib/paths.ts';
import { createKey } from '../../src/lib/server/keys/commands.ts';
import { ait, linesOf, originalLine, originalProject } from '../support/app/cli.ts';
import { confirming } from '../support/browser/device.ts';
import { commandsOf, newShell } from '../support/app/guide.ts';
import { ensureProgram } from '../support/app/programs.ts';
import { type StartedApp, startApp } from '../support/app/started-app.ts';
import { newProject, newTeam } from '../support/data/team.ts';
import { addRows } from '../support/data/training.ts';
import { startReceiver } from '../support/servers/webhook-receiver.ts';

let app: StartedApp;
let fast: Awaited<ReturnType<typeof startSandbox>>;
let bucket: Awaited<ReturnType<typeof startReceiver>>;
const room = fs.mkdtempSync(path.join(os.tmpdir(), 'aitelier-guides-'));

beforeAll(async () => {
	[app, fast, bucket] = await Promise.all([startApp(), startSandbox({ port: 0, speed: 500 }), startReceiver()]);
	ensureProgram('curl', 'curl ca-certificates');
}, 300_000);
beforeEach(() => app.owner`delete from buckets`);
afterAll(async () => {
	await Promise.all([app.close(), fast.stop(), bucket.stop()]);
	fs.rmSync(room, { recursive: true, force: true });
});

const guide = async (name: string) => (await fetch(app.origin + to.markdown(name))).text();
const names = fs.readdirSync('src/routes/(docs)/guides').map((file) => path.basename(file, '.md'));

/** A team with one project, a key for scripts, and somebody who confirms a login. */
const newReader = async (slug: string) => {
	const team = await newTeam();
	const { project } = await newProject(team.scope, { slug, sandboxUrl: app.sandboxUrl });
	const questions = Array.from({ length: 12 }, (_, at) => ({ question: `What of matter ${at}?`, split: null }));
	await addRows(team.scope, project.id, questions, 1000);
	const { userId } = await team.as('trainer');
	const asOwner = { ...team.scope, userId: team.owner.id };
	const { key } = await createKey(asOwner, { name: 'Guide', role: 'trainer', projectIds: null, days: 30 });
	return { key, confirms: () => confirming(userId, team.teamId) };
};

/** What is pressed where a command asks on the screen. */
const pressed: Record<string, string> = {
	'ait rate': '9'.repeat(40),
	'ait rate --filter below': 'ssq',
	'ait eval --compare --serve --yes': 'aabtx'.repeat(20)
};

/** Where another end than 0 is right: gates that stay shut. */
const endings: Record<string, readonly number[]> = {
	'ait eval --compare --reveal --exit-code': [5],
	'node examples/api/ci-gate.ts customer-support v5 v4': [4]
};

/** Where a person puts in what is theirs. */
const filledIn = (line: string, key: string) =>
	line
		.replace('AIT_KEY=ait_sk_…', `AIT_KEY=${key}`)
		.replace('https://my-bucket.s3.eu-central-1.amazonaws.com', `http://127.0.0.1:${bucket.port}`)
		.replace('=…', '=theirs')
		.replace('"deviceCode": "…"', '"deviceCode": "none"')
		.replace(' examples/api/', ` ${path.resolve('examples/api')}/`);

/** Commands on a page that help where something is wrong already; they are run in a project on which they find nothing to mend. */
const trained = async () => {
	const folder = originalProject(
		Array.from({ length: 40 }, (_, at) => originalLine(at + 1, { rating: 9 })),
		{ provider: 'sandbox', model: 'sandbox-small' }
	);
	const env = { AITELIER_SANDBOX_URL: fast.url };
	await ait(folder, 'split');
	expect(await ait(folder, 'train --yes --watch', { env })).toMatchObject({ code: 0 });
	return folder;
};

test.each(names)('%s', async (name) => {
	const lines = commandsOf(await guide(name));
	const { key, confirms } = await newReader('customer-support');
	const folder = name === 'troubleshooting' ? await trained() : fs.mkdtempSync(path.join(room, `${name}-`));
	const home = fs.mkdtempSync(path.join(room, 'home-'));
	const env = { HOME: home, PATH: process.env.PATH!, AIT_KEY: key, AIT_URL: app.origin, MY_KEY: 'sk-nobodys' };
	fs.writeFileSync(path.join(folder, 'big.jsonl'), `${originalLine(1)}\n${originalLine(2)}\n`);
	const shell = newShell(folder, { ...env, NODE_NO_WARNINGS: '1' });
	for (const line of lines) {
		const [, piped = '', command] = /^(?:echo '?"?(.+?)"?'? \| )?(ait .+)$/.exec(line) ?? [];
		// nobody asks a provider outside with a key that is none
		const here = command === 'ait doctor' && name !== 'sandbox' ? 'ait doctor --offline' : command;
		const stop = new AbortController();
		if (line === 'ait sandbox') stop.abort();
		const { code, err, out } = here
			? await ait(shell.cwd(), here, {
					env: { ...env, AITELIER_SANDBOX_URL: fast.url },
					pipe: piped.replace('$MY_KEY', env.MY_KEY),
					keys: pressed[line],
					hears: confirms(),
					signal: stop.signal
				})
			: await shell.run(filledIn(line, key));
		expect(endings[line] ?? [0], `${line}\n${out}\n${err}`).toContain(code);
		if (!line.includes('deviceCode')) expect(out).not.toContain('"error"');
	}
});

test('the guides show every larger script as it lies in the repository', async () => {
	const pages = await Promise.all(names.map(guide));
	for (const file of [
		'ask.ts',
		'import-large.ts',
		'train-on-threshold.ts',
		'ci-gate.ts',
		'export.sh',
		'export-to-bucket.sh'
	])
		expect(
			pages.filter((page) => page.includes(fs.readFileSync(`examples/api/${file}`, 'utf8').trimEnd()))
		).toHaveLength(1);
});

test('the page of the sandbox names every model that it has', async () => {
	const page = await guide('sandbox');
	for (const { id } of catalogue) expect(page).toContain(`| \`${id}\``);
	expect(page.match(/^\| `sandbox-/gm)).toHaveLength(catalogue.length);
});

test('the data of a guide come as they lie in the repository', async () => {
	const folder = originalProject([]);
	const answer = await fetch(app.origin + to.sampleFile('domain-questions'));
	fs.writeFileSync(path.join(folder, 'data.jsonl'), Buffer.from(await answer.arrayBuffer()));
	expect((await ait(folder, 'import data.jsonl')).code).toBe(0);
	expect(linesOf(folder)).toHaveLength(122);
	expect((await fetch(app.origin + to.sampleFile('..%2Fapi'))).status).toBe(404);
});
