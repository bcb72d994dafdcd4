import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, describe, expect, test } from 'vitest';
import type { Results } from '../../../src/lib/contract/evaluation-results.ts';
import { type ProjectScope, type Tx, inProject } from '../../../src/lib/server/access/scope.ts';
import { addRemark, castVote, revealResults } from '../../../src/lib/server/evaluations/commands.ts';
import { countVotes } from '../../../src/lib/server/evaluations/verdict.ts';
import {
	getEvaluation,
	getResults,
	getTrend,
	listEvaluations,
	nextPairs
} from '../../../src/lib/server/evaluations/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { ballots, votes } from '../../../src/lib/server/platform/db/schema.ts';
import { newBallot, voteAs } from '../../support/data/evaluation.ts';
import { rewriteHistory } from '../../support/database/raw.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
afterAll(async () => {
	await owner.end();
	await closePools();
});

const sentence = 'The results are known, so nothing more is taken.';
const refused = { code: 'conflict', field: 'evaluationId', message: sentence };

/** Nineteen of twenty judged at 10–9, and revealed. */
const nearlyDone = async () => {
	const ballot = await newBallot(20);
	const voter = await inProject(ballot.scope, ballot.slug);
	let cast = 0;
	await voteAs(ballot.scope, ballot.slug, ballot.id, () => (cast++ % 2 ? 'b' : 'a'), 19);
	const [last] = (await nextPairs(voter, { evaluationId: ballot.id, after: -1 })).pairs;
	return { ...ballot, voter, last: last! };
};
const resultsOf = async (who: ProjectScope, evaluationId: string): Promise<Results> => {
	const found = await getResults(who, { evaluationId, show: 'all', page: 1 });
	if (!('results' in found)) throw new Error('still locked');
	return found.results;
};
const vote = (evaluationId: string, ballotId: string, choice: 'first' | 'second' | null) => ({
	evaluationId,
	ballotId,
	choice,
	clientId: randomUUID()
});

test('nobody makes 18 of 20 out of a revealed 10–9: not by voting again, taking back, or judging what is left', async () => {
	const { voter, scope, id, last } = await nearlyDone();
	await revealResults(voter, { evaluationId: id });
	const before = await resultsOf(voter, id);
	expect(before.counts).toMatchObject({ wins: 10, losses: 9 });
	const mine = await scope.tx((tx) => tx.select().from(ballots).where(eq(ballots.evaluationId, id)));
	for (const { id: ballotId } of mine) {
		await expect(castVote(voter, vote(id, ballotId, 'first'))).rejects.toMatchObject(refused);
		await expect(castVote(voter, vote(id, ballotId, null))).rejects.toMatchObject(refused);
		await expect(castVote(voter, { ...vote(id, ballotId, 'first'), saw: 'tie' })).rejects.toMatchObject(refused);
	}
	expect(mine.map((row) => row.id)).toContain(last.ballotId);
	expect(await resultsOf(voter, id)).toEqual(before);
	expect(await getEvaluation(voter, { evaluationId: id })).toMatchObject({ over: true, judged: 19 });
});

test('a vote that had arrived before the reveal may be sent again: it is there', async () => {
	const { voter, id, last } = await nearlyDone();
	const sent = vote(id, last.ballotId, 'first');
	await castVote(voter, sent);
	await revealResults(voter, { evaluationId: id });
	expect(await castVote(voter, sent)).toEqual({ judged: 20, skipped: 0, total: 20 });
});

test('the database refuses it too, whoever asks', async () => {
	const { voter, as, slug, scope, id, teamId, project } = await nearlyDone();
	await revealResults(voter, { evaluationId: id });
	const [one] = await scope.tx((tx) => tx.select().from(votes).limit(1));
	const { id: _, seq: _seq, createdAt: _at, ...row } = one!;
	const again = scope.tx((tx) => tx.insert(votes).values({ ...row, choice: null, clientId: randomUUID() }));
	await expect(again).rejects.toMatchObject({ cause: { code: 'AI030' } });
	const rater = await inProject(await as('rater'), slug);
	const { pairingId } = row;
	const drawn = {
		projectId: project.id,
		evaluationId: id,
		pairingId,
		personId: rater.userId!,
		position: 0,
		swapped: false
	};
	await expect(rater.tx((tx) => tx.insert(ballots).values(drawn))).rejects.toMatchObject({ cause: { code: 'AI030' } });
	await expect(
		owner`insert into votes (team_id, project_id, evaluation_id, pairing_id, ballot_id, person_id, choice, client_id)
			select team_id, project_id, evaluation_id, pairing_id, ballot_id, person_id, 'first', gen_random_uuid()
			from votes where team_id = ${teamId}`
	).rejects.toMatchObject({ code: 'AI030' });
	expect(await nextPairs(rater, { evaluationId: id, after: -1 })).toEqual({
		state: 'closed',
		judged: 0,
		repeats: 0,
		skipped: 0,
		threeWay: false,
		total: 20,
		complete: false,
		pairs: []
	});
	expect(await scope.tx((tx) => tx.$count(votes))).toBe(19);
});

test('a vote that is being written when somebody reveals comes before it and counts', async () => {
	const { voter, scope, id, last } = await nearlyDone();
	let reveal: Promise<unknown> | undefined;
	const tx: typeof voter.tx = (work) =>
		voter.tx(async (inner) => {
			const result = await work(inner);
			reveal = revealResults(await inProject(scope, voter.project.slug), { evaluationId: id });
			await Promise.race([reveal, sleep(300)]);
			return result;
		});
	await castVote({ ...voter, tx }, vote(id, last.ballotId, 'first'));
	await reveal;
	const { verdict } = await resultsOf(voter, id);
	expect(verdict.judged).toBe(20);
	const { score, judged } = (await listEvaluations(voter)).rows[0]!;
	expect([judged, score!.wins + score!.losses]).toEqual([20, 20]);
});

test('a vote that comes while a reveal is being written is refused with the sentence', async () => {
	const { voter, scope, id, last } = await nearlyDone();
	let late: Promise<unknown> | undefined;
	const inside = await inProject(scope, voter.project.slug);
	const tx: typeof inside.tx = (work) =>
		inside.tx(async (inner) => {
			const result = await work(inner);
			late = castVote(voter, vote(id, last.ballotId, 'first')).then(
				() => null,
				(problem) => problem
			);
			await Promise.race([late, sleep(300)]);
			return result;
		});
	await revealResults({ ...inside, tx }, { evaluationId: id });
	expect(await late).toMatchObject(refused);
	expect((await resultsOf(voter, id)).verdict.judged).toBe(19);
});

/** Whether somebody comes to wait for what this transaction holds, before `other` is over. */
const makesWait = async (tx: Tx, other: Promise<unknown>): Promise<boolean> => {
	const [own] = await tx.$client`select pg_backend_pid() as pid`;
	let isOver = false;
	void other.finally(() => (isOver = true)).catch(() => {});
	while (!isOver) {
		if ((await owner`select from pg_stat_activity where ${own!.pid} = any (pg_blocking_pids(pid))`).length > 0)
			return true;
		await sleep(5);
	}
	return false;
};
/** What is written of a vote beside it; each returns how much of it there is. */
const beside: Record<
	string,
	(
		done: Awaited<ReturnType<typeof nearlyDone>>
	) => Promise<{ who: ProjectScope; write: (who: ProjectScope) => Promise<unknown> }>
> = {
	ballots: async ({ as, slug, id }) => ({
		who: await inProject(await as('rater'), slug),
		write: (who) => nextPairs(who, { evaluationId: id, after: -1 })
	}),
	remarks: async ({ voter, scope, id }) => {
		const [said] = await scope.tx((tx) => tx.select().from(votes).limit(1));
		const remark = { evaluationId: id, ballotId: said!.ballotId, first: 9, second: 2, note: 'Late' };
		return { who: voter, write: (who) => addRemark(who, { ...remark, clientId: randomUUID() }) };
	}
};
describe.each(Object.keys(beside))('%s and a reveal', (table) => {
	const countOf = async (id: string) =>
		(await owner`select count(*)::int as n from ${owner(table)} where evaluation_id = ${id}`)[0]!.n as number;

	test('that come while these are written: it waits, and they are there', async () => {
		const done = await nearlyDone();
		const { who, write } = await beside[table]!(done);
		const before = await countOf(done.id);
		let reveal: Promise<unknown> | undefined;
		let waited: boolean | undefined;
		const tx: typeof who.tx = (work) =>
			who.tx(async (inner) => {
				// a remark would end it with the same packet
				const unended = Object.assign(Object.create(inner) as typeof inner, { last: () => {} });
				const result = await work(unended);
				reveal ??= revealResults(done.voter, { evaluationId: done.id });
				waited ??= await makesWait(inner, reveal);
				return result;
			});
		await write({ ...who, tx });
		await reveal;
		expect(waited).toBe(true);
		expect(await countOf(done.id)).toBeGreaterThan(before);
	});

	test('that are written while these come: they wait, and are refused', async () => {
		const done = await nearlyDone();
		const { who, write } = await beside[table]!(done);
		const before = await countOf(done.id);
		let late: Promise<unknown> | undefined;
		let waited: boolean | undefined;
		const tx: typeof who.tx = (work) =>
			done.voter.tx(async (inner) => {
				const result = await work(inner);
				late = write(who);
				late.catch(() => {}); // awaited below
				waited = await makesWait(inner, late);
				return result;
			});
		await revealResults({ ...done.voter, tx }, { evaluationId: done.id });
		await expect(late).rejects.toMatchObject(refused);
		expect(waited).toBe(true);
		expect(await countOf(done.id)).toBe(before);
	});
});

test('votes from after a reveal, of when they were still taken, are in nothing that is shown', async () => {
	const { voter, scope, id, teamId } = await nearlyDone();
	await revealResults(voter, { evaluationId: id });
	const before = await resultsOf(voter, id);
	await owner`alter table votes disable trigger votes_end`;
	await owner`insert into votes (team_id, created_at, project_id, evaluation_id, pairing_id, ballot_id, person_id, choice, client_id)
		select team_id, now() + interval '1 minute', project_id, evaluation_id, pairing_id, ballot_id, person_id, 'tie', gen_random_uuid()
		from votes where team_id = ${teamId}`;
	await owner`alter table votes enable trigger votes_end`;
	await rewriteHistory('evaluations', (sql) => sql`update evaluations set result = null where id = ${id}`);
	await countVotes(scope, id);
	expect(await resultsOf(voter, id)).toEqual(before);
	expect((await listEvaluations(voter)).rows[0]).toMatchObject({ judged: 19, score: { wins: 10, losses: 9, ties: 0 } });
});

test('a list computes no verdict anew: it says what was counted at the reveal, and looks at no pair and no answer', async () => {
	const { voter, id } = await nearlyDone();
	await revealResults(voter, { evaluationId: id });
	const [before] = (await listEvaluations(voter)).rows;
	expect(before!.score).toMatchObject({ wins: 10, losses: 9 });
	const { runId: _, ...result } = before!.score!;
	const changed = owner.json({ ...result, wins: 3, losses: 16 } as never);
	await rewriteHistory('evaluations', (sql) => sql`update evaluations set result = ${changed} where id = ${id}`);
	const hidden = ['pairings', 'outputs', 'remarks'].join(', ');
	await owner.unsafe(`revoke select on ${hidden} from app`);
	try {
		const [after] = (await listEvaluations(voter)).rows;
		expect(after!.score).toMatchObject({ wins: 3, losses: 16 });
		await getTrend(voter);
		await expect(getResults(voter, { evaluationId: id, show: 'all', page: 1 })).rejects.toThrow();
	} finally {
		await owner.unsafe(`grant select on ${hidden} to app`);
	}
});
