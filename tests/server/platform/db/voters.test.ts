import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../../src/lib/server/platform/db/pools.ts';
import { oneOfEach } from '../../../support/data/one-of-each.ts';
import { owner } from '../../../support/database/owner.ts';
import { raw } from '../../../support/database/raw.ts';
import { newScript } from '../../../support/app/script.ts';
import { newPerson, newTeam } from '../../../support/data/team.ts';

afterAll(() => closePools());

type Voter = Scope & { voterId: string };
let teamId: string;
let one: { projectId: string; ids: Record<string, string> };
let people: [Scope & { userId: string }, Scope & { userId: string }];
let scripts: [Voter, Voter];
beforeAll(async () => {
	const team = await newTeam();
	teamId = team.teamId;
	one = await oneOfEach({ ...team.scope, userId: team.owner.id }, (await newPerson('Extra')).id);
	people = [await team.as('rater'), await team.as('rater')];
	scripts = [await newScript(team.scope, 'rater'), await newScript(team.scope, 'rater')];
});

/** A row of each kind as whoever acts may send it: in whose name, and as what. Of the pairing whose ballot is `ballot`. */
const rows: Record<string, (who: string, as: string, ballot: string) => string> = {
	ratings: (who, as) => `insert into ratings (project_id, example_id, score, person_id, voter, client_id)
		values ('${one.projectId}', '${one.ids.examples}', 1, '${who}', ${as}, gen_random_uuid())`,
	rewrites: (who, as) => `insert into rewrites (project_id, example_id, output, person_id, voter, client_id)
		values ('${one.projectId}', '${one.ids.examples}', 'x', '${who}', ${as}, gen_random_uuid())`,
	ballots: (
		who,
		as,
		ballot
	) => `insert into ballots (id, project_id, evaluation_id, pairing_id, position, swapped, person_id, voter)
		values ('${ballot}', '${one.projectId}', '${one.ids.evaluations}', '${one.ids.pairings}', 1, false, '${who}', ${as})`,
	votes: (
		who,
		as,
		ballot
	) => `insert into votes (project_id, evaluation_id, pairing_id, ballot_id, choice, person_id, voter, client_id)
		values ('${one.projectId}', '${one.ids.evaluations}', '${one.ids.pairings}', '${ballot}', 'tie', '${who}', ${as}, gen_random_uuid())`,
	remarks: (
		who,
		as,
		ballot
	) => `insert into remarks (project_id, evaluation_id, pairing_id, ballot_id, note, person_id, voter, client_id)
		values ('${one.projectId}', '${one.ids.evaluations}', '${one.ids.pairings}', '${ballot}', 'x', '${who}', ${as}, gen_random_uuid())`
};

/** The SQLSTATE by which the database refuses it, or as what it stands there. Nothing of it stays. */
const outcome = async (scope: Scope, table: string, who: string, as: string): Promise<string> => {
	const trying = new Error('only trying');
	let stands = '';
	const refused = await raw(scope, async (sql) => {
		const ballot = randomUUID();
		if (table === 'votes' || table === 'remarks') {
			const own = scope.voterId!;
			await sql.unsafe(rows.ballots!(own, 'default', ballot));
		}
		const [row] = await sql.unsafe(`${rows[table]!(who, as, ballot)} returning voter`);
		stands = row!.voter;
		throw trying;
	}).catch((problem) => (problem === trying ? null : (problem as { code: string }).code));
	return refused ?? stands;
};

describe.each(Object.keys(rows))('a key says nothing as a person, nor a person as a key: %s', (table) => {
	test('whoever says it says it as what they are, in their own name', async () => {
		const [person, script] = [people[0], scripts[0]];
		for (const as of ['default', `'person'`]) expect(await outcome(person, table, person.userId, as)).toBe('person');
		for (const as of ['default', `'script'`]) expect(await outcome(script, table, script.voterId, as)).toBe('script');
	});

	test.for(['default', `'person'`, `'script'`, `'judge'`])('in another’s name never, as %s', async (as) => {
		const ids = [...people.map(({ userId }) => userId), ...scripts.map(({ voterId }) => voterId)];
		for (const scope of [people[0], scripts[0]])
			for (const who of ids.filter((id) => id !== scope.voterId))
				expect(await outcome(scope, table, who, as)).toBe('42501');
	});

	test('nor as another kind', async () => {
		for (const as of [`'script'`, `'judge'`])
			expect(await outcome(people[0], table, people[0].userId, as)).toBe('42501');
		for (const as of [`'person'`, `'judge'`])
			expect(await outcome(scripts[0], table, scripts[0].voterId, as)).toBe('42501');
	});

	test('there are people and scripts, and nothing else, for the owner of the tables too', async () => {
		const change = owner`update ${owner(table)} set voter = 'robot' where team_id = ${teamId}`;
		await expect(change).rejects.toMatchObject({ code: '23514' });
	});
});

test('a vote is of the kind its ballot is', async () => {
	const { voterId } = scripts[0];
	const vote = (as: string) =>
		owner.begin(async (sql) => {
			await sql`select set_config('app.team_id', ${teamId}, true)`;
			const ballot = randomUUID();
			await sql.unsafe(rows.ballots!(voterId, `'script'`, ballot));
			await sql.unsafe(rows.votes!(voterId, as, ballot));
			throw new Error('only trying');
		});
	await expect(vote(`'script'`)).rejects.toThrow('only trying');
	await expect(vote(`'person'`)).rejects.toMatchObject({ code: '23503' });
});
