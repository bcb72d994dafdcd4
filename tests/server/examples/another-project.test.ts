// Numbers begin at 1 in every project, and the same may stand in several: what is asked or changed in one of a team leaves the others alone.
// Both are asked, where either may come first.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { marksVersion } from '../../../src/lib/core/examples/marks.ts';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import {
	addExample,
	deleteExamples,
	exportExamples,
	importExamples,
	restoreExamples
} from '../../../src/lib/server/examples/commands.ts';
import { markExamples, markedUpTo } from '../../../src/lib/server/examples/marks.ts';
import { signExamples } from '../../../src/lib/server/examples/signatures.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { owner } from '../../support/database/owner.ts';
import { newProject, newTeam } from '../../support/data/team.ts';
import { addRows } from '../../support/data/training.ts';

afterAll(() => closePools());

const twins = async () => {
	const team = await newTeam();
	const open = async (slug: string) => {
		await newProject(team.scope, { slug });
		return inProject(team.scope, slug);
	};
	return { ...team, both: [await open('one'), await open('two')] as const };
};
const said = (question: string) => [
	{ role: 'user' as const, content: question },
	{ role: 'assistant' as const, content: 'So it is.' }
];
const both = <T>(places: readonly { project: { id: string } }[], ask: (id: string) => Promise<T>) =>
	Promise.all(places.map(({ project }) => ask(project.id)));

test('what is restored is compared anew, and what stands in another project is not', async () => {
	const { both: places } = await twins();
	const [here] = places;
	const { id } = await addExample(here, { messages: said('Where is it?'), rating: null });
	await owner`update projects set compared = 1 where team_id = ${here.teamId}`;
	await deleteExamples(here, { ids: [id] });
	await restoreExamples(here, { ids: [id] });
	const compared = await both(places, async (id) => (await owner`select compared from projects where id = ${id}`)[0]);
	expect(compared).toEqual([{ compared: 0 }, { compared: 1 }]);
});

test('a file has the examples of its project alone, also those that are put together here, or were rewritten', async () => {
	const { scope, both: places } = await twins();
	for (const [at, { project }] of places.entries()) {
		const source = JSON.stringify({ messages: said(`Of ${at}?`), note: `of ${at}` });
		const rows = [{ question: `Of ${at}?`, answer: 'So it is.', rewrite: `Better ${at}.`, split: null, source }];
		await addRows(scope, project.id, rows);
	}
	for (const [at, place] of places.entries())
		for (const format of ['full', 'preference'] as const) {
			const { pieces } = await exportExamples(place, { format });
			const texts = (await Array.fromAsync(pieces, (piece) => Buffer.from(piece as string).toString())).join('');
			expect(texts.trim().split('\n'), format).toHaveLength(1);
			expect(texts, format).toContain(`Of ${at}?`);
			expect(texts, format).not.toContain(`Of ${1 - at}?`);
		}
});

test('a file of several pages has those of its project, where another has the same numbers', async () => {
	const { scope, both: places } = await twins();
	for (const { project } of places)
		await owner`
			insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, origin)
			select ${scope.teamId}, ${project.id}, n, '[]', int4send(n), int4send(n), 1, 'import' from generate_series(1, 2005) n`;
	for (const place of places) {
		const { pieces } = await exportExamples(place, { format: 'full' });
		const text = (await Array.fromAsync(pieces, (piece) => Buffer.from(piece as string).toString())).join('');
		expect(text.trim().split('\n')).toHaveLength(2005);
	}
});

test('what has no marks yet is begun where its own project is, also when another begins anew meanwhile', async () => {
	const { scope, both: places } = await twins();
	const [here, there] = places;
	/** Two questions behind each other. */
	const odd = (question: string) => ({
		question,
		messages: [{ role: 'user' as const, content: 'Wait.' }, ...said(question)]
	});
	await addRows(scope, here.project.id, [odd('Is it?'), { question: 'Fine?' }]);
	await addRows(scope, there.project.id, [{ question: 'Fine?' }, odd('Was it?'), odd('Will it be?')]);
	await owner`update projects set next_example = 3, marked = 0, marked_by = 0 where id = ${here.project.id}`;
	await owner`update projects set next_example = 4, marked = 1, marked_by = ${marksVersion} where id = ${there.project.id}`;
	let looks = 0;
	await markExamples({
		...scope,
		look: async (work) => {
			// all projects, the first, whether it is done, the second
			if (++looks === 4) await owner`update projects set marked = 0 where id = ${here.project.id}`;
			return scope.look(work);
		}
	});
	expect(await both(places, (id) => scope.tx((tx) => markedUpTo(tx, id)))).toEqual([0, 3]);
	const marked = (id: string) => owner`select number from example_marks where project_id = ${id} order by number`;
	expect(await both(places, marked)).toEqual([[{ number: 1 }], [{ number: 2 }, { number: 3 }]]);
});

test('each project is signed from its first block on', async () => {
	const { scope, both: places } = await twins();
	for (const { project } of places) {
		await addRows(scope, project.id, Array.from({ length: 40 }, (_, at) => ({ question: `Is it ${at}?` }))); // prettier-ignore
		await owner`update projects set next_example = 41 where id = ${project.id}`;
		await signExamples(scope);
	}
	const blocks = await both(places, (id) => owner`select block from example_signatures where project_id = ${id}`);
	expect(blocks).toEqual([[{ block: 0 }], [{ block: 0 }]]);
});

test('an answer to a prompt that measures in one project may be kept in another', async () => {
	const { scope, both: places } = await twins();
	const [here, there] = places;
	await addRows(scope, there.project.id, [{ question: 'Does it measure?', split: 'validation' }]);
	const keep = (place: typeof here) =>
		addExample(place, { messages: said('Does it measure?'), rating: null, origin: 'playground' });
	await expect(keep(there)).rejects.toMatchObject({ code: 'conflict' });
	await keep(here);
});

test('a file in which something leaks is asked what it leaks to here, and waits for nobody elsewhere', async () => {
	const { scope, owner: ana, both: places } = await twins();
	const [here, there] = places;
	await addRows(scope, here.project.id, [{ question: 'Own?', split: 'train' }]);
	await addRows(scope, there.project.id, [{ question: 'One?', split: 'validation' }, { question: 'Two?', split: null }]); // prettier-ignore
	await owner`update projects set next_example = 10 where team_id = ${scope.teamId}`;
	await owner`
		insert into playground_pairs (team_id, project_id, prompt, prompt_hash, chosen, rejected, chosen_by, rejected_by, person_id, client_id, ordered)
		select team_id, project_id, '[]', prompt_hash, 'a', 'b', 'v1', 'base', ${ana.id}, gen_random_uuid(), true
		from examples where project_id = ${there.project.id} and number = 2`;
	const sides = { 'Own?': 'validation', 'One?': 'train', 'Two?': 'validation' };
	const lines = Object.entries(sides).map(([question, split], at) => ({
		number: at + 1,
		text: JSON.stringify({ messages: said(question), split })
	}));
	const added = await owner.begin(async (sql) => {
		await sql`select from projects where id = ${there.project.id} for update`;
		return Promise.race([importExamples(here, { fileName: 'a.jsonl', lines }), sleep(20_000)]);
	});
	expect(added).toMatchObject({ added: 3 });
	const rows =
		await owner`select split from examples where project_id = ${here.project.id} and number >= 10 order by number`;
	expect(rows.map(({ split }) => split as string | null)).toEqual([null, 'train', 'validation']);
});
