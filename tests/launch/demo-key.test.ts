import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { isLoopback, makeDemoKey } from '../../src/launch/demo-key.ts';
import { readKey } from '../../src/lib/core/keys/key.ts';
import { createKey } from '../../src/lib/server/keys/commands.ts';
import { listKeys } from '../../src/lib/server/keys/queries.ts';
import { lookAtLink, makeSignInLink } from '../../src/lib/server/access/sign-in.ts';
import { lastsForADay } from '../../src/launch/demo-link.ts';
import { newTeam } from '../support/data/team.ts';

test.each(['localhost', '127.0.0.1', '127.1.2.3', '::1'])('%s is reached from this machine only', (host) =>
	expect(isLoopback(host)).toBe(true)
);
test.each(['', '0.0.0.0', '::', '10.0.0.1', '127.evil.example', 'localhost.example'])('%j is not', (host) =>
	expect(isLoopback(host)).toBe(false)
);

test('each run has a key that works, the one before ends, and others stay', async () => {
	const { scope } = await newTeam();
	await createKey(scope, { name: 'Nightly', role: 'trainer', projectIds: null, days: 90 });
	const [first, second] = [await makeDemoKey(scope), await makeDemoKey(scope)];
	expect(second).not.toBe(first);
	expect(readKey(second)).toEqual({ kind: 'sk' });
	const states = (await listKeys(scope, {})).map(({ name, state }) => `${name} ${state}`);
	expect(states.sort()).toEqual(['Demo open', 'Demo revoked', 'Nightly open']);
});

test('the demo’s link works for a day, and nobody else’s does', async () => {
	const [demo, other] = [`demo-${randomUUID()}@example.com`, `other-${randomUUID()}@example.com`];
	const { token } = await makeSignInLink({ email: demo, browserToken: randomUUID() });
	await makeSignInLink({ email: other, browserToken: randomUUID() });
	await lastsForADay(process.env.DATABASE_URL!, demo);
	const sql = postgres(process.env.DATABASE_URL!, { max: 1 });
	const hours = async (email: string) =>
		(
			await sql`select round(extract(epoch from expires_at - now()) / 3600)::int as hours from sign_ins where email = ${email}`
		)[0]!.hours;
	expect([await hours(demo), await hours(other)]).toEqual([24, 0]);
	await sql.end();
	expect(await lookAtLink({ browserToken: undefined, address: '127.0.0.1' }, { token })).toMatchObject({ open: true });
});
