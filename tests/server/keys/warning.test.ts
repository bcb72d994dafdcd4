import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { scopeFor } from '../../../src/lib/server/access/scope.ts';
import { createKey, revokeKey, rollKey } from '../../../src/lib/server/keys/commands.ts';
import { announceEnds, keyJobs } from '../../../src/lib/server/keys/jobs.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { auditEntries, members } from '../../../src/lib/server/platform/db/schema.ts';
import { owner } from '../../support/database/owner.ts';
import { rewriteHistory } from '../../support/database/raw.ts';
import { newPerson, newTeam } from '../../support/data/team.ts';

// A real mail server in this process: what it got is what the owners would get.
const got: { to: string; raw: string }[] = [];
const refused = new Set<string>();
const server = new SMTPServer({
	authOptional: true,
	disabledCommands: ['STARTTLS', 'AUTH'],
	onRcptTo: ({ address }, _session, done) =>
		refused.has(address) ? done(Object.assign(new Error('no such box'), { responseCode: 550 })) : done(),
	onData: (stream, { envelope }, done) => {
		const parts: Buffer[] = [];
		stream.on('data', (part: Buffer) => parts.push(part));
		stream.on('end', () => {
			got.push({ to: envelope.rcptTo[0]!.address, raw: Buffer.concat(parts).toString() });
			done();
		});
	}
});
beforeAll(async () => {
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
	process.env.SMTP_URL = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
});
beforeEach(() => {
	got.length = 0;
	refused.clear();
});
afterAll(async () => {
	await new Promise<void>((done) => server.close(() => done()));
	await closePools();
});

const newEnding = async (inDays = 6) => {
	const team = await newTeam();
	const { id } = await createKey(team.scope, { name: 'Nightly import', role: 'trainer', projectIds: null, days: 90 });
	await rewriteHistory(
		'api_keys',
		(sql) => sql`
			update api_keys set expires_at = now() + ${inDays} * interval '1 day',
				created_at = now() - (90 - ${inDays}) * interval '1 day'
			where id = ${id}`
	);
	/** As the sweep and the worker make it: nobody in person. */
	const system = scopeFor({ teamId: team.teamId, userId: null, role: 'owner', projectIds: 'all' });
	return { ...team, id, system };
};
type Ending = Awaited<ReturnType<typeof newEnding>>;
const mail = ({ system, id }: Ending) => keyJobs[0]!.run(system, { keyId: id } as never, new AbortController().signal);
const addOwner = async ({ scope, teamId }: Ending) => {
	const { id, email } = await newPerson();
	await scope.tx((tx) => tx.insert(members).values({ teamId, personId: id, role: 'owner' }));
	return email;
};
const waitingJobs = ({ id }: Ending) =>
	owner`select name, data from pgboss.job where singleton_key = ${id} and state < 'active'`;
const announced = async ({ scope }: Ending) =>
	(await scope.tx((tx) => tx.select().from(auditEntries))).filter(({ action }) => action === 'key.expiring');
const stateOf = async ({ id }: Ending) => (await owner`select * from api_keys where id = ${id}`)[0]!;
const needsSweep = async ({ teamId }: Ending) => {
	await plainPool()`select chain_audit(${teamId})`; // an entry without a place is another reason
	return (await plainPool()`select teams_with_open_work() as id`).some(({ id }) => id === teamId);
};

describe('the sweep', () => {
	test('announces the end once, and gives it a job', async () => {
		const key = await newEnding();
		expect(await needsSweep(key)).toBe(true);
		await Promise.all([announceEnds(key.system), announceEnds(key.system)]);
		await announceEnds(key.system);
		const { hint, expires_at } = await stateOf(key);
		expect(await announced(key)).toMatchObject([
			{
				subject: key.id,
				personId: null,
				details: { name: 'Nightly import', hint, expiresAt: expires_at.toISOString() }
			}
		]);
		expect(await waitingJobs(key)).toMatchObject([{ name: 'key.warn', data: { keyId: key.id, teamId: key.teamId } }]);
	});

	test('leaves alone what has more than a week, is over, ended, or ends because it was rolled', async () => {
		const [long, over, ended, rolled] = [await newEnding(8), await newEnding(), await newEnding(), await newEnding()];
		await owner`update api_keys set expires_at = now() where id = ${over.id}`;
		await revokeKey(ended.scope, { keyId: ended.id });
		await rollKey(rolled.scope, { keyId: rolled.id, graceHours: 24 });
		for (const key of [long, over, ended, rolled]) {
			expect(await needsSweep(key)).toBe(false);
			await announceEnds(key.system);
			expect([await announced(key), await waitingJobs(key)]).toEqual([[], []]);
			await mail(key);
		}
		expect(got).toEqual([]);
	});

	test('gives it a new job when the first was lost, without another announcement', async () => {
		const key = await newEnding();
		await announceEnds(key.system);
		await owner`delete from pgboss.job where singleton_key = ${key.id}`;
		await announceEnds(key.system);
		expect(await waitingJobs(key)).toHaveLength(1);
		expect(await announced(key)).toHaveLength(1);
	});
});

describe('the mail', () => {
	test('goes to every owner and nobody else, once, however often the job runs', async () => {
		const key = await newEnding();
		const second = await addOwner(key);
		await key.as('trainer');
		await mail(key);
		await mail(key);
		expect(got.map(({ to }) => to).sort()).toEqual([key.owner.email, second].sort());
		expect(got[0]!.raw).toContain('Nightly import');
		expect(got[0]!.raw.replace(/=\r\n/g, '')).toContain(`http://localhost:3000/${key.slug}/settings/keys`);
		expect(await needsSweep(key)).toBe(false);
		await announceEnds(key.system);
		expect(await waitingJobs(key)).toEqual([]);
	});

	test('is sent once by two workers that have the job at the same moment', async () => {
		const key = await newEnding();
		await Promise.all([mail(key), mail(key), mail(key)]);
		expect(got).toHaveLength(1);
	});

	test('that is refused for one owner holds up no other', async () => {
		const key = await newEnding();
		refused.add(await addOwner(key));
		await mail(key);
		await mail(key);
		expect(got.map(({ to }) => to)).toEqual([key.owner.email]);
	});

	test('that nobody got is tried again, at most 24 times a day', async () => {
		const key = await newEnding();
		refused.add(key.owner.email);
		for (let tried = 0; tried < 24; tried++) await expect(mail(key)).rejects.toMatchObject({ code: 'conflict' });
		expect((await stateOf(key)).mailed_at).toBeNull();
		refused.clear();
		await mail(key);
		expect(got).toEqual([]);
		await owner`update rate_limits set resets_at = now() where key like ${`key-warning:${key.id}%`}`;
		await mail(key);
		expect(got).toHaveLength(1);
	});

	test('is not sent for a key that was ended since', async () => {
		const key = await newEnding();
		await announceEnds(key.system);
		await revokeKey(key.scope, { keyId: key.id });
		await mail(key);
		await keyJobs[0]!.run(key.system, { keyId: randomUUID() } as never, new AbortController().signal);
		expect(got).toEqual([]);
	});
});
