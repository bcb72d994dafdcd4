// Who links what, and when: the relay after the commit, the janitor what no relay has linked, and never the write itself.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, expect, test, vi } from 'vitest';
import { acceptInvitation } from '../../../src/lib/server/access/invitations.ts';
import { chainEntries } from '../../../src/lib/server/events/chain.ts';
import { record } from '../../../src/lib/server/events/record.ts';
import { sweepAll } from '../../../src/lib/server/jobs/worker.ts';
import { sha256 } from '../../../src/lib/server/platform/crypto.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { invitations } from '../../../src/lib/server/platform/db/schema.ts';
import type { Scope } from '../../../src/lib/server/access/scope.ts';
import { verify } from '../../../src/lib/server/verify/verify.ts';
import { randomFrom } from '../../bench/measure.ts';
import { addUnheard } from '../../support/data/audit.ts';
import { raw } from '../../support/database/raw.ts';
import { newPerson, newTeam } from '../../support/data/team.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 2, onnotice: () => {} });
const serving = postgres(process.env.APP_DATABASE_URL!, { max: 2, onnotice: () => {} });
afterAll(async () => {
	await Promise.all([owner.end(), serving.end()]);
	await closePools();
});

/** Every entry of the team with its place, in the order of places; null comes last. */
const placesOf = async (teamId: string) =>
	(await owner`
		select e.id, l.place::int as place from audit_entries e left join audit_links l on l.team_id = e.team_id and l.entry_id = e.id
		where e.team_id = ${teamId} order by l.place`) as unknown as { id: string; place: number | null }[];

const allPlaced = (teamId: string, count: number) =>
	vi.waitFor(
		async () => {
			const places = (await placesOf(teamId)).map(({ place }) => place);
			expect(places).toEqual(Array.from({ length: count }, (_, i) => i + 1));
		},
		{ timeout: 20_000, interval: 20 }
	);

const troubleIn = async (slug: string) => {
	const said: string[] = [];
	await verify(owner, (sentence) => said.push(sentence));
	return said.filter((sentence) => sentence.includes(slug));
};

const note = (scope: Scope, work: () => Promise<unknown> = async () => {}) =>
	scope.tx(async (tx) => {
		await record(tx, scope, { event: 'member.left', subject: randomUUID(), details: { role: 'rater' } });
		await work();
	});

test('the relay links an entry after its commit, also one without topics', async () => {
	const { scope, teamId, slug } = await newTeam();
	await note(scope);
	await allPlaced(teamId, 1);
	await note(scope);
	await note(scope);
	await allPlaced(teamId, 3);
	expect(await troubleIn(slug)).toEqual([]);
});

test('and the entry that the database writes when somebody joins', async () => {
	const { scope, teamId } = await newTeam();
	const person = await newPerson();
	const token = randomUUID();
	const invitation = { email: person.email, role: 'rater', tokenHash: sha256(token), expiresAt: new Date(2100, 0) };
	await scope.tx((tx) => tx.insert(invitations).values(invitation as never));
	await acceptInvitation({ person } as never, { token });
	await allPlaced(teamId, 1);
});

test('what was rolled back has no entry and no link', async () => {
	const { scope, teamId } = await newTeam();
	const no = new Error('no');
	await expect(note(scope, () => Promise.reject(no))).rejects.toBe(no);
	await chainEntries(teamId);
	expect(await placesOf(teamId)).toEqual([]);
	expect(await owner`select from audit_links where team_id = ${teamId}`).toHaveLength(0);
});

test('the janitor links what a relay has left, and then has nothing to do', async () => {
	const { scope, teamId } = await newTeam();
	const waiting = () => plainPool()`select id from teams_with_open_work() as id where id = ${teamId}`;
	await addUnheard(scope);
	expect((await placesOf(teamId)).map(({ place }) => place)).toEqual([null]);
	expect(await waiting()).toHaveLength(1);
	await sweepAll();
	expect((await placesOf(teamId)).map(({ place }) => place)).toEqual([1]);
	expect(await waiting()).toHaveLength(0);
});

test('a team that cannot be linked holds up no other, and is linked when it can be', async () => {
	const [ill, well] = [await newTeam(), await newTeam()];
	await owner.unsafe(`create trigger ill before update on audit_links for each row when (new.team_id = '${ill.teamId}')
		execute function keep_evidence('no')`);
	await Promise.all([note(ill.scope), note(well.scope)]);
	await allPlaced(well.teamId, 1);
	expect((await placesOf(ill.teamId)).map(({ place }) => place)).toEqual([null]);
	await owner`drop trigger ill on audit_links`;
	await sweepAll();
	await allPlaced(ill.teamId, 1);
});

test('what becomes visible later comes later: nothing is missed', async () => {
	const { scope, teamId, slug } = await newTeam();
	const first = Promise.withResolvers<void>();
	const written = Promise.withResolvers<void>();
	const late = note(scope, () => (written.resolve(), first.promise));
	await written.promise;
	await addUnheard(scope, 'second');
	await chainEntries(teamId);
	first.resolve();
	await late;
	await allPlaced(teamId, 2);
	const [before, after] = await owner`
		select e.subject, e.seq from audit_links l join audit_entries e on e.id = l.entry_id where l.team_id = ${teamId} order by l.place`;
	expect(before!.subject).toBe('second');
	expect(Number(before!.seq)).toBeGreaterThan(Number(after!.seq));
	expect(await troubleIn(slug)).toEqual([]);
});

test('a write does not wait for the chain, and the chain for no write', async () => {
	const { scope, teamId } = await newTeam();
	await addUnheard(scope);
	const done = Promise.withResolvers<void>();
	const chained = Promise.withResolvers<void>();
	// a relay that hangs: its links are made and not committed
	const hanging = serving.begin(async (sql) => {
		await sql`select chain_audit(${teamId})`;
		chained.resolve();
		await done.promise;
	});
	await chained.promise;
	await scope.tx(async (tx) => {
		await tx.$client`set local lock_timeout = '2s'`;
		await record(tx, scope, { event: 'member.left', subject: 'x', details: { role: 'rater' } });
	});
	done.resolve();
	await hanging;
	await allPlaced(teamId, 2);
	// and a writer that has not committed holds up nobody
	await raw(scope, async (sql) => {
		await sql`insert into audit_entries (person_id, action, subject, details) values (${scope.userId}, 'x', 'x', '{}')`;
		await serving.begin(async (relay) => {
			await relay`set local lock_timeout = '2s'`;
			await relay`select chain_audit(${teamId})`;
		});
	});
});

test('many writers and two more relays at once: each entry has one place, the places have no gap, the chain holds', async () => {
	const teams = [await newTeam(), await newTeam()];
	const random = randomFrom(5);
	let writing = true;
	const relays = [0, 1].map(async () => {
		while (writing) for (const { teamId } of teams) await serving`select chain_audit(${teamId})`;
	});
	const no = new Error('no');
	let written = 0;
	await Promise.all(
		Array.from({ length: 8 }, async (_, writer) => {
			const { scope } = teams[writer % 2]!;
			for (let i = 0; i < 30; i++) {
				const pause = random() < 0.3 ? 5 * random() : 0;
				const fails = random() < 0.15;
				await note(scope, async () => {
					if (pause) await sleep(pause);
					if (fails) throw no;
				}).then(
					() => written++,
					(problem) => expect(problem).toBe(no)
				);
			}
		})
	);
	writing = false;
	await Promise.all(relays);
	await sweepAll();
	const counts = [];
	for (const { teamId, slug } of teams) {
		const places = await placesOf(teamId);
		await allPlaced(teamId, places.length);
		expect(new Set(places.map(({ id }) => id)).size).toBe(places.length);
		expect(await owner`select from audit_links where team_id = ${teamId}`).toHaveLength(places.length);
		expect(await troubleIn(slug)).toEqual([]);
		counts.push(places.length);
	}
	expect(counts[0]! + counts[1]!).toBe(written);
	expect(written).toBeGreaterThan(150);
});
