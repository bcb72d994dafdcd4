import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { freePort } from '../../../src/lib/server/platform/process.ts';
import { createKey, revokeKey } from '../../../src/lib/server/keys/commands.ts';
import { ait, newFolder, originalLine, originalProject } from '../../support/app/cli.ts';
import { confirming } from '../../support/browser/device.ts';
import { type StartedApp, startApp } from '../../support/app/started-app.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

// `ait doctor` names the login: which server, who, and whether it is accepted.

let app: StartedApp;
beforeAll(async () => void (app = await startApp()));
beforeEach(() => app.owner`delete from buckets`);
afterAll(() => app.close());

const newLogin = async () => {
	const team = await newTeam();
	await newProject(team.scope);
	const folder = originalProject([originalLine(1, { rating: 9 })], { provider: 'sandbox', model: 'sandbox-small' });
	const env = { AITELIER_SANDBOX_URL: app.sandboxUrl };
	const asOwner = { ...team.scope, userId: team.owner.id };
	const made = await createKey(asOwner, { name: 'Nightly\u001b[2J', role: 'rater', projectIds: null, days: 90 });
	return { team, asOwner, folder, env, made };
};

test('a person, by name, role and team', async () => {
	const { team, folder, env } = await newLogin();
	const { userId } = await team.as('trainer');
	const hears = confirming(userId, team.teamId);
	expect(await ait(folder, `login --server ${app.origin}`, { env, hears })).toMatchObject({ code: 0 });
	const { code, out } = await ait(folder, 'doctor', { env });
	expect(code).toBe(0);
	expect(out.replaceAll(/\s+/g, ' ')).toContain(
		`✓ Login: At ${app.origin} as Theo, trainer in Team ${team.slug}: accepted.`
	);
	// outside of a project too, and without asking anybody
	const elsewhere = await ait(newFolder(), 'doctor --offline', { env: { ...env, HOME: `${folder}/.home` } });
	expect(elsewhere.out.replaceAll(/\s+/g, ' ')).toContain(`At ${app.origin} as Theo, trainer in Team ${team.slug}.`);
});

test('a key by its name, tamed, and what is not accepted any more with what mends it', async () => {
	const { team, asOwner, folder, env, made } = await newLogin();
	await ait(folder, `login --server ${app.origin} --key`, { env, pipe: made.key });
	expect(await ait(folder, 'link support', { env })).toMatchObject({ code: 0 });
	const well = await ait(folder, 'doctor --json', { env });
	expect(well.json().found).toContainEqual({
		level: 'ok',
		what: 'Login',
		sentence: expect.stringContaining(`rater in Team ${team.slug}: accepted.`)
	});
	const { painted } = await ait(folder, 'doctor', { env, keys: '' });
	expect(painted).toContain('Nightly');
	expect(painted).not.toContain('\u001b[2J');
	expect(painted).not.toContain(made.key);

	await revokeKey(asOwner, { keyId: made.id });
	const over = await ait(folder, 'doctor --json', { env });
	expect(over.code).toBe(1);
	expect(over.json().found).toContainEqual({
		level: 'problem',
		what: 'Login',
		sentence: expect.stringContaining('not accepted'),
		mend: `ait login --server ${app.origin}`
	});
});

test('a key of the environment, a folder without a login, a server that is away', async () => {
	const { folder, env, made } = await newLogin();
	const given = { ...env, AITELIER_URL: app.origin, AITELIER_API_KEY: made.key };
	const login = async (more: Record<string, string>, flags = '') =>
		(await ait(folder, `doctor --json ${flags}`, { env: more }))
			.json()
			.found.find(({ what }: { what: string }) => what === 'Login');
	expect(await login(env)).toBeUndefined();
	expect((await login(given)).sentence).toContain('by AITELIER_API_KEY');
	await ait(folder, 'link support', { env: given });
	expect(await login(env)).toMatchObject({
		level: 'problem',
		sentence: expect.stringContaining(`not logged in at ${app.origin}`),
		mend: `ait login --server ${app.origin}`
	});
	const away = { ...given, AITELIER_URL: `http://127.0.0.1:${await freePort()}` };
	expect(await login(away)).toMatchObject({ level: 'warn', sentence: expect.stringContaining('cannot be reached') });
	expect(await login(away, '--offline')).toMatchObject({ level: 'ok' });
});
