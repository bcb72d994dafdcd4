// Of the database: call_person, rename_person.
import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { personWith, renamePerson } from '../../../src/lib/server/access/people.ts';
import { newPerson, newTeam } from '../../support/data/team.ts';
import { owner } from '../../support/database/owner.ts';

afterAll(() => closePools());

test('one address is one person, also when they come twice at once', async () => {
	const email = `ana-${randomUUID()}@example.com`;
	const found = await Promise.all(Array.from({ length: 10 }, () => personWith(email)));
	expect(new Set(found.map(({ id }) => id)).size).toBe(1);
	expect(found.filter(({ isNew }) => isNew)).toHaveLength(1);
	for (const again of [email, email.toUpperCase(), ` ${email}`])
		expect(await personWith(again)).toEqual({ id: found[0]!.id, isNew: false, isBack: false });
});

test('a person is called what they like, and nobody else is', async () => {
	const [one, two] = await Promise.all([1, 2].map(() => personWith(`ana-${randomUUID()}@example.com`, 'Ana')));
	await renamePerson({ person: { id: one!.id, email: 'ana@example.com', name: 'Ana' } }, { name: 'Anna' });
	await personWith(`bob-${randomUUID()}@example.com`);
	// as the version before does it
	await plainPool()`select rename_person(${two!.id}, 'Anne')`;
	const rows = await owner`select id, name from people where id in (${one!.id}, ${two!.id})`;
	expect(Object.fromEntries(rows.map(({ id, name }) => [id, name]))).toEqual({ [one!.id]: 'Anna', [two!.id]: 'Anne' });
});

test('another name is written down in each of their teams, with the request; the same name is none', async () => {
	const [one, two, other] = [await newTeam(), await newTeam(), await newTeam()];
	const person = await newPerson('Ana');
	for (const { teamId } of [one, two])
		await owner`insert into members (team_id, person_id, role) values (${teamId}, ${person.id}, 'rater')`;
	const request = { id: randomUUID(), address: '203.0.113.7' };
	const entries = () =>
		owner`select team_id, person_id, subject, request_id, address from audit_entries where action = 'member.renamed'
			and team_id in (${one.teamId}, ${two.teamId}, ${other.teamId}) order by seq`;
	await renamePerson({ person, request }, { name: 'Ana' });
	expect(await entries()).toHaveLength(0);
	await renamePerson({ person, request }, { name: 'Anna' });
	const written = { person_id: person.id, subject: person.id, request_id: request.id, address: request.address };
	expect((await entries()).toSorted((a, b) => (a.team_id < b.team_id ? -1 : 1))).toEqual(
		[one, two]
			.map(({ teamId }) => ({ team_id: teamId, ...written }))
			.toSorted((a, b) => (a.team_id < b.team_id ? -1 : 1))
	);
});

test('names are changed as often as anybody would, and no team is told of more', async () => {
	const person = await newPerson('Ana');
	for (let at = 1; at <= 20; at++) await renamePerson({ person }, { name: `Ana ${at}` });
	await expect(renamePerson({ person }, { name: 'Once more' })).rejects.toMatchObject({ code: 'rate_limited' });
	const [row] = await owner`select name from people where id = ${person.id}`;
	expect(row!.name).toBe('Ana 20');
});
