// An import has a transaction for each part. Only the last of its transactions waits for the disk, and with it all before: the log has an order.
import { beforeAll, expect, test } from 'vitest';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { importExamples } from '../../../src/lib/server/examples/commands.ts';
import { newProject, newTeam } from '../../support/data/team.ts';
import { owner } from '../../support/database/owner.ts';
import { rewriteHistory } from '../../support/database/raw.ts';

beforeAll(async () => {
	// tests run without waiting for the disk; the connections of this file begin as those of a server do
	await owner`do $$ begin execute format('alter database %I set synchronous_commit = on', current_database()); end $$`;
	await owner`create table commits (at serial, ended boolean, setting text)`;
	await owner`grant all on commits, commits_at_seq to public`;
	await owner.unsafe(`
		create function note_commit() returns trigger language plpgsql as $$
		begin
			insert into commits (ended, setting) values (new.ended_at is not null, current_setting('synchronous_commit'));
			return null;
		end $$;
		create trigger note_commit after update on imports for each row execute function note_commit();`);
});

const say = (text: string, at: number) => ({
	messages: [
		{ role: 'user', content: `${at} ${text}` },
		{ role: 'assistant', content: text }
	]
});
const lineOf = (at: number) => ({ number: at + 1, text: JSON.stringify(say('a longer answer '.repeat(6_000), at)) });

test('a part waits for no disk, what ends the import does', async () => {
	const { scope } = await newTeam();
	await newProject(scope);
	const here = await inProject(scope, 'support');
	const lines = Array.from({ length: 40 }, (_, at) => lineOf(at));
	expect(await importExamples(here, { fileName: 'large.jsonl', lines })).toMatchObject({ added: 40 });
	const noted = await owner`select ended, setting from commits order by at`;
	expect(noted.length).toBeGreaterThan(2);
	expect(noted.at(-1)).toEqual({ ended: true, setting: 'on' });
	expect(new Set(noted.slice(0, -1).map(({ ended, setting }) => `${ended} ${setting}`))).toEqual(
		new Set(['false off'])
	);
});

test('what a database that fell over has forgotten is not said to be in, though the rest came in behind it', async () => {
	const { scope, teamId } = await newTeam();
	await newProject(scope);
	const here = await inProject(scope, 'support');
	const lines = async function* () {
		for (let at = 0; at < 20; at++) yield lineOf(at);
		// of a slow upload: its first part is committed, and not on the disk yet
		while ((await owner`select from imports where team_id = ${teamId} and added > 0`).length === 0);
		await rewriteHistory('imports', (sql) => sql`update imports set added = 0 where team_id = ${teamId}`);
		await rewriteHistory('examples', (sql) => sql`delete from examples where team_id = ${teamId}`);
		for (let at = 20; at < 40; at++) yield lineOf(at);
	};
	await expect(importExamples(here, { fileName: 'large.jsonl', lines: lines() })).rejects.toThrow(
		'only a part of the file is in'
	);
	const [found] = await owner`select count(*)::int as n from examples where team_id = ${teamId}`;
	const [said] = await owner`select added, broke_off from imports where team_id = ${teamId}`;
	expect(said).toEqual({ added: found!.n, broke_off: true });
	expect(found!.n).toBeLessThan(40);
	expect(
		await importExamples(here, { fileName: 'large.jsonl', lines: Array.from({ length: 40 }, (_, at) => lineOf(at)) })
	).toMatchObject({ added: 40 - found!.n });
});
