import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { rateExample } from '../../../src/lib/server/ratings/commands.ts';
import { addExamples } from '../../support/data/evaluation.ts';
import { owner } from '../../support/database/owner.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

/** Rows of ratings that this connection has read so far: one after the other, and by an index. */
const readIn = async (tx: Parameters<Parameters<Scope['tx']>[0]>[0]) => {
	const [row] = await tx.$client`
		select seq_tup_read::int as passed, idx_tup_fetch::int as fetched from pg_stat_xact_user_tables where relname = 'ratings'`;
	return row as { passed: number; fetched: number };
};

// A plan that was made when the table was empty read all ratings of all examples, for as long as the connection kept it: a rating cost
// more with each that came before it.
test('a rating reads those of its own example, also by a plan from when there were none', async () => {
	await owner`vacuum analyze ratings`;
	const { scope } = await newTeam();
	const { project } = await newProject(scope);
	const questions = Array.from({ length: 80 }, (_, i) => `Question ${i + 1}?`);
	const ids = await addExamples(scope, project.id, questions, { split: null });
	const here = await inProject(scope, project.slug);
	for (const exampleId of ids)
		await rateExample(here, { exampleId, score: 7, text: '', saw: null, clientId: randomUUID() });
	const read = await scope.tx(async (tx) => {
		const before = await readIn(tx);
		await tx.$client`select * from rate_example(${project.id}, ${ids[40]!}, 3::smallint, '', true, 7::smallint, ${randomUUID()})`;
		const after = await readIn(tx);
		return { passed: after.passed - before.passed, fetched: after.fetched - before.fetched };
	});
	expect(read.passed).toBe(0);
	expect(read.fetched).toBeLessThan(20);
});
