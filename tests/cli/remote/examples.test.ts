import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { commands } from '../../../src/cli/commands.ts';
import { createKey } from '../../../src/lib/server/keys/commands.ts';
import { ait, originalLine, originalProject, wordsOf } from '../../support/app/cli.ts';
import { confirming, newToken } from '../../support/browser/device.ts';
import { addExamples } from '../../support/data/evaluation.ts';
import { type StartedApp, startApp } from '../../support/app/started-app.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

// Every example of a command that speaks to a server, as the help and the docs show it, is run against the built app.

let app: StartedApp;
beforeAll(async () => void (app = await startApp()));
beforeEach(() => app.owner`delete from buckets`);
afterAll(() => app.close());

const hosted = commands
	.filter(({ group }) => group === 'Hosted')
	.flatMap(({ name, examples }) => examples.map(({ run }) => [run, name] as const));

/** What has to be there, for one example of one command. */
const newWorld = async (name: string) => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	await addExamples(team.scope, project.id, ['One?', 'Two?'], { split: null, from: 100 });
	const { userId } = await team.as('trainer');
	const folder = originalProject([originalLine(1, { rating: 9 })]);
	const env: Record<string, string> = { AITELIER_URL: app.origin };
	if (name === 'login') return { team, userId, folder, env };
	env.AITELIER_API_KEY = (await newToken(userId, team.teamId)).token;
	if (name !== 'link') expect(await ait(folder, 'link support', { env })).toMatchObject({ code: 0 });
	if (name === 'webhooks')
		await ait(folder, `api webhooks.create --url ${app.sandboxUrl}/hook --events run.finished`, { env });
	return { team, userId, folder, env };
};

/** Runs what an example shows, in a world of its own. */
const asShown = async (line: string, name: string) => {
	const { team, userId, folder, env } = await newWorld(name);
	const asOwner = { ...team.scope, userId: team.owner.id };
	const { key } = await createKey(asOwner, { name: 'Script', role: 'trainer', projectIds: null, days: 90 });
	const [, piped = '', command = line] = /^(echo .+?) \| (ait .+)$/.exec(line) ?? [];
	const pipe = (wordsOf(piped)[1] ?? '').replace('$AIT_KEY', key);
	const stop = new AbortController();
	const confirms = confirming(userId, team.teamId);
	const said = await ait(folder, command.replace('localhost:5173', app.origin), {
		env,
		pipe,
		pollMs: 300,
		signal: stop.signal,
		hears: (said) => {
			confirms(said);
			if (said.includes('Signed by')) stop.abort();
		}
	});
	return { folder, command, ...said };
};

test.each(hosted)('%s', async (line, name) => {
	const { folder, command, code, out, err } = await asShown(line, name);
	expect({ code, err }).toEqual({ code: 0, err: expect.anything() });
	const isAnswer = name === 'api' && /^ait api \S+ ?(?!.*--describe)/.test(command);
	if (command.includes('--json') || isAnswer || name === 'mcp') JSON.parse(out);
	else
		for (const shown of out.split('\n').filter((each) => !each.startsWith('Signed by ')))
			expect(shown.length, shown).toBeLessThanOrEqual(80 + folder.length);
});

const first = commands.filter(({ group }) => group === 'Hosted');

test.each(first.map(({ name, quietly, examples }) => [name, quietly, examples[0]!.run] as const))(
	'ait %s --quiet prints %s',
	async (name, quietly, line) => {
		const { code, out, err } = await asShown(`${line} --quiet`, name);
		// the code has to be confirmed, whoever is quiet
		expect({ code, err }).toEqual({ code: 0, err: name === 'login' ? expect.stringMatching(/^Confirm .+\n$/) : '' });
		if (quietly === undefined) expect(out).toMatch(/^(?![^]*Next: )[^]*\S/);
		else expect(out).toBe('');
	}
);
