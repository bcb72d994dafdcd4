// A queue asks for what a person has given once, whatever the planner expects: a young team has no statistics yet.
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ProjectScope, type Tx, inProject } from '../../../src/lib/server/access/scope.ts';
import { importExamples } from '../../../src/lib/server/examples/commands.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { rateExample } from '../../../src/lib/server/ratings/commands.ts';
import { nextCards } from '../../../src/lib/server/ratings/queries.ts';
import { openCards } from '../../../src/lib/server/ratings/queue.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

let rater: ProjectScope;
beforeAll(async () => {
	const team = await newTeam();
	await newProject(team.scope);
	const owner = await inProject(team.scope, 'support');
	const messages = (n: number) => [
		{ role: 'user', content: `Question ${n}?` },
		{ role: 'assistant', content: `Answer ${n}.` }
	];
	const lines = Array.from({ length: 400 }, (_, n) => ({
		number: n + 1,
		text: JSON.stringify({ messages: messages(n) })
	}));
	await importExamples(owner, { fileName: 'many.jsonl', lines });
	rater = await inProject(await team.as('rater'), 'support');
	const { cards } = await nextCards(rater, { filter: 'all', sort: 'newest', seed: 1, seen: [] });
	for (const { id } of cards) await rateExample(rater, { exampleId: id, score: 3, clientId: randomUUID() });
});

/** How often this connection has begun to look into the ratings. */
const looksAtRatings = async (tx: Tx) => {
	const [row] = await tx.execute(sql`
		select seq_scan + idx_scan as looks from pg_stat_xact_user_tables where relname = 'ratings'`);
	return Number(row!.looks);
};

test.each(['unrated', 'second', 'all', 'below', 'needs-rewrite'] as const)('%s', async (filter) => {
	for (const sort of ['newest', 'random', 'rating'] as const) {
		const looks = await rater.tx(async (tx) => {
			// one more question follows, inside the same transaction
			const unended = Object.assign(Object.create(tx) as typeof tx, { last: () => {} });
			const before = await looksAtRatings(tx);
			await openCards(unended, rater, { filter, sort, seed: 1, seen: [] });
			return (await looksAtRatings(tx)) - before;
		});
		// what the person has given: for the count, the cards and their order; and the own score of each card
		expect(looks, sort).toBeLessThanOrEqual(3 + 8 + 8);
	}
});
