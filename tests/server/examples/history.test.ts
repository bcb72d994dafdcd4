// What stands beside an example: who gave it which score and which text. Of the database (drizzle/functions/rating.sql): history_of.
import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { type ProjectScope, inProject } from '../../../src/lib/server/access/scope.ts';
import { addExample } from '../../../src/lib/server/examples/commands.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { rateExample } from '../../../src/lib/server/ratings/commands.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

type History = { scores: { personId: string; score: number }[]; versions: { output: string }[] };
const historyOf = (scope: ProjectScope, id: string, newest: number) =>
	scope.tx(async (tx) => {
		const [row] = await tx.$client`select history_of(${id}, ${newest}) as said`;
		const { scores, versions } = (row!.said ?? { scores: [], versions: [] }) as History;
		return [scores.map(({ score }) => score), versions.map(({ output }) => output)];
	});

test('it is of that example alone, each act once, and the newest as far as asked', async () => {
	const { scope, as } = await newTeam();
	await newProject(scope);
	const [ana, ben] = [await inProject(await as('owner'), 'support'), await inProject(await as('trainer'), 'support')];
	const add = async (question: string) => {
		const messages = [
			{ role: 'user' as const, content: question },
			{ role: 'assistant' as const, content: 'Yes.' }
		];
		return (await addExample(ana, { messages, rating: null })).id;
	};
	const [rated, rewritten, untouched] = [await add('Rated?'), await add('Rewritten?'), await add('Untouched?')];
	const rate = (who: ProjectScope, exampleId: string, score: number) =>
		rateExample(who, { exampleId, score, clientId: randomUUID() });
	for (const score of [1, 2, 3]) await rate(ana, rated, score);
	await rate(ben, rated, 4);
	// without the score that comes with one
	const rewrite = (who: ProjectScope, id: string, output: string) =>
		who.tx(
			(tx) => tx.$client`insert into rewrites (project_id, example_id, person_id, output, client_id)
				values (${who.project.id}, ${id}, ${who.voterId}, ${output}, ${randomUUID()})`
		);
	for (const output of ['One.', 'Two.', 'Three.']) await rewrite(ana, rewritten, output);
	await rewrite(ben, rewritten, 'Four.');

	expect(await historyOf(ana, rated, 10)).toEqual([[4, 3, 2, 1], []]);
	expect(await historyOf(ana, rated, 2)).toEqual([[4, 3], []]);
	expect(await historyOf(ana, rewritten, 10)).toEqual([[], ['Four.', 'Three.', 'Two.', 'One.']]);
	expect(await historyOf(ana, rewritten, 2)).toEqual([[], ['Four.', 'Three.']]);
	expect(await historyOf(ana, untouched, 10)).toEqual([[], []]);
	// those who rated one of them are not asked for what they did to another
	await rate(ana, rewritten, 5);
	expect(await historyOf(ana, rewritten, 10)).toEqual([[5], ['Four.', 'Three.', 'Two.', 'One.']]);
	await rewrite(ben, rated, 'Five.');
	expect(await historyOf(ana, rated, 10)).toEqual([[4, 3, 2, 1], ['Five.']]);
});
