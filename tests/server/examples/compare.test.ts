import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { and, eq } from 'drizzle-orm';
import { afterAll, describe, expect, test } from 'vitest';
import { type Scope, inProject, together } from '../../../src/lib/server/access/scope.ts';
import { createEvaluation } from '../../../src/lib/server/evaluations/commands.ts';
import { getSetUp } from '../../../src/lib/server/evaluations/queries.ts';
import {
	addExample,
	deleteExamples,
	importExamples,
	restoreExamples
} from '../../../src/lib/server/examples/commands.ts';
import { findTwin, getImport } from '../../../src/lib/server/examples/queries.ts';
import { compareExamples, mostCompared } from '../../../src/lib/server/examples/compare.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { auditEntries, examples, pairings, projects, runExamples } from '../../../src/lib/server/platform/db/schema.ts';
import { applySplit, moveExamples } from '../../../src/lib/server/splits/commands.ts';
import { listTwins, previewSplit } from '../../../src/lib/server/splits/queries.ts';
import { addExamples, addReadyRun, wish } from '../../support/data/evaluation.ts';
import { owner } from '../../support/database/owner.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const texts: Record<string, string> = {
	pan: 'I ordered the carbon steel pan two weeks ago and it has not come yet. Where is the parcel now?',
	kettle: 'The copper kettle whistles before the water boils, and the handle gets so hot that nobody can hold it.',
	'walnut board': 'Can the walnut board go into the dishwasher, or do I have to wash it by hand and oil it afterwards?',
	knife: 'My invoice shows another name than the one on my card, because my wife paid for the bread knife.',
	machine: 'We moved last month. How do I change the address of a subscription that begins again on Friday?'
};
const things = Object.keys(texts);
const question = (thing: string) => texts[thing]!;
const again = (thing: string) => `Hello! ${question(thing)} Thanks`;

const newPlace = async () => {
	const team = await newTeam();
	const { project, connection } = await newProject(team.scope, {});
	return { ...team, project, connection, place: await inProject(team.scope, project.slug) };
};
const sides = (scope: Scope) =>
	scope.tx((tx) =>
		tx
			.select({ number: examples.number, split: examples.split, family: examples.family })
			.from(examples)
			.orderBy(examples.number)
	);
/** Prompts that have nothing in common. */
const other = (at: number) => createHash('sha256').update(String(at)).digest('hex').slice(0, 30);

test('what nearly asks the same is one family, goes to one side, and is compared before the first split', async () => {
	const { scope, project, place } = await newPlace();
	await addExamples(
		scope,
		project.id,
		[...things.map(question), ...things.map(again), ...Array.from({ length: 40 }, (_, at) => other(at))],
		{ split: null }
	);
	await applySplit(place, { ratio: 0.7, seed: 3 });
	const all = await sides(scope);
	for (const at of things.keys()) {
		expect(all[at]!.family).not.toBe(null);
		expect(all[at]!.family).toEqual(all[at + things.length]!.family);
		expect(all[at]!.split).toBe(all[at + things.length]!.split);
	}
	expect(all.slice(10).every(({ family }) => family === null)).toBe(true);
	expect(new Set(all.map(({ split }) => split))).toEqual(new Set(['train', 'validation']));
});

test('across the line a twin is refused, and named; on its own side it is not', async () => {
	const { scope, project, place } = await newPlace();
	const [locked] = await addExamples(scope, project.id, [question('walnut board')], { split: 'validation' });
	const [twin, free] = await addExamples(scope, project.id, [again('walnut board'), other(1)], {
		split: null,
		from: 2
	});
	const move = (id: string, side: 'train' | 'validation') => moveExamples(place, { ids: [id], side });
	await expect(move(twin!, 'train')).rejects.toMatchObject({
		code: 'conflict',
		message: expect.stringContaining('nearly the same as example 1 on the other side')
	});
	await move(free!, 'train');
	await move(twin!, 'validation');
	expect(locked).toBeDefined();
});

test('an import with sides: what stands in train beside a twin in validation leaves it, and that is written down', async () => {
	const { scope, project, place } = await newPlace();
	const line = (content: string, split: string) =>
		JSON.stringify({
			messages: [
				{ role: 'user', content },
				{ role: 'assistant', content: 'Yes.' }
			],
			split
		});
	const written = [
		line(question('pan'), 'validation'),
		line(again('pan'), 'train'),
		line(question('kettle'), 'train'),
		line(again('kettle'), 'train')
	];
	await importExamples(place, { fileName: 'x.jsonl', lines: written.map((text, at) => ({ number: at + 1, text })) });
	await compareExamples(scope, project.id);
	expect((await sides(scope)).map(({ split }) => split)).toEqual(['validation', null, 'train', 'train']);
	const [entry] = await scope.tx((tx) => tx.select().from(auditEntries).where(eq(auditEntries.action, 'split.parted')));
	expect(entry!.details).toEqual({ count: 1 });
	// again does nothing
	await compareExamples(scope, project.id);
	expect(await previewSplit(place, { ratio: 0.8, seed: 1 })).toMatchObject({ waiting: 0 });
});

test('what was learnt stays, and the comparison leaves its twin out', async () => {
	const { scope, project, connection, place } = await newPlace();
	await addExamples(scope, project.id, things.map(question), { split: 'validation' });
	const [learnt] = await addExamples(scope, project.id, [again(things[0]!)], { split: 'train', from: 6 });
	const run = await addReadyRun(scope, { projectId: project.id, connectionId: connection.id });
	await scope.tx((tx) =>
		tx.insert(runExamples).values({ projectId: project.id, runId: run.id, exampleId: learnt!, kind: 'train' })
	);
	const setUp = await getSetUp(place);
	expect(setUp.validation).toBe(5);
	expect(setUp.runs[0]!.leaks).toHaveLength(1);
	await expect(createEvaluation(place, wish(run.id, 5))).rejects.toMatchObject({ code: 'invalid', field: 'pairs' });
	await createEvaluation(place, wish(run.id, 4));
	const asked = await scope.tx((tx) =>
		tx
			.select({ number: examples.number })
			.from(pairings)
			.innerJoin(examples, and(eq(examples.id, pairings.exampleId)))
	);
	expect(asked.map(({ number }) => number)).not.toContain(1);
});

test('what comes later joins the families there are, and two of them become one by way of it', async () => {
	const { scope, project } = await newPlace();
	const families = async () => (await sides(scope)).map(({ family }) => family?.toString('hex') ?? null);
	const words = question('pan').split(' ');
	const turned = (count: number) => words.map((word, at) => (at < count ? 'oak' : word)).join(' ');
	await addExamples(scope, project.id, [turned(0), again('kettle'), turned(8), other(1)], { split: null });
	await compareExamples(scope, project.id);
	expect(await families()).toEqual([null, null, null, null]);
	await addExamples(scope, project.id, [turned(4), question('kettle')], { split: null, from: 5 });
	await compareExamples(scope, project.id);
	const [one, kettle, three, none, between, later] = await families();
	expect([one, three]).toEqual([between, between]);
	expect(kettle).toBe(later);
	expect(new Set([one, kettle, none]).size).toBe(3);
	// what comes without a twin leaves them as they are
	const before = await families();
	await addExamples(scope, project.id, [other(2), `${turned(0)} Please`], { split: null, from: 7 });
	await compareExamples(scope, project.id);
	expect((await families()).slice(0, 6)).toEqual(before);
	expect((await families()).slice(6)).toEqual([null, one]);
});

test('of a family in validation one is asked', async () => {
	const { scope, project, place } = await newPlace();
	await addExamples(scope, project.id, [...things.map(question), ...things.map(again)], { split: 'validation' });
	expect((await getSetUp(place)).validation).toBe(5);
});

test('another project of the team is neither asked nor changed, though it says the same', async () => {
	const { scope, project: other } = await newPlace();
	const numbered = (projectId: string) => (thing: string, split: 'train' | 'validation', from: number) =>
		addExamples(scope, projectId, [question(thing), again(thing)], { split, from });
	const there = numbered(other.id);
	await there('knife', 'train', 11);
	await there('walnut board', 'train', 13);
	await there('machine', 'validation', 15);
	await addExamples(scope, other.id, [question('pan'), again('kettle')], { split: 'train', from: 17 });
	await compareExamples(scope, other.id);
	const rows = (id: string) =>
		scope.tx(async (tx) => [
			...(await tx.select().from(projects).where(eq(projects.id, id))),
			...(await tx.select().from(examples).where(eq(examples.projectId, id)).orderBy(examples.number))
		]);
	const before = await rows(other.id);
	const { project } = await newProject(scope, { slug: 'here' });
	const here = numbered(project.id);
	await here('pan', 'train', 1);
	await here('machine', 'train', 3);
	await addExamples(scope, project.id, [question('kettle'), question('walnut board')], { split: 'train', from: 5 });
	await addExamples(scope, project.id, [again('walnut board')], { split: 'validation', from: 7 });
	// nor is anybody waited for who has that project in hand
	await owner.begin(async (sql) => {
		await sql`select from projects where id = ${other.id} for update`;
		const done = compareExamples(scope, project.id).then(() => 'compared');
		expect(await Promise.race([done, sleep(20_000)])).toBe('compared');
	});
	expect(await rows(other.id)).toEqual(before);
	const [{ compared }, ...now] = (await rows(project.id)) as [
		typeof projects.$inferSelect,
		...(typeof examples.$inferSelect)[]
	];
	expect(compared).toBe(7);
	expect(now.map(({ split, family }) => [split, family !== null])).toEqual([
		['train', true],
		['train', true],
		['train', true],
		['train', true],
		['train', false],
		[null, true],
		['validation', true]
	]);
	const { rows: twins } = await listTwins(await inProject(scope, 'here'));
	expect(twins.map(({ example, twin }) => [example.number, twin.number])).toEqual([
		[6, 7],
		[4, 3],
		[2, 1]
	]);
});

test('what comes back from deletion is compared anew', async () => {
	const { scope, project, place } = await newPlace();
	const [gone] = await addExamples(scope, project.id, [again('pan')], { split: null });
	await deleteExamples(place, { ids: [gone!] });
	await addExamples(scope, project.id, [question('pan')], { split: 'validation', from: 2 });
	await compareExamples(scope, project.id);
	await restoreExamples(place, { ids: [gone!] });
	await expect(moveExamples(place, { ids: [gone!], side: 'train' })).rejects.toMatchObject({ code: 'conflict' });
});

test('a large project waits for its job, in a sentence, and only then moves', async () => {
	const { scope, project, place } = await newPlace();
	await addExamples(scope, project.id, [question('pan')], { split: null, from: 5000 });
	await expect(applySplit(place, { ratio: 0.8, seed: 1 })).rejects.toMatchObject({
		code: 'conflict',
		message: expect.stringContaining('are being compared')
	});
	expect(await previewSplit(place, { ratio: 0.8, seed: 1 })).toMatchObject({ waiting: 5000 });
	await compareExamples(scope, project.id);
	expect(await previewSplit(place, { ratio: 0.8, seed: 1 })).toMatchObject({ waiting: 0 });
	await applySplit(place, { ratio: 0.8, seed: 1 });
	expect((await scope.tx((tx) => tx.select().from(projects)))[0]!.compared).toBe(5000);
});

test('in a project that is too large nobody waits, and its pages say that nothing was compared', async () => {
	const { scope, project, place } = await newPlace();
	const [first] = await addExamples(scope, project.id, [question('pan'), again('pan')], {
		split: null,
		from: mostCompared
	});
	await compareExamples(scope, project.id);
	expect(await listTwins(place)).toEqual({ rows: [], count: 0, waiting: null });
	expect(await previewSplit(place, { ratio: 0.8, seed: 1 })).toMatchObject({ waiting: null });
	expect(await moveExamples(place, { ids: [first!], side: 'train' })).toEqual({ moved: 1 });
});

test('twins are listed side by side, each pair once, the locked one as the twin', async () => {
	const { scope, project, place } = await newPlace();
	await addExamples(scope, project.id, [question('pan')], { split: 'validation' });
	await addExamples(scope, project.id, [again('pan'), question('kettle'), again('kettle'), question('knife')], {
		split: null,
		from: 2
	});
	expect(await listTwins(place)).toEqual({ rows: [], count: 0, waiting: 5 });
	await compareExamples(scope, project.id);
	const { rows, count, waiting } = await listTwins(place);
	expect({ count, waiting }).toEqual({ count: 2, waiting: 0 });
	expect(rows.map(({ example, twin }) => [example.number, example.side, twin.number, twin.side])).toEqual([
		[4, 'unassigned', 3, 'unassigned'],
		[2, 'unassigned', 1, 'validation']
	]);
	expect(rows[1]!.example.input).toBe(again('pan'));
});

test('an answer of the playground to what nearly measures is not kept, and the twin is named', async () => {
	const { scope, project, place } = await newPlace();
	await addExamples(scope, project.id, [question('pan')], { split: 'validation', from: 90 });
	const keep = (content: string) =>
		addExample(place, {
			messages: [
				{ role: 'user', content },
				{ role: 'assistant', content: 'It is on its way.' }
			],
			rating: null,
			origin: 'playground'
		});
	await expect(keep(again('pan'))).rejects.toMatchObject({
		code: 'conflict',
		message: expect.stringContaining('nearly the same as example 90, which is locked')
	});
	await keep(question('kettle'));
});

describe('where examples come in: what asks nearly the same as a locked example', () => {
	const said = (content: string) => [
		{ role: 'user' as const, content },
		{ role: 'assistant' as const, content: 'It is on its way.' }
	];
	const locked = async (from = 12) => {
		const made = await newPlace();
		const [id] = await addExamples(made.scope, made.project.id, [question('pan')], { split: 'validation', from });
		return { ...made, id: id! };
	};
	const file = (...contents: string[]) => ({
		fileName: 'week.jsonl',
		lines: contents.map((content, at) => ({ number: at + 1, text: JSON.stringify({ messages: said(content) }) }))
	});

	test('a written one is refused and shown beside it; kept all the same, it never trains', async () => {
		const { place, id } = await locked();
		const messages = said(again('pan'));
		expect(await findTwin(place, { messages })).toEqual({
			id,
			number: 12,
			is: 'asks nearly the same',
			input: question('pan')
		});
		await expect(addExample(place, { messages, rating: null })).rejects.toMatchObject({
			code: 'conflict',
			message: expect.stringContaining('nearly the same as example 12, which is locked in validation')
		});
		const kept = await addExample(place, { messages, rating: 9, keepTwins: true });
		await expect(moveExamples(place, { ids: [kept.id], side: 'train' })).rejects.toMatchObject({ code: 'conflict' });
		// what is kept is here, and no longer a question of twins
		expect(await findTwin(place, { messages })).toMatchObject({ id: kept.id, is: 'same' });
		await expect(addExample(place, { messages, rating: null, keepTwins: true })).rejects.toMatchObject({
			message: expect.stringContaining('already here')
		});
		expect(await findTwin(place, { messages: said(question('kettle')) })).toBe(null);
		await addExample(place, { messages: said(question('kettle')), rating: null });
	});

	test('with more text in validation than can be read for each that comes, it is let in, and the background finds it', async () => {
		const { place, project } = await locked();
		const hash = createHash('sha256').update('long').digest();
		const long = { contentHash: Buffer.concat([hash, hash.subarray(0, 8)]), promptHash: hash, tokens: 1_000_001 };
		await place.tx((tx) =>
			tx.insert(examples).values({
				...long,
				projectId: project.id,
				number: 900,
				messages: said('long'),
				split: 'validation',
				origin: 'import'
			})
		);
		const messages = said(again('pan'));
		expect(await findTwin(place, { messages })).toBe(null);
		const { id } = await addExample(place, { messages, rating: 9 });
		await compareExamples(place, project.id);
		await expect(moveExamples(place, { ids: [id], side: 'train' })).rejects.toMatchObject({ code: 'conflict' });
	});

	test('another answer to the same prompt is refused as well, also where the locked one was deleted', async () => {
		const { place, id } = await locked();
		const messages = said(question('pan'));
		expect(await findTwin(place, { messages })).toMatchObject({ id, is: 'asks the same' });
		await deleteExamples(place, { ids: [id] });
		expect(await findTwin(place, { messages })).toMatchObject({ id: null, number: 12, is: 'asks the same' });
		await expect(addExample(place, { messages, rating: null })).rejects.toMatchObject({
			message: expect.stringContaining('locked in validation though it was deleted')
		});
	});

	test('a line of a file is refused, with both prompts beside each other; nothing vanishes, and it can be kept', async () => {
		const { scope, place, id } = await locked();
		const lines = file(question('kettle'), again('pan'), question('knife'));
		const result = await importExamples(place, lines);
		expect(result).toMatchObject({ added: 2, duplicates: 0, refused: 1 });
		const twin = { id, number: 12, input: question('pan'), asks: again('pan') };
		const [refusal] = result.refusals;
		expect(refusal).toMatchObject({ line: 2, text: lines.lines[1]!.text, twin });
		expect(refusal!.reason).toBe(
			'Line 2 asks nearly the same as example 12, which is locked in validation, so it could never train'
		);
		expect((await getImport(place, { importId: result.id })).refusals).toEqual(result.refusals);
		expect(await importExamples(place, { ...lines, keepTwins: true })).toMatchObject({
			added: 1,
			duplicates: 2,
			refused: 0
		});
		// what is here is known, and not refused once more
		expect(await importExamples(place, lines)).toMatchObject({ added: 0, duplicates: 3, refused: 0 });
		expect((await sides(scope)).map(({ split }) => split)).toEqual([null, null, null, 'validation']);
	});

	test('what the file itself puts into validation goes there, and a large file is compared in the background', async () => {
		const { scope, project, place } = await locked(9000);
		const measures = { number: 1, text: JSON.stringify({ messages: said(again('pan')), split: 'validation' }) };
		expect(await importExamples(place, { fileName: 'v.jsonl', lines: [measures] })).toMatchObject({ added: 1 });
		const many = file(...Array.from({ length: 3000 }, (_, at) => other(at)), `${again('pan')} again`);
		expect(await importExamples(place, many)).toMatchObject({ added: 3001, refused: 0 });
		await compareExamples(scope, project.id);
		const last = (await sides(scope)).findLast(({ number }) => number < 9000);
		expect(last).toMatchObject({ split: null, family: expect.anything() });
	});
});

// Comparing writes. Asked inside of what a page looks at together, the database refused it, and the page was an error.
test('what is looked at together compares nothing, and says how many wait', async () => {
	const { scope, project, place } = await newPlace();
	await addExamples(scope, project.id, [question('pan'), again('pan'), other(1)], { split: null });
	const look = () =>
		together(place, async (inside) => ({
			preview: await previewSplit(inside, { ratio: 0.8, seed: 1 }),
			setUp: await getSetUp(inside),
			twins: await listTwins(inside)
		}));
	expect(await look()).toMatchObject({ preview: { waiting: 3 }, twins: { count: 0, waiting: 3 } });
	await compareExamples(scope, project.id);
	expect(await look()).toMatchObject({ preview: { waiting: 0 }, twins: { count: 1, waiting: 0 } });
});
