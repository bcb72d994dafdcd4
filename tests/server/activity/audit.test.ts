// Whom the entries name, the database says (drizzle/functions/names.sql): names_of_audited.
import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { auditSubjects } from '../../../src/lib/contract/audit.ts';
import { events } from '../../../src/lib/contract/events.ts';
import { exportAudit, listAudit } from '../../../src/lib/server/activity/audit.ts';
import type { Scope } from '../../../src/lib/server/access/scope.ts';
import { chainEntries } from '../../../src/lib/server/events/chain.ts';
import { createKey } from '../../../src/lib/server/keys/commands.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { changeRole, removeMember } from '../../../src/lib/server/team/commands.ts';
import { owner } from '../../support/database/owner.ts';
import { raw } from '../../support/database/raw.ts';
import { newScript } from '../../support/app/script.ts';
import { newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const text = async (pieces: AsyncIterable<string | Uint8Array>) => {
	let all = '';
	for await (const piece of pieces) all += String(piece);
	return all;
};

test('every event that is written down is found by what it is about', () => {
	const about = Object.values(auditSubjects).flat() as string[];
	const audited = Object.entries(events).filter(([, { audited }]) => audited);
	expect(audited.filter(([name]) => !about.includes(name.split('.')[0]!)).map(([name]) => name)).toEqual([]);
	expect(new Set(about).size).toBe(about.length);
});

test('an owner reads who did what, the newest first, page by page, and what is about one thing alone', async () => {
	const team = await newTeam();
	const rater = await team.as('rater');
	const other = await newTeam();
	await createKey(other.scope, { name: 'Theirs', role: 'trainer', projectIds: null, days: 30 });
	const acting = { ...team.scope, request: { id: randomUUID(), address: '203.0.113.7', transactions: 0 } };
	await changeRole(acting, { personId: rater.userId, role: 'trainer', projectIds: null });
	await createKey(team.scope, { name: 'Nightly', role: 'trainer', projectIds: null, days: 30 });
	await removeMember(team.scope, { personId: rater.userId });
	const { rows, older } = await listAudit(team.scope, {});
	expect(older).toBeNull();
	expect(rows.map(({ person, sentence }) => `${person} ${sentence}`)).toEqual([
		expect.stringMatching(/^Ana took rita-\S+ out of the team$/),
		'Ana made the API key Nightly',
		expect.stringMatching(/^Ana made rita-\S+ a trainer$/)
	]);
	expect(rows.map(({ address }) => address)).toEqual([null, null, '203.0.113.7']);
	const first = await listAudit(team.scope, { limit: 2 });
	const rest = await listAudit(team.scope, { limit: 2, before: first.older! });
	expect([...first.rows, ...rest.rows]).toEqual(rows);
	expect(rest.older).toBeNull();
	expect((await listAudit(team.scope, { about: 'access' })).rows).toEqual([rows[1]]);
	expect((await listAudit(team.scope, { about: 'models' })).rows).toEqual([]);
	await expect(listAudit({ ...team.scope, role: 'trainer' }, {})).rejects.toMatchObject({ code: 'forbidden' });
});

test('an entry whose words are gone is said as it was written down, and a script by its name', async () => {
	const team = await newTeam();
	const script = await newScript(team.scope, 'trainer', { name: 'Nightly' });
	const add = (values: object) =>
		owner`insert into audit_entries ${owner({ team_id: team.teamId, subject: 'x', ...values } as Record<string, string>)}`;
	await add({ action: 'example.vanished', details: '{}', person_id: team.owner.id });
	await add({ action: 'examples.exported', details: '{}', key_id: script.key!.id });
	await add({ action: 'connection.removed', details: '{}' });
	const { rows } = await listAudit(team.scope, { limit: 3 });
	expect(rows).toMatchObject([
		{ person: null, script: null, event: 'connection.removed' },
		{ person: null, script: 'Nightly' },
		{ person: 'Ana', sentence: 'example.vanished' }
	]);
});

test('an entry names its own doer, to owners, and nobody of another team', async () => {
	const [team, other] = [await newTeam(), await newTeam()];
	const [person, script] = [await team.as('trainer'), await newScript(team.scope, 'trainer', { name: 'Nightly' })];
	const add = async ({ teamId }: { teamId: string }, values: Record<string, string>) =>
		(
			await owner`insert into audit_entries ${owner({ team_id: teamId, action: 'x', subject: 'x', details: '{}', ...values } as Record<string, string>)}
				returning id`
		)[0]!.id as string;
	const [own, theirs] = [
		await add(team, { person_id: team.owner.id }),
		await add(other, { person_id: other.owner.id })
	];
	const by = await add(team, { key_id: script.key!.id });
	await add(team, { person_id: person.userId });
	// the key of another team has its id
	await owner`insert into api_keys (team_id, id, name, role, hash, hint, expires_at)
		values (${other.teamId}, ${script.key!.id}, 'Theirs', 'rater', ${Buffer.from(randomUUID())}, 'x', now())`;
	const names = async (scope: Scope, ...ids: string[]) =>
		(await raw(scope, (sql) => sql`select name from names_of_audited(${ids}) order by name`)).map(({ name }) => name);
	expect(await names(team.scope, own, theirs)).toEqual(['Ana']);
	expect(await names(team.scope, theirs)).toEqual([]);
	expect(await names(team.scope, by)).toEqual(['Nightly']);
	expect(await names({ ...person }, own, by)).toEqual([]);
});

test.each(['csv', 'jsonl'] as const)(
	'the whole log leaves as %s, with its chain, and that stands in it',
	async (format) => {
		const team = await newTeam();
		const rows = Array.from({ length: 1_203 }, (_, i) => ({
			team_id: team.teamId,
			person_id: team.owner.id,
			action: 'connection.removed',
			subject: `c${i}`,
			details: JSON.stringify({ name: i === 7 ? '=HYPERLINK("x")' : `C ${i}`, provider: 'sandbox' })
		}));
		await owner`insert into audit_entries ${owner(rows)}`;
		const { name, pieces } = await exportAudit(team.scope, { format });
		await chainEntries(team.teamId);
		const erased = '2026-11-29T12:00:00.000Z'; // an address was taken out of it
		await owner`update audit_links set erased_at = ${erased} where team_id = ${team.teamId} and place = 10`;
		expect(name).toBe(`${team.slug}-audit.${format}`);
		const lines = (await text(pieces)).trim().split(/\r?\n/);
		expect(lines).toHaveLength(1_204 + (format === 'csv' ? 1 : 0));
		const chain =
			await owner`select encode(hash, 'hex') as hash from audit_links where team_id = ${team.teamId} order by place`;
		if (format === 'jsonl') {
			const read = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
			expect(read.map(({ hash }) => hash)).toEqual(chain.map(({ hash }) => hash));
			expect(read.at(-1)).toMatchObject({ event: 'audit.exported', person: 'Ana', place: 1_204 });
			expect(read[7]).toMatchObject({
				subject: 'c7',
				sentence: 'removed the connection =HYPERLINK("x")',
				erased: null
			});
			expect(read.filter((line) => line.erased !== null)).toEqual([read[9]]);
			expect(read[9]).toMatchObject({ place: 10, erased });
		} else {
			expect(lines[0]).toMatch(/^place,at,person,script,event,sentence,/);
			expect(lines.filter((line) => line.startsWith('place,'))).toHaveLength(1);
			expect(lines[8]).toContain(chain[7]!.hash);
			expect(lines.filter((line) => line.endsWith(erased))).toEqual([lines[10]]);
		}
	}
);
