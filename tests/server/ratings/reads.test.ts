import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { rateExample } from '../../../src/lib/server/ratings/commands.ts';
import { recentRatings } from '../../../src/lib/server/ratings/queries.ts';
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

test('of what a person has brought with files no more than the latest is looked through for what they decided', async () => {
	const { scope, owner: person } = await newTeam();
	const { project } = await newProject(scope);
	const [first] = await addExamples(scope, project.id, ['Decided?'], { split: null });
	const here = await inProject(scope, project.slug);
	await rateExample(here, { exampleId: first!, score: 7, text: '', saw: null, clientId: randomUUID() });
	const read = async () =>
		here.tx(async (tx) => {
			const before = await readIn(tx);
			const found = await recentRatings({ ...here, tx: (work) => work(tx) });
			return { found, fetched: (await readIn(tx)).fetched - before.fetched };
		});
	expect((await read()).found).toEqual([{ id: first, score: 7, number: 1 }]);
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		await sql`insert into imports (team_id, project_id, person_id, file_name, refusals) values (${scope.teamId}, ${project.id}, ${person.id}, 'a.jsonl', '[]')`;
		await sql`
			insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, origin, import_id)
			select i.team_id, i.project_id, n, '[]', convert_to('c' || n, 'UTF8'), convert_to('p' || n, 'UTF8'), 1, 'import', i.id
			from imports i cross join generate_series(100, 4099) n where i.project_id = ${project.id}`;
		await sql`
			insert into ratings (team_id, project_id, example_id, person_id, voter, score, text, client_id)
			select team_id, project_id, id, ${person.id}, 'person', 8, '', gen_random_uuid() from examples
			where project_id = ${project.id} and import_id is not null`;
	});
	const late = await read();
	expect(late.found).toEqual([]);
	expect(late.fetched).toBeLessThanOrEqual(2_100);
	await rateExample(here, { exampleId: first!, score: 9, text: '', saw: 7, clientId: randomUUID() });
	expect((await read()).found).toEqual([{ id: first, score: 9, number: 1 }]);
});
