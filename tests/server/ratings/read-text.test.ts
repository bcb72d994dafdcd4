// A rating says which text was read: one that the example has or had. Of the database (drizzle/functions/rating.sql): rate_example.
import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { markOf } from '../../../src/lib/server/access/own-scores.ts';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { addExample } from '../../../src/lib/server/examples/commands.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { rateExample, rewriteExample } from '../../../src/lib/server/ratings/commands.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

test('the text that was read is one of this example, now or before', async () => {
	const { scope } = await newTeam();
	await newProject(scope);
	const here = await inProject(scope, 'support');
	const add = async (question: string, ...outputs: string[]) => {
		const messages = [
			{ role: 'user' as const, content: question },
			{ role: 'assistant' as const, content: 'No idea.' }
		];
		const { id } = await addExample(here, { messages, rating: null });
		for (const output of outputs)
			await rewriteExample(here, { exampleId: id, output, score: 8, clientId: randomUUID() });
		return id;
	};
	const rated = (exampleId: string, output: string | null) =>
		rateExample(here, { exampleId, score: 7, text: markOf(output).toString('hex'), clientId: randomUUID() }).then(
			() => 'counts',
			(problem) => [problem.code, problem.field]
		);
	const never = ['invalid', 'text'];
	const [plain, rewritten] = [await add('Where?'), await add('When?', 'In May.', 'In June.')];
	await add('Who?', 'Ana.');
	expect([await rated(plain, null), await rated(plain, 'In May.'), await rated(plain, 'In July.')]).toEqual([
		'counts',
		never,
		never
	]);
	for (const output of [null, 'In May.', 'In June.'])
		expect(await rated(rewritten, output), `${output}`).toBe('counts');
	for (const output of ['In July.', 'Ana.']) expect(await rated(rewritten, output), output).toEqual(never);
});
