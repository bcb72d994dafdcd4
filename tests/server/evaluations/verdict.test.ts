import { afterAll, expect, test } from 'vitest';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { revealResults } from '../../../src/lib/server/evaluations/commands.ts';
import { getEvaluation, getTrend, listEvaluations } from '../../../src/lib/server/evaluations/queries.ts';
import { countUncounted } from '../../../src/lib/server/evaluations/jobs.ts';
import { countVotes } from '../../../src/lib/server/evaluations/verdict.ts';
import { chainEntries } from '../../../src/lib/server/events/chain.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { connections, evaluations } from '../../../src/lib/server/platform/db/schema.ts';
import { newBallot, voteAs } from '../../support/data/evaluation.ts';
import { rewriteHistory } from '../../support/database/raw.ts';

afterAll(() => closePools());

const early = async () => {
	const ballot = await newBallot(30);
	await voteAs(ballot.scope, ballot.slug, ballot.id, () => 'a', 3);
	const inside = await inProject(ballot.scope, ballot.slug);
	await revealResults(inside, { evaluationId: ballot.id });
	const counted = async () => (await listEvaluations(inside)).rows[0]!;
	return { ...ballot, inside, counted };
};

test('a reveal keeps what came out, and a list reads it', async () => {
	const { inside, counted, run, id } = await early();
	expect(await counted()).toMatchObject({
		revealed: true,
		judged: 3,
		score: { kind: 'need-more-data', wins: 3, losses: 0, runId: run.id, version: 'v1', against: 'base', winRate: 1 }
	});
	expect(await getEvaluation(inside, { evaluationId: id })).toMatchObject({ verdict: { kind: 'need-more-data' } });
	expect(await getTrend(inside)).toMatchObject([{ runId: run.id, version: 'v1', netPreference: 1 }]);
});

test('a count before the reveal keeps nothing', async () => {
	const { scope, slug, id } = await newBallot(3);
	await voteAs(scope, slug, id, () => 'a', 2);
	await countVotes(scope, id);
	expect((await scope.tx((tx) => tx.select().from(evaluations)))[0]!.result).toBeNull();
});

test('what was revealed before results were kept is counted by the sweep, once', async () => {
	const { scope, teamId, id, counted } = await early();
	await rewriteHistory('evaluations', (sql) => sql`update evaluations set result = null where id = ${id}`);
	expect(await counted()).toMatchObject({ revealed: true, score: null });
	const open = await plainPool()`select teams_with_open_work() as id`;
	expect(open.map((row) => row.id)).toContain(teamId);
	await countUncounted(scope);
	await countUncounted(scope);
	expect((await counted()).score).toMatchObject({ wins: 3 });
	// else the audit log may keep the team open for a moment, and its connection until somebody has looked there
	await chainEntries(teamId);
	await scope.tx((tx) => tx.update(connections).set({ straysAt: new Date() }));
	const later = await plainPool()`select teams_with_open_work() as id`;
	expect(later.map((row) => row.id)).not.toContain(teamId);
});
