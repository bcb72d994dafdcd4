// Who has rated everything is asked about by the counters: telling apart what is left reads all that they have ever given.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ProjectScope, type Scope, type Tx, inProject } from '../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { openCards } from '../../../src/lib/server/ratings/queue.ts';
import { addExamples } from '../../support/data/evaluation.ts';
import { owner } from '../../support/database/owner.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

let here: Record<'owner' | 'rater', ProjectScope>;
let ids: string[];
beforeAll(async () => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	ids = await addExamples(
		team.scope,
		project.id,
		Array.from({ length: 60 }, (_, i) => `Question ${i + 1}?`),
		{ split: null }
	);
	const inside = (scope: Scope) => inProject(scope, project.slug);
	here = { owner: await inside(team.scope), rater: await inside(await team.as('rater')) };
	for (const { userId } of Object.values(here)) await rate(userId!, ids);
});

const rate = (person: string, some: readonly string[], score: number | null = 5) => owner`
	insert into ratings (team_id, project_id, example_id, person_id, score, client_id)
	select team_id, project_id, id, ${person}, ${score}, gen_random_uuid() from examples where id = any (${some as string[]}::uuid[])`;

/** Rows of ratings that this connection has read so far. */
const readIn = async (tx: Tx) => {
	const [row] = await tx.$client`
		select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as rows from pg_stat_xact_user_tables where relname = 'ratings'`;
	return Number(row!.rows);
};

const look = (scope: ProjectScope, request: Partial<Parameters<typeof openCards>[2]>) =>
	scope.tx(async (tx) => {
		// one more question follows, inside the same transaction
		const unended = Object.assign(Object.create(tx) as typeof tx, { last: () => {} });
		const before = await readIn(tx);
		const { left, found } = await openCards(unended, scope, {
			filter: 'second',
			sort: 'newest',
			seed: 1,
			seen: [],
			...request
		});
		return { left, ids: found.map(({ example }) => example.id), read: (await readIn(tx)) - before };
	});

const queues = [
	['owner', 'second'],
	['rater', 'second'],
	['rater', 'unrated']
] as const;

test.each(queues)('of an %s who has rated everything, %s', async (role, filter) => {
	for (const sort of ['newest', 'random', 'rating'] as const)
		expect(await look(here[role], { filter, sort }), sort).toEqual({ left: 0, ids: [], read: 0 });
});

test.each(queues)('of an %s who has taken one rating back, %s', async (role, filter) => {
	const { userId } = here[role];
	const [one, two] = ids as [string, string];
	await rate(userId!, [one], null);
	for (const sort of ['newest', 'random', 'rating'] as const) {
		expect(await look(here[role], { filter, sort }), sort).toMatchObject({ left: 1, ids: [one] });
		expect(await look(here[role], { filter, sort, seen: [one, two] }), sort).toMatchObject({ left: 0, ids: [] });
	}
	await rate(userId!, [one], 5);
});
