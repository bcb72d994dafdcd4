// Webhooks as a script manages them: over HTTP, with a key.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKey } from '../../src/lib/server/keys/commands.ts';
import { newProject, newTeam } from '../support/data/team.ts';
import { type StartedApp, startApp } from '../support/app/started-app.ts';

let app: StartedApp;
beforeAll(async () => {
	app = await startApp();
});
afterAll(() => app.close());

/** A team, and what a script with a key of it says and hears. */
const newScript = async (role: 'trainer' | 'rater' = 'trainer', inOne = false) => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const projectIds = inOne ? [project.id] : null;
	const { key } = await createKey(
		{ ...team.scope, userId: team.owner.id },
		{ name: 'Script', role, projectIds, days: 90 }
	);
	const ask = async (method: string, path: string, body?: object) => {
		const response = await fetch(`${app.origin}/api/v1${path}`, {
			method,
			headers: {
				authorization: `Bearer ${key}`,
				...(body && { 'content-type': 'application/json' })
			},
			body: body && JSON.stringify(body)
		});
		// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever it says
		return { status: response.status, body: (await response.json()) as any };
	};
	return { ...team, project, ask };
};
const wanted = () => ({ url: `${app.sandboxUrl}/hook`, events: ['run.finished'] });

test('a trainer’s key makes, changes, tries, rolls and removes one', async () => {
	const { ask } = await newScript();
	const made = await ask('POST', '/webhooks', wanted());
	expect(made).toMatchObject({ status: 201, body: { secret: expect.stringMatching(/^whsec_/) } });
	const at = `/webhooks/${made.body.id}`;
	expect(await ask('GET', '/webhooks')).toMatchObject({ status: 200, body: [{ id: made.body.id, state: 'on' }] });
	const changed = await ask('PATCH', at, { events: ['run.finished', 'evaluation.revealed'] });
	expect(changed).toMatchObject({ status: 200, body: { events: ['run.finished', 'evaluation.revealed'] } });
	expect(await ask('GET', at)).toEqual(changed);
	expect(await ask('POST', `${at}/roll`, { overlapHours: 0 })).toMatchObject({
		status: 200,
		body: { secret: expect.stringMatching(/^whsec_/) }
	});
	const ids: string[] = [];
	for (let i = 0; i < 3; i++) ids.unshift((await ask('POST', `${at}/test`)).body.deliveryId as string);
	const first = await ask('GET', `${at}/deliveries?limit=2`);
	expect(first.body.data.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 2));
	const second = await ask('GET', `${at}/deliveries?limit=2&cursor=${first.body.next}`);
	expect([second.body.data.map(({ id }: { id: string }) => id), second.body.next]).toEqual([ids.slice(2), null]);
	expect((await ask('POST', `${at}/deliveries/${ids[0]}/again`)).status).toBe(200);
	expect((await ask('POST', `${at}/pause`)).status).toBe(200);
	expect((await ask('POST', `${at}/test`)).status).toBe(409);
	expect((await ask('POST', `${at}/resume`)).status).toBe(200);
	expect((await ask('DELETE', at)).status).toBe(200);
	expect((await ask('GET', at)).status).toBe(404);
});

test('what is wrong is said under its field', async () => {
	const { ask } = await newScript();
	for (const [change, field] of [
		[{ url: 'nowhere' }, 'url'],
		[{ url: '' }, 'url'],
		[{ events: [] }, 'events'],
		[{ events: ['run.exploded'] }, 'events.0'],
		[{ projectIds: ['x'] }, 'projectIds.0'],
		[{ secret: 'whsec_x' }, 'secret']
	] as const) {
		const { status, body } = await ask('POST', '/webhooks', { ...wanted(), ...change });
		expect([status, body.error.field], JSON.stringify(change)).toEqual([422, field]);
	}
	expect((await ask('GET', '/webhooks')).body).toEqual([]);
});

test('a rater’s key may nothing with them, a limited one only for its projects', async () => {
	const rater = await newScript('rater');
	for (const [method, path] of [
		['GET', '/webhooks'],
		['POST', '/webhooks']
	] as const)
		expect((await rater.ask(method, path, method === 'POST' ? wanted() : undefined)).status).toBe(403);
	const limited = await newScript('trainer', true);
	const { body } = await limited.ask('POST', '/webhooks', wanted());
	expect((await limited.ask('GET', `/webhooks/${body.id}`)).body.projectIds).toEqual([limited.project.id]);
	const { project: other } = await newProject(limited.scope, { slug: 'other' });
	const refused = await limited.ask('PATCH', `/webhooks/${body.id}`, { projectIds: [other.id] });
	expect([refused.status, refused.body.error.field]).toEqual([422, 'projectIds']);
});
