// Votes of everybody at once, each sent more than once, until somebody reveals: what was answered is there, and nothing else.
import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { AppError } from '../../../src/lib/core/errors.ts';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { castVote, revealResults } from '../../../src/lib/server/evaluations/commands.ts';
import { nextPairs } from '../../../src/lib/server/evaluations/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { newBallot } from '../../support/data/evaluation.ts';
import { owner } from '../../support/database/owner.ts';

afterAll(() => closePools());

test('votes that are sent twice at once while the results are revealed are there once each, or refused', async () => {
	const { scope, as, slug, id } = await newBallot(6, undefined, { votes: 3 });
	const voters = await Promise.all([scope, await as('trainer'), await as('rater')].map((who) => inProject(who, slug)));
	const told = new Set<string>();
	const refused = new Set<string>();
	const unexpected: unknown[] = [];
	const send = async (who: (typeof voters)[number], ballotId: string, choice: 'first' | 'second' | null) => {
		const vote = { evaluationId: id, ballotId, choice, clientId: randomUUID() };
		for (const end of await Promise.allSettled([castVote(who, vote), castVote(who, vote)])) {
			if (end.status === 'fulfilled') told.add(vote.clientId);
			else if (end.reason instanceof AppError) refused.add(end.reason.message);
			else unexpected.push(end.reason);
		}
	};
	const pairs = await Promise.all(voters.map((who) => nextPairs(who, { evaluationId: id, after: -1 })));
	await send(voters[0]!, pairs[0]!.pairs[0]!.ballotId, 'first');
	const all = voters.flatMap((who, at) =>
		pairs[at]!.pairs.flatMap(({ ballotId }) =>
			(['first', null, 'second'] as const).map((choice) => () => send(who, ballotId, choice))
		)
	);
	const reveal = Math.floor(all.length / 2);
	await Promise.all(
		all.map((one, at) =>
			at === reveal ? Promise.all([one(), revealResults(voters[0]!, { evaluationId: id })]) : one()
		)
	);
	expect(unexpected).toEqual([]);
	expect([...refused].filter((message) => !message.startsWith('The results are known'))).toEqual([]);
	const there =
		await owner`select client_id, v.created_at <= e.revealed_at as "inTime" from votes v join evaluations e on e.id = v.evaluation_id where e.id = ${id}`;
	expect(new Set(there.map((row) => row.client_id))).toEqual(told);
	expect(there).toHaveLength(told.size);
	const [news] =
		await owner`select count(*)::int as n from activities where event = 'evaluation.voted' and subject = ${id}`;
	expect(news!.n).toBe(told.size);
	expect(there.filter((row) => !row.inTime)).toEqual([]);
});
