import fs from 'node:fs';
import http from 'node:http';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { commands } from '../../../src/cli/commands.ts';
import { confirmDevice } from '../../../src/lib/server/access/device.ts';
import { createKey } from '../../../src/lib/server/keys/commands.ts';
import { ait, originalLine, originalProject, wordsOf } from '../../support/cli.ts';
import { newToken } from '../../support/device.ts';
import { addExamples } from '../../support/evaluation.ts';
import { type StartedApp, startApp } from '../../support/started-app.ts';
import { newProject, newTeam } from '../../support/team.ts';

// Every example of a command that speaks to a server, as the help and the docs show it, is run against the built app.

let app: StartedApp;
beforeAll(async () => void (app = await startApp()));
beforeEach(() => app.owner`delete from buckets`);
afterAll(() => app.close());

const hosted = commands
	.filter(({ group }) => group === 'Hosted')
	.flatMap(({ name, examples }) => examples.map(({ run }) => [run, name] as const));

test.each(hosted)('%s', async (line, name) => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	await addExamples({ ...team.scope, project } as never, 3);
	const { userId } = await team.as('trainer');
	const asOwner = { ...team.scope, userId: team.owner.id };
	const { key } = await createKey(asOwner, { name: 'Script', role: 'trainer', projectIds: null, days: 90 });
	const folder = originalProject([originalLine(1, { rating: 9 })]);
	const env: Record<string, string> = { AITELIER_URL: app.origin };
	const [, piped = '', command = line] = /^(echo .+?) \| (ait .+)$/.exec(line) ?? [];
	const text = (wordsOf(piped)[1] ?? '').replace('$AIT_KEY', key);
	const stop = new AbortController();
	const answered: string[] = [];
	let said = '';
	const receiver = http.createServer((request, response) => {
		answered.push(String(request.headers['webhook-id']));
		response.writeHead(204).end();
	});
	await new Promise<void>((ready) => receiver.listen(0, '127.0.0.1', ready));
	if (name !== 'login') {
		env.AITELIER_API_KEY = (await newToken(userId, team.teamId)).token;
		if (name !== 'link') expect(await ait(folder, 'link support', { env })).toMatchObject({ code: 0 });
	}
	if (name === 'webhooks') await app.owner`insert into webhook_endpoints ${app.owner({})}`.catch(() => {});
	const here = command
		.replace('localhost:5173', app.origin)
		.replace('http://localhost:3000', `http://127.0.0.1:${(receiver.address() as { port: number }).port}`);
	const { code, out, err } = await ait(folder, here, {
		env,
		pipe: text,
		pollMs: 300,
		signal: stop.signal,
		hears: (heard) => {
			said = heard;
			const userCode = /Confirm the code (\S+) at/.exec(heard)?.[1];
			const person = { id: userId, email: 'x@example.com', name: 'X' };
			if (userCode)
				void confirmDevice(
					{ person, request: { id: randomUUID(), address: '127.0.0.1' } },
					{ code: userCode, teamId: team.teamId }
				).catch(() => {});
			if (heard.includes('Forwarding')) stop.abort();
		}
	});
	receiver.close();
	expect({ code, err, said }).toMatchObject({ code: 0 });
	if (command.includes('--json') || (name === 'api' && !/^ait api($| \S+ --describe)/.test(command))) JSON.parse(out);
	for (const shown of out.split('\n'))
		if (name !== 'mcp' && !command.includes('--json') && !command.startsWith('ait api '))
			expect(shown.length, shown).toBeLessThanOrEqual(80 + folder.length);
	void fs;
});
