// The chain of an audit log, and everything that can be done to one by whoever owns the tables.
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import postgres from 'postgres';
import { afterAll, describe, expect, test } from 'vitest';
import { enterWithKey } from '../../../src/lib/server/access/keys.ts';
import { chainEntries } from '../../../src/lib/server/events/chain.ts';
import { createKey } from '../../../src/lib/server/keys/commands.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { purge } from '../../../src/lib/server/platform/purge.ts';
import { type Head, headLine, readHeads } from '../../../src/lib/server/verify/heads.ts';
import { verify } from '../../../src/lib/server/verify/verify.ts';
import { addUnheard } from '../../support/data/audit.ts';
import { rewriteHistory } from '../../support/database/raw.ts';
import { newTeam } from '../../support/data/team.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
afterAll(async () => {
	await owner.end();
	await closePools();
});

/** A team with five linked entries: what is said of it, where its chain ends, and ways to do it wrong. */
const newLog = async () => {
	const { scope, teamId, slug } = await newTeam();
	const ids: string[] = [];
	for (let i = 1; i <= 5; i++) ids.push(await addUnheard(scope, `Ünï ${i}`, { name: 'ﬁ \u0000 "', was: null, i }));
	await chainEntries(teamId);
	const look = async (kept: Head[] = []) => {
		const said: string[] = [];
		const { heads } = await verify(owner, (sentence) => said.push(sentence), kept);
		return { said: said.filter((each) => each.includes(slug)), head: heads.find((head) => head.teamId === teamId)! };
	};
	/** What is said of the entries, by the place at which they were linked. */
	const trouble = async (kept: Head[] = []) =>
		(await look(kept)).said.map((each) => {
			for (const [i, id] of ids.entries()) each = each.replace(`Team ${slug}: audit entry ${id}`, `${i + 1}`);
			return each;
		});
	const links = (change: string) =>
		rewriteHistory('audit_links', (sql) => sql.unsafe(change.replace('$team', `team_id = '${teamId}'`)));
	const entries = (change: string) =>
		rewriteHistory('audit_entries', (sql) => sql.unsafe(change.replace('$team', `team_id = '${teamId}'`)));
	return { scope, teamId, slug, ids, look, trouble, links, entries };
};
const changedAt = (place: number) =>
	`${place} is not what was linked at place ${place} of the chain: it, or the chain, was changed.`;

test('where nothing was done, nothing is said, and the chain ends at the last entry', async () => {
	const { look } = await newLog();
	expect(await look()).toMatchObject({ said: [], head: { place: 5 } });
});

test('entries so old that the server keeps none of them are removed, and the chain holds without them', async () => {
	const { teamId, ids, look, trouble, entries } = await newLog();
	const waiting = await addUnheard((await newTeam()).scope, 'old, and without a place', {});
	const old = [ids[0], ids[1], waiting].map((id) => `'${id}'`).join(', ');
	await rewriteHistory('audit_entries', (sql) =>
		sql.unsafe(`update audit_entries set created_at = now() - interval '366 days' where id in (${old})`)
	);
	await entries(`update audit_entries set created_at = now() - interval '364 days' where $team and id = '${ids[2]}'`);
	const left = async () =>
		(await owner`select id from audit_entries where team_id = ${teamId} order by seq`).map(({ id }) => id);
	// no setting: as long as their team
	expect(await purge('audit_entries')).toBe(0);
	expect(await left()).toEqual(ids);
	// whoever serves cannot have younger ones removed, whatever it says
	const remove = async (most: number) =>
		(await plainPool()`select purge('audit_entries', 0, ${most}) as removed`)[0]!.removed as number;
	expect([await remove(1), await remove(1), await remove(1)]).toEqual([1, 1, 0]);
	expect(await left()).toEqual(ids.slice(2));
	expect(await owner`select from audit_entries where id = ${waiting}`).toHaveLength(1);
	// the third was made another time of: only that is told
	expect(await trouble()).toEqual([changedAt(3)]);
	expect((await look()).head.place).toBe(5);
	// one that somebody takes away is missed as ever
	await entries(`delete from audit_entries where $team and id = '${ids[3]}'`);
	expect(await trouble()).toEqual([changedAt(3), '4 was removed; it stood at place 4 of the chain.']);
});

test('somebody outside can compute a hash from the row alone', async () => {
	const { teamId } = await newTeam();
	const id = '01900000-0000-7000-8000-000000000001';
	const insert = (subject: string, details: string, at: string, entry: string) => owner`
		insert into audit_entries (team_id, id, created_at, action, subject, details, address)
		values (${teamId}, ${entry}, ${at}::text::timestamptz, 'team.renamed', ${subject}, ${details}::text::json, null) returning seq`;
	const [one] = await insert('ü,', '{"a" : 1.0,\n"b":"\\u0000"}', '2026-01-02 03:04:05.678901+02', id);
	const [two] = await insert('', '{}', 'infinity', id.replace(/1$/, '2'));
	await chainEntries(teamId);
	const sha256 = (...parts: (string | Buffer)[]) =>
		parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
	const seq = (row: postgres.Row) => `${String(row.seq).length}:${row.seq}`;
	const first = sha256(
		`36:${teamId},36:${id},17:1767315845.678901,${seq(one!)},-,12:team.renamed,3:ü,,25:{"a" : 1.0,\n"b":"\\u0000"},-,-,`
	);
	const second = sha256(
		first,
		`36:${teamId},36:${id.replace(/1$/, '2')},8:Infinity,${seq(two!)},-,12:team.renamed,0:,2:{},-,-,`
	);
	const links = await owner`select hash from audit_links where team_id = ${teamId} order by place`;
	expect(links.map(({ hash }) => hash.toString('hex'))).toEqual([first.toString('hex'), second.toString('hex')]);
});

describe('an entry was changed', () => {
	const values: Record<string, string> = {
		created_at: `created_at + interval '1 microsecond'`,
		seq: 'default',
		person_id: 'null',
		action: `action || ' '`,
		subject: `''`,
		details: `(details::text || ' ')::json`,
		request_id: 'new_id()',
		address: 'null',
		key_id: 'new_id()'
	};
	test('the table has no column that is not asked about', async () => {
		const columns =
			await owner`select attname as name from pg_attribute where attrelid = 'audit_entries'::regclass and attnum > 0`;
		expect(columns.map(({ name }) => name).sort()).toEqual([...Object.keys(values), 'id', 'team_id'].sort());
	});

	test.for(Object.entries(values))('its %s', async ([column, value]) => {
		const { ids, entries, trouble } = await newLog();
		await entries(`update audit_entries set ${column} = ${value} where $team and id = '${ids[2]}'`);
		expect(await trouble()).toEqual([changedAt(3)]);
	});

	test('that a key did it, and which', async () => {
		const { scope, teamId, slug, look, entries } = await newLog();
		const { key } = await createKey(scope, { name: 'Nightly import', role: 'trainer', projectIds: null, days: 90 });
		const holder = await enterWithKey(
			key,
			null,
			{ id: randomUUID(), address: '192.0.2.1', transactions: 0 },
			{ most: 10, perSeconds: 1 }
		);
		const id = await addUnheard(holder!.scope);
		await chainEntries(teamId);
		expect(await look()).toMatchObject({ said: [], head: { place: 7 } });
		for (const change of ['new_id()', 'null']) {
			await entries(`update audit_entries set key_id = ${change} where $team and id = '${id}'`);
			const { said } = await look();
			expect(said, change).toEqual([`Team ${slug}: audit entry ${id} ${changedAt(7).slice(2)}`]);
		}
	});

	test('two changed places with each other', async () => {
		const { links, trouble } = await newLog();
		await links(`update audit_links set place = case place when 2 then 30 else 20 end where $team and place in (2, 3)`);
		await links(`update audit_links set place = place / 10 where $team and place > 9`);
		expect(await trouble()).toEqual([
			changedAt(3).replaceAll('place 3', 'place 2'),
			changedAt(2).replaceAll('place 2', 'place 3'),
			changedAt(4)
		]);
	});

	test('its id, or its team', async () => {
		const [log, other] = [await newLog(), await newLog()];
		await log.entries(`update audit_entries set id = new_id() where $team and id = '${log.ids[1]}'`);
		await log.entries(`update audit_entries set team_id = '${other.teamId}' where $team and id = '${log.ids[2]}'`);
		expect(await log.trouble()).toEqual([
			'2 was removed; it stood at place 2 of the chain.',
			'3 was removed; it stood at place 3 of the chain.',
			expect.stringContaining('has no link to the chain')
		]);
		expect(await other.trouble()).toEqual([
			expect.stringContaining(`audit entry ${log.ids[2]} has no link to the chain`)
		]);
	});

	test('with its hash: the next one tells', async () => {
		const { links, trouble } = await newLog();
		await links(`update audit_links set hash = sha256(hash) where $team and place = 2`);
		expect(await trouble()).toEqual([changedAt(2), changedAt(3)]);
	});
});

describe('an entry was removed', () => {
	test('alone', async () => {
		const { ids, entries, trouble } = await newLog();
		await entries(`delete from audit_entries where $team and id in ('${ids[0]}', '${ids[3]}')`);
		expect(await trouble()).toEqual([
			'1 was removed; it stood at place 1 of the chain.',
			'4 was removed; it stood at place 4 of the chain.'
		]);
	});

	test('with its link', async () => {
		const { ids, entries, links, trouble } = await newLog();
		await entries(`delete from audit_entries where $team and id in ('${ids[0]}', '${ids[2]}', '${ids[3]}')`);
		await links(`delete from audit_links where $team and place in (1, 3, 4)`);
		expect(await trouble()).toEqual([
			'2 stands at place 2 of the chain, and place 1 is missing before it.',
			'5 stands at place 5 of the chain, and places 3 to 4 are missing before it.'
		]);
	});

	test('with its link, and the later ones moved up', async () => {
		const { ids, entries, links, trouble } = await newLog();
		await entries(`delete from audit_entries where $team and id = '${ids[2]}'`);
		await links(`delete from audit_links where $team and place = 3`);
		await links(`update audit_links set place = place - 1 where $team and place = 4`);
		await links(`update audit_links set place = place - 1 where $team and place = 5`);
		expect(await trouble()).toEqual([changedAt(4).replaceAll('place 4', 'place 3')]);
	});

	test('before it had a place', async () => {
		const { scope, slug, entries, trouble } = await newLog();
		const id = await addUnheard(scope);
		await entries(`delete from audit_entries where $team and id = '${id}'`);
		expect(await trouble()).toEqual([
			`Team ${slug}: audit entry ${id} waited for its place in the chain, and was removed.`
		]);
	});
});

describe('an entry was put in between', () => {
	const insert = `insert into audit_entries (team_id, created_at, seq, person_id, action, subject, details)
		overriding system value select team_id, created_at, seq, person_id, action, 'x', details from audit_entries`;

	test('past the chain', async () => {
		const { ids, entries, trouble } = await newLog();
		await entries(`${insert} where $team and id = '${ids[2]}'`);
		expect(await trouble()).toEqual([expect.stringContaining('has no link to the chain: it was added past it')]);
	});

	test('with a link that follows from the one before', async () => {
		const { teamId, ids, entries, links, trouble } = await newLog();
		await entries(`${insert} where $team and id = '${ids[2]}'`);
		for (const place of [5, 4, 3])
			await links(`update audit_links set place = place + 1 where $team and place = ${place}`);
		await links(`insert into audit_links (team_id, entry_id, place, hash)
			select e.team_id, e.id, 3, sha256(l.hash || convert_to(audit_text(e), 'UTF8'))
			from audit_entries e join audit_links l on l.team_id = e.team_id and l.place = 2 where e.team_id = '${teamId}' and e.subject = 'x'`);
		expect(await trouble()).toEqual([changedAt(3).replaceAll('place 3', 'place 4')]);
	});
});

describe('a link is missing', () => {
	test('it was removed', async () => {
		const { links, trouble } = await newLog();
		await links(`delete from audit_links where $team and place = 2`);
		expect(await trouble()).toEqual([
			'3 stands at place 3 of the chain, and place 2 is missing before it.',
			'2 has no link to the chain: it was added past it, or its link was removed.'
		]);
	});

	test('nobody has made it for more than a minute; a new entry may wait', async () => {
		const { scope, ids, links, trouble } = await newLog();
		ids.push(await addUnheard(scope));
		expect(await trouble()).toEqual([]);
		await links(`update audit_links set created_at = created_at - interval '2 minutes' where $team and place is null`);
		expect(await trouble()).toEqual(['6 has waited for its place in the chain for more than a minute.']);
	});
});

describe('what was kept of an earlier look', () => {
	test('is in a chain that has grown', async () => {
		const { scope, teamId, look, trouble } = await newLog();
		const kept = readHeads(`Looked at …\n${headLine((await look()).head)}\nAll is as it follows.`);
		await addUnheard(scope);
		await chainEntries(teamId);
		expect(await trouble(kept)).toEqual([]);
	});

	test('shows that the end was cut off, which nothing else does', async () => {
		const { ids, slug, entries, links, look, trouble } = await newLog();
		const { head } = await look();
		await entries(`delete from audit_entries where $team and id in ('${ids[3]}', '${ids[4]}')`);
		await links(`delete from audit_links where $team and place > 3`);
		expect(await trouble()).toEqual([]);
		expect(await trouble([head])).toEqual([
			`Team ${slug}: the audit log had the kept hash at place 5; now it ends at place 3.`
		]);
	});

	test('shows that all of it was written anew', async () => {
		const { teamId, ids, slug, entries, links, look, trouble } = await newLog();
		const { head } = await look();
		await entries(`update audit_entries set subject = 'x' where $team and id = '${ids[1]}'`);
		await links(`update audit_links set place = null, hash = null where $team`);
		await chainEntries(teamId);
		expect(await trouble()).toEqual([]);
		expect(await trouble([head])).toEqual([
			`Team ${slug}: the audit log had the kept hash at place 5; now another hash stands there.`
		]);
	});

	test('shows that a team is gone', async () => {
		const { slug, entries, links, look, trouble } = await newLog();
		const { head } = await look();
		await entries('delete from audit_entries where $team');
		await links('delete from audit_links where $team');
		expect(await trouble([head])).toEqual([
			`Team ${slug}: the audit log had the kept hash at place 5; now it is gone.`
		]);
	});

	test('is a file with such lines', () => {
		expect(() => readHeads('nothing')).toThrow('There is no line');
	});
});

test('one entry twice, and one place twice, are found where the keys were dropped', async () => {
	const { slug, ids, links, trouble } = await newLog();
	await links('alter table audit_links drop constraint audit_links_team_id_entry_id_pk; drop index audit_links_place');
	await links(
		`insert into audit_links (team_id, entry_id, place, hash) select team_id, '${ids[1]}', 6, hash from audit_links where $team and place = 5`
	);
	await links(
		`insert into audit_links (team_id, entry_id, place, hash) select team_id, new_id(), 7, hash from audit_links where $team and place = 5`
	);
	await links(`update audit_links set place = 1 where $team and place = 7`);
	const said = await trouble();
	expect(said).toContain('2 is in the chain twice, the second time at place 6.');
	expect(said.join('\n')).toContain(`stands at place 1 of the chain, where another stands too.`);
	await links(`delete from audit_links where $team`);
	expect(await trouble()).toHaveLength(5);
	expect(slug).toBeTruthy();
});

test(
	'the program says where each chain ends, and holds it against what it has said before',
	{ timeout: 90_000 },
	async () => {
		await owner`truncate audit_entries, audit_links`;
		const { ids, slug, teamId, entries, links } = await newLog();
		const file = path.join(process.env.DATA_DIR!, 'heads.txt');
		const program = async (...args: string[]) => {
			const child = spawn(process.execPath, ['src/launch/verify.ts', ...args], { env: process.env });
			const [[code], said] = await Promise.all([once(child, 'close'), text(child.stdout)]);
			return { code, said };
		};
		const before = await program();
		expect(before.code).toBe(0);
		expect(before.said).toMatch(
			new RegExp(`^Audit log of team ${slug} \\(${teamId}\\): 5 entries, [0-9a-f]{64}$`, 'm')
		);
		fs.writeFileSync(file, before.said);
		expect((await program('--heads', file)).code).toBe(0);
		await entries(`delete from audit_entries where $team and id = '${ids[4]}'`);
		await links(`delete from audit_links where $team and place = 5`);
		const after = await program('--heads', file);
		expect(after.said).toContain(`Team ${slug}: the audit log had the kept hash at place 5; now it ends at place 4.\n`);
		expect(after.code).toBe(1);
	}
);
