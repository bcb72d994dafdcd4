// What the scores of a scoring come to is counted once, at the reveal (server/evaluations/scores.ts): its page reads the twenty answers it shows.
import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { type ProjectScope, inProject } from '../../../src/lib/server/access/scope.ts';
import { revealResults, scoreAnswer } from '../../../src/lib/server/evaluations/commands.ts';
import { getScores, nextAnswers } from '../../../src/lib/server/evaluations/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { newScoring } from '../../support/data/evaluation.ts';
import { owner } from '../../support/database/owner.ts';
import { rewriteHistory } from '../../support/database/raw.ts';

afterAll(() => closePools());

const scoreAll = async (who: ProjectScope, evaluationId: string, decide: (position: number) => number | 'skip') => {
	for (;;) {
		const { list } = await nextAnswers(who, { evaluationId, after: -1 });
		if (list.length === 0) return;
		for (const { ballotId, answer } of list) {
			const score = decide(Number(/\d+/.exec(answer)![0]));
			await scoreAnswer(who, { evaluationId, ballotId, score, clientId: randomUUID() });
		}
	}
};
test('a page of a scoring reads what it shows, and says what the votes say', async () => {
	const { voter, as, slug, id, scope } = await newScoring(70, { votes: 2 });
	const people = [voter, await inProject(await as('rater'), slug), await inProject(await as('trainer'), slug)];
	for (const [at, person] of people.entries())
		await scoreAll(person, id, (place) =>
			place === 3 && at > 0 ? 'skip' : at === 2 && place > 40 ? 'skip' : 1 + ((7 * place + at) % 10)
		);
	await revealResults(voter, { evaluationId: id });
	await owner`analyze votes, ballots, outputs, pairings`;
	const looked = (show: 'all' | 'below', page: number) =>
		scope.tx(async (tx) => {
			const reads = async () => {
				const [row] = await tx.$client`
					select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as rows from pg_stat_xact_user_tables
					where relname = 'outputs'`;
				return Number(row!.rows);
			};
			await tx.$client`set local enable_seqscan = off`;
			const before = await reads();
			const open: typeof voter.tx = (work) => work(Object.assign(Object.create(tx) as typeof tx, { last: () => {} }));
			const found = await getScores({ ...voter, tx: open, look: open }, { evaluationId: id, show, page });
			return { found, read: (await reads()) - before };
		});
	const pages = [
		['all', 1],
		['all', 4],
		['below', 2]
	] as const;
	const kept = [];
	for (const [show, page] of pages) {
		const { found, read } = await looked(show, page);
		expect(read).toBe('scores' in found && found.scores.rows.list.length);
		kept.push(found);
	}
	expect(kept[1]).toMatchObject({ scores: { summary: { count: 69 }, rows: { page: 4, pages: 4, count: 69 } } });
	// one that was revealed before it was kept is counted when it is looked at
	await rewriteHistory('evaluations', (sql) => sql`update evaluations set counted = null where id = ${id}`);
	for (const [at, [show, page]] of pages.entries()) expect((await looked(show, page)).found).toEqual(kept[at]);
});
