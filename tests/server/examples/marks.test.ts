import { afterAll, expect, test } from 'vitest';
import type { Message } from '../../../src/lib/core/examples/conversation.ts';
import { marksOf, marksVersion } from '../../../src/lib/core/examples/marks.ts';
import { type ProjectScope, inProject } from '../../../src/lib/server/access/scope.ts';
import { addExample, deleteExamples, importExamples } from '../../../src/lib/server/examples/commands.ts';
import { markExamples, markedUpTo } from '../../../src/lib/server/examples/marks.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { randomFrom } from '../../bench/measure.ts';
import { newProject, newTeam } from '../../support/data/team.ts';
import { addRows } from '../../support/data/training.ts';
import { owner } from '../../support/database/owner.ts';

afterAll(() => closePools());

const start = async () => {
	const { scope } = await newTeam();
	await newProject(scope);
	return inProject(scope, 'support');
};

/** What each example would be sent without by somebody, and what it is said to be. */
const answers = ['Yes.', 'Yes.<|im_end|>', 'Yes, it is.'];
const talk = (about: string, kind: number): Message[] => [
	{ role: 'user', content: `Is it ${about}?` },
	{
		role: 'assistant',
		content: answers[kind % 3]!,
		...(kind % 4 === 3 && { reasoning: 'I look at it.' }),
		...(kind % 5 === 4 && { weight: 0 })
	}
];
const lines = (name: string, kinds: number[], more: object = {}) =>
	kinds.map((kind, at) => ({
		number: at + 1,
		text: JSON.stringify({ messages: talk(`${name} ${at}`, kind), ...(kind % 7 === 6 && { weight: 2 }), ...more })
	}));
const bring = (here: ProjectScope, name: string, kinds: number[], more?: object) =>
	importExamples(here, { fileName: name, lines: lines(name, kinds, more) });

/** What is kept of a project, and what its texts say. */
const kept = async ({ project: { id } }: ProjectScope) => {
	const [project] =
		await owner`select marked, marked_by as by, next_example - 1 as last from projects where id = ${id}`;
	const rows = await owner`
		select e.number, e.messages, e.source, m.marks from examples e
		left join example_marks m on m.project_id = e.project_id and m.number = e.number
		where e.project_id = ${id} order by e.number`;
	const own = rows.map(({ messages, source }) => marksOf({ messages, source } as never));
	const { marked, by, last } = project as { marked: number; by: number; last: number };
	return { marked, by, last, marks: rows.map(({ marks }) => (marks ?? []) as string[]), own };
};

/** All have their marks, by today's rules. */
const expectAll = async (here: ProjectScope) => {
	const { marked, last, by, marks, own } = await kept(here);
	expect({ marked, by }).toEqual({ marked: last, by: marksVersion });
	expect(marks).toEqual(own);
};

test('what is written has its marks with it, whichever way it comes', async () => {
	const here = await start();
	await bring(here, 'first', [0, 1, 3, 4, 6, 0]);
	await expectAll(here);
	expect((await kept(here)).marks).toEqual([[], ['control'], ['thoughts'], ['weights', 'control'], ['weight'], []]);
	// the same again, alone and with something new
	await bring(here, 'first', [0, 1, 3, 4, 6, 0]);
	await expectAll(here);
	await bring(here, 'first', [0, 1, 3, 4, 6, 0, 1, 0]);
	await expectAll(here);
	await addExample(here, { messages: talk('by hand', 1) as never, rating: null, keepTwins: true });
	await expectAll(here);
	// a rewrite says nothing of how it came
	await bring(here, 'rewritten', [1, 0], { rewrite: 'Better.<|im_end|>' });
	await expectAll(here);
	const [one] = await owner`select id from examples where project_id = ${here.project.id} and number = 2`;
	await deleteExamples(here, { ids: [one!.id] });
	await expectAll(here);
});

test('what an older version writes has none, and nothing behind it is said to have: the janitor brings them', async () => {
	const here = await start();
	const { id } = here.project;
	await bring(here, 'first', [0, 1]);
	await addRows(here, id, [{ question: '', messages: talk('older', 1) }], 3);
	await owner`update projects set next_example = 4 where id = ${id}`;
	await bring(here, 'second', [1, 0]);
	expect(await kept(here)).toMatchObject({ marked: 2, last: 5, marks: [[], ['control'], [], ['control'], []] });
	await markExamples(here);
	await expectAll(here);
	await bring(here, 'third', [3]);
	await expectAll(here);
	// one alone, in a project that has nothing yet
	const other = await start();
	await addRows(other, other.project.id, [{ question: '', messages: talk('older', 1) }], 1);
	await owner`update projects set next_example = 2 where id = ${other.project.id}`;
	await addExample(other, { messages: talk('newer', 3) as never, rating: null, keepTwins: true });
	expect(await kept(other)).toMatchObject({ marked: 0, last: 2 });
	await markExamples(other);
	await expectAll(other);
});

test('what other rules have marked is marked anew, and what newer ones have is left alone', async () => {
	const here = await start();
	const { id } = here.project;
	await bring(here, 'first', [0, 1, 3, 0]);
	await owner`insert into example_marks (team_id, project_id, number, marks) values (${here.teamId}, ${id}, 1, '{empty}')`;
	await owner`update example_marks set marks = '{order}' where project_id = ${id} and number = 2`;
	await owner`update projects set marked_by = ${marksVersion + 1} where id = ${id}`;
	await markExamples(here);
	expect(await kept(here)).toMatchObject({ by: marksVersion + 1, marks: [['empty'], ['order'], ['thoughts'], []] });
	await bring(here, 'second', [1]);
	expect(await kept(here)).toMatchObject({ by: marksVersion + 1, marked: 4, last: 5 });
	await owner`update projects set marked_by = ${marksVersion - 1} where id = ${id}`;
	await bring(here, 'third', [0]);
	expect(await kept(here)).toMatchObject({ by: marksVersion - 1, marked: 4, last: 6 });
	await markExamples(here);
	await expectAll(here);
});

test('of two projects of a team each has the marks of its own examples, however far the other is', async () => {
	const { scope } = await newTeam();
	await newProject(scope);
	await newProject(scope, { slug: 'sales' });
	const [small, large] = [await inProject(scope, 'support'), await inProject(scope, 'sales')];
	await bring(small, 'small', [1, 3, 6]);
	await bring(large, 'large', [3, 0, 1, 4, 6, 0]);
	for (const [some, more] of [
		[0, 0],
		[0, 2],
		[1, 0],
		[0, 6],
		[3, 0]
	] as const) {
		for (const [{ project }, upTo] of [
			[small, some],
			[large, more]
		] as const) {
			await owner`update projects set marked = ${upTo} where id = ${project.id}`;
			await owner`delete from example_marks where project_id = ${project.id} and number > ${upTo}`;
		}
		const far = (here: ProjectScope) => here.tx((tx) => markedUpTo(tx, here.project.id));
		expect([await far(small), await far(large)]).toEqual([some, more]);
		await markExamples(scope);
		await expectAll(small);
		await expectAll(large);
	}
});

test('numbers that were used up by nothing have no marks to wait for', async () => {
	const here = await start();
	await bring(here, 'first', [1]);
	await owner`update projects set next_example = 20, marked = 0 where id = ${here.project.id}`;
	await markExamples(here);
	await expectAll(here);
	const empty = await start();
	await owner`update projects set next_example = 20 where id = ${empty.project.id}`;
	await markExamples(empty);
	await expectAll(empty);
});

const random = randomFrom(65);
const below = (most: number) => Math.floor(random() * most);

test('whoever writes at the same time, and whoever marks meanwhile, the marks are those of the texts', async () => {
	const here = await start();
	const { id } = here.project;
	const kinds = () => Array.from({ length: 1 + below(12) }, () => below(12));
	/** As an older version does it: under the lock of the project, and without a word of marks. */
	const asBefore = (name: string) =>
		here.tx(async (tx) => {
			const [row] =
				await tx.$client`update projects set next_example = next_example + 1 where id = ${id} returning next_example - 1 as number`;
			await addRows(
				{ ...here, tx: (work) => work(tx) },
				id,
				[{ question: '', messages: talk(name, below(12)), split: null }],
				row!.number
			);
		});
	for (let round = 0; round < 6; round++) {
		const deeds = Array.from({ length: 8 }, (_, at) => {
			const name = `${round} ${at}`;
			const which = below(6);
			if (which === 0) return markExamples(here);
			if (which === 1) return asBefore(name);
			if (which === 2)
				return addExample(here, { messages: talk(name, below(12)) as never, rating: null, keepTwins: true });
			// some of them are known, or twice in the file
			return bring(here, `file ${below(3)}`, kinds());
		});
		await Promise.all(deeds);
		const { marked, marks, own } = await kept(here);
		const upTo = (
			await owner`select count(*)::int as n from examples where project_id = ${id} and number <= ${marked}`
		)[0]!.n;
		expect(marks.slice(0, upTo)).toEqual(own.slice(0, upTo));
	}
	await markExamples(here);
	await expectAll(here);
});
