// What a training learns from, and what stands out about it, is of its own project: numbers begin at 1 in each. Two of one team are asked, so
// that where a question finds either of them, one of the two answers is wrong.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultRecipe } from '../../../src/lib/core/runs/recipe.ts';
import { type ProjectScope, inProject } from '../../../src/lib/server/access/scope.ts';
import { markExamples } from '../../../src/lib/server/examples/marks.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { projectNow } from '../../../src/lib/server/project/rows.ts';
import { rateExample } from '../../../src/lib/server/ratings/commands.ts';
import { readFacts } from '../../../src/lib/server/runs/facts.ts';
import { startRun } from '../../../src/lib/server/runs/commands.ts';
import { tellEnd } from '../../../src/lib/server/runs/mail.ts';
import { owner } from '../../support/database/owner.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { addReadyRun } from '../../support/data/evaluation.ts';
import { newMailServer } from '../../support/servers/mail-server.ts';
import { newProject, newTeam } from '../../support/data/team.ts';
import { addRows, drive, newRun } from '../../support/data/training.ts';

let mails: Awaited<ReturnType<typeof newMailServer>>;
beforeAll(async () => void (mails = await newMailServer()));
afterAll(async () => {
	await mails.close();
	await closePools();
});

const twins = async (sandboxUrl?: string) => {
	const team = await newTeam();
	const open = async (slug: string) => {
		await newProject(team.scope, { slug, sandboxUrl });
		return inProject(team.scope, slug);
	};
	return { ...team, both: [await open('one'), await open('two')] as const };
};
const factsOf = (here: ProjectScope) => here.tx(async (tx) => readFacts(tx, await projectNow(tx, here), defaultRecipe));

test('examples are contested where their own scores lie far apart', async () => {
	const { scope, as, both } = await twins();
	const scores = [
		[10, 10, 5],
		[10, 8, 8]
	];
	const people = [await as('trainer'), await as('trainer'), await as('trainer')];
	for (const [at, here] of both.entries()) {
		const [row] = await addRows(scope, here.project.id, [{ question: `Is it ${at}?` }]);
		for (const [who, score] of scores[at]!.entries())
			await rateExample(await inProject(people[who]!, here.project.slug), {
				...{ exampleId: row!.id, score, clientId: randomUUID() }
			});
	}
	const contested = [];
	for (const here of both) contested.push((await factsOf(here)).contested);
	expect(contested).toEqual([1, 0]);
});

test('thoughts and weights are those of the project, before they are marked and afterwards', async () => {
	const { scope, both } = await twins();
	const [here, there] = both;
	const thinking = (question: string) => ({
		question,
		messages: [
			{ role: 'user' as const, content: question },
			{ role: 'assistant' as const, content: 'So it is.', reasoning: 'Hm.' }
		]
	});
	await addRows(scope, here.project.id, [
		{ question: 'One?', source: '{"weight":2}' },
		{ question: 'Two?', split: null },
		{ question: 'Three?' }
	]);
	await addRows(scope, there.project.id, [{ question: 'One?', split: null }, thinking('Two?'), thinking('Three?')]);
	await owner`update projects set next_example = 4, marked = 0 where team_id = ${scope.teamId}`;
	const found = async () => {
		const all = [];
		for (const one of both) {
			const { thoughtful, weighted } = await factsOf(one);
			all.push({ thoughtful, weighted });
		}
		return all;
	};
	const expected = [
		{ thoughtful: 0, weighted: 1 },
		{ thoughtful: 2, weighted: 0 }
	];
	expect(await found()).toEqual(expected);
	await markExamples(scope);
	expect(await found()).toEqual(expected);
});

test('whoever started a training is told of it by the name of its project, and led there', async () => {
	const { scope, owner: ana, both } = await twins();
	for (const { project } of both) {
		await owner`update projects set name = ${`All of ${project.slug}`} where id = ${project.id}`;
		const run = await addReadyRun(scope, {
			projectId: project.id,
			connectionId: project.connectionId!,
			createdBy: ana.id
		});
		mails.got.length = 0;
		await tellEnd(scope, run.id);
		expect(mails.got.map(({ to }) => to)).toEqual([ana.email]);
		expect(mails.got[0]!.raw).toContain(`All of ${project.slug}`);
		expect(mails.got[0]!.raw).toContain(`/${project.slug}/train/${run.id}`);
	}
});

test('a training takes all that its project has, whatever numbers another has given', async () => {
	const sandbox = await startSandbox({ port: 0 });
	const { scope, both } = await twins(sandbox.url);
	for (const [at, here] of both.entries()) {
		const size = [13, 33][at]!;
		const rows = Array.from({ length: size }, (_, n) => ({ question: `Is it ${n}?`, split: n < 2 ? 'validation' as const : 'train' as const })); // prettier-ignore
		await addRows(scope, here.project.id, rows);
		await owner`update projects set next_example = ${size + 1} where id = ${here.project.id}`;
	}
	const taken = [];
	for (const here of both.toReversed()) {
		const { id } = await startRun(here, newRun());
		taken.push((await owner`select train_count, validation_count from runs where id = ${id}`)[0]);
	}
	await sandbox.stop();
	expect(taken).toEqual([
		{ train_count: 31, validation_count: 2 },
		{ train_count: 11, validation_count: 2 }
	]);
});

test('what the provider finds too long is named by the lines of its own project', async () => {
	const sandbox = await startSandbox({ port: 0, speed: 40 });
	const { scope, both } = await twins(sandbox.url);
	for (const { project } of both) {
		await owner`update projects set system_prompt = ${`Speak of ${project.slug}.`} where id = ${project.id}`;
		const rows = Array.from({ length: 12 }, (_, n) => ({ question: `Is it ${n}?` }));
		await addRows(scope, project.id, [...rows, { question: 'And this one?', answer: 'word '.repeat(28_000) }]);
	}
	for (const here of both) {
		const { id } = await startRun(await inProject(scope, here.project.slug), newRun());
		expect((await drive(scope, id)).problem).toMatch(/^Example 13 has more tokens/);
	}
	await sandbox.stop();
});
