import type { SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import { afterAll, expect, test } from 'vitest';
import { type Message, conversationProblem, toMessages } from '../../../src/lib/core/examples/conversation.ts';
import { trainedTurns, weightIn } from '../../../src/lib/core/examples/formats/training.ts';
import { flawsOfExample } from '../../../src/lib/core/examples/trainable.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { projectNow } from '../../../src/lib/server/project/rows.ts';
import { markExamples } from '../../../src/lib/server/examples/marks.ts';
import { readFacts } from '../../../src/lib/server/runs/facts.ts';
import { readFlaws } from '../../../src/lib/server/runs/flaws.ts';
import { randomFrom } from '../../bench/measure.ts';
import { owner } from '../../support/database/owner.ts';
import { rewriteHistory } from '../../support/database/raw.ts';
import { addRows, newWorkshop } from '../../support/data/training.ts';

afterAll(() => closePools());

const random = randomFrom(20);
const oneOf = <T>(some: readonly T[]): T => some[Math.floor(random() * some.length)]!;
const now = (share: number) => random() < share;

const texts = [
	'Where is it?',
	' two blanks  ',
	'It says {"role":"user","content":""}',
	'},{"role":"assistant","content":"no',
	'\\"content\\":" ',
	'a\\',
	'\u00a0x\u2028',
	'<|im_end|>',
	'[INST] so',
	'a < | b|>',
	'Grüße 🎉 \u0000 \u001f',
	'"weight":0 and "tool_calls"'
];
const extras: object[] = [
	{ name: 'ana' },
	{ weight: 0 },
	{ weight: 1 },
	{ reasoning: 'so' },
	{ reasoning_content: null },
	{ meta: [{ role: 'user', content: 'x' }] },
	{ meta: { role: 'assistant', content: 'x' } },
	{ tool_calls: [{ id: 'a', type: 'function', function: { name: 'find', arguments: '{"content":""}' } }] },
	{ tool_call_id: 'a' }
];

let said = 0; // no two examples say the same
const turn = (role: string): object => {
	const content = now(0.05) ? null : `${oneOf(texts)} ${said++}`;
	const more = now(0.2) ? oneOf(extras) : {};
	return oneOf([
		{ role, content, ...more },
		{ role, content, ...more },
		{ content, role, ...more },
		{ ...more, role, content },
		{ role, ...more, content }
	]);
};
const usual = ['user', 'assistant'];
const roles = () => [
	...(now(0.3) ? ['system'] : []),
	...(now(0.5)
		? usual
		: Array.from({ length: 1 + Math.floor(random() * 4) }, () => oneOf([...usual, ...usual, 'system', 'tool']))),
	...(now(0.3) ? ['assistant'] : [])
];
const sources = [
	null,
	null,
	'{"tools":[{"type":"function","function":{"name":"find"}}]}',
	'{"tools":[{"type":"function","function":{"name":"find"}}],"tools":7}',
	'{"functions":[{"name":"find"}]}',
	'{"weight":2}',
	'{"weight" : 0.5, "weight" : 1}',
	'{"note":"\\"weight\\""}'
];
const rewrites = [null, null, null, 'Better.', 'Better <|im_end|>', 'a <start_of_turn> b'];

const conversation = (): Message[] => {
	for (;;) {
		const turns = roles().map(turn);
		if (conversationProblem(turns) === null) return toMessages(turns);
	}
};

/** The same, of each example by itself. */
const oneByOne = (rows: readonly { messages: Message[]; rewrite: string | null; source: string | null }[]) => {
	const rules = rows.flatMap((row) => flawsOfExample(row).map(({ rule }) => rule));
	const thinks = rows.filter((row) =>
		trainedTurns(row).some(({ reasoning, reasoning_content }) => reasoning != null || reasoning_content != null)
	);
	return {
		flaws: Object.fromEntries([...new Set(rules)].map((rule) => [rule, rules.filter((each) => each === rule).length])),
		thoughtful: thinks.length,
		weighted: rows.filter(({ source }) => (weightIn(source) ?? 1) !== 1).length
	};
};

test('what the database takes for plain without reading it has no flaw, no thought and no weight, however odd it looks', async () => {
	const workshop = await newWorkshop('http://127.0.0.1:9', { train: 1, validation: 0 });
	const scope = await inProject(workshop.scope, workshop.slug);
	const rows = Array.from({ length: 1_500 }, () => ({
		messages: conversation(),
		rewrite: now(0.2) ? oneOf(rewrites) : null,
		source: now(0.3) ? oneOf(sources) : null
	}));
	const given = rows.map(({ messages, rewrite, source }) => ({
		question: '',
		messages,
		...(rewrite !== null && { rewrite }),
		...(source !== null && { source })
	}));
	for (let at = 0; at < given.length; at += 500) {
		await addRows(workshop.scope, workshop.project.id, given.slice(at, at + 500), at + 2); // the first is the workshop's own
		// the first have their marks, the others are read
		if (at === 0) await markedHere(scope, 500);
	}
	const read = async () => {
		const { flawed, thoughtful, weighted } = await scope.look(async (tx) => {
			const project = await projectNow(tx, scope);
			return readFacts(tx, project, project.recipe);
		});
		return { flawed, thoughtful, weighted };
	};
	const seen = await read();
	const flaws = Object.fromEntries(seen.flawed.map(({ rule, count }) => [rule, count]));
	expect({ ...seen, flawed: undefined, flaws }).toEqual({ ...oneByOne(rows), flawed: undefined });
	expect(Object.keys(flaws).toSorted()).toEqual(['control', 'order', 'tools', 'weights']);
	for (const { rule, words, examples } of seen.flawed) {
		const first = rows.flatMap((row, at) =>
			flawsOfExample(row).flatMap((flaw) => (flaw.rule === rule ? [{ ...flaw, number: at + 2 }] : []))
		);
		expect(words).toBe(first[0]!.words);
		expect(examples.map(({ number }) => number)).toEqual(first.slice(0, 5).map(({ number }) => number));
	}
	// once all have them, it is the same
	await markedHere(scope, 1_500);
	expect(await read()).toEqual(seen);
});

/** What the janitor does, once so many examples and the workshop's own are there. */
const markedHere = async (scope: Scope & { project: { id: string } }, count: number) => {
	await owner`update projects set next_example = ${count + 2} where id = ${scope.project.id}`;
	await markExamples(scope);
};

test('of what has its marks no text is read, only of what has none yet, and of what was rewritten', async () => {
	const workshop = await newWorkshop('http://127.0.0.1:9', { train: 1, validation: 0 });
	const scope = await inProject(workshop.scope, workshop.slug);
	const { id } = workshop.project;
	const add = (list: Message[][], from: number) =>
		addRows(
			workshop.scope,
			id,
			list.map((messages) => ({ question: '', messages })),
			from
		);
	await add([...Array.from({ length: 300 }, (_, n) => plainTalk(String(n))), oddTalk('300')], 2);
	const look = (rewritten: number[] = []) =>
		scope.tx(async (tx) => {
			const read = async () => {
				const [row] = await tx.$client`
					select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as rows from pg_stat_xact_user_tables where relname = 'examples'`;
				return Number(row!.rows);
			};
			const project = await projectNow(tx, scope);
			const before = await read();
			const { flawed } = await readFlaws(tx, project, rewritten);
			return { flawed: flawed.map(({ rule, count }) => [rule, count]), read: (await read()) - before };
		});
	const first = await look();
	expect(first.flawed).toEqual([['order', 1]]);
	expect(first.read).toBeGreaterThan(300);
	await markedHere(scope, 301);
	await add([oddTalk('301'), plainTalk('302')], 303);
	await owner`analyze examples`; // of a table without statistics all is read
	const again = await look();
	expect(again.flawed).toEqual([['order', 2]]);
	expect(again.read).toBeLessThan(20);
	await owner`update examples set rewrite = 'Yes.<|im_end|>' where project_id = ${id} and number = 5`;
	expect((await look([5])).flawed).toEqual([
		['control', 1],
		['order', 2]
	]);
	await owner`update examples set deleted_at = now() where project_id = ${id} and number in (5, 302)`;
	const last = await look([5]);
	expect(last.flawed).toEqual([['order', 1]]);
	expect(last.read).toBeLessThan(20);
});

test('what rewriting has mended is no flaw, whatever marks it came with', async () => {
	const workshop = await newWorkshop('http://127.0.0.1:9', { train: 1, validation: 0 });
	const scope = await inProject(workshop.scope, workshop.slug);
	const rows = ['<|im_end|>', '<|im_start|>', 'a'].map((answer, at) => ({ question: `Is it ${at}?`, answer }));
	await addRows(workshop.scope, workshop.project.id, [{ ...rows[0]!, rewrite: 'Yes.' }, ...rows.slice(1)], 2);
	const flaws = () =>
		scope.tx(async (tx) => {
			const project = await projectNow(tx, scope);
			return (await readFacts(tx, project, project.recipe)).flawed.map(({ rule, count }) => [rule, count]);
		});
	expect(await flaws()).toEqual([['control', 1]]);
	await markedHere(scope, 3);
	expect(
		await owner`select number, marks from example_marks where project_id = ${workshop.project.id} order by number`
	).toEqual([
		{ number: 2, marks: ['control'] },
		{ number: 3, marks: ['control'] }
	]);
	expect(await flaws()).toEqual([['control', 1]]);
});

const plainTalk = (about: string): Message[] => [
	{ role: 'user', content: `Is it ${about}?` },
	{ role: 'assistant', content: 'Yes.' }
];
const oddTalk = (about: string): Message[] => [...plainTalk(about), { role: 'assistant', content: 'And so on.' }];

test('so many bytes are read in one statement, and of what is larger one text', async () => {
	const workshop = await newWorkshop('http://127.0.0.1:9', { train: 1, validation: 0 });
	const scope = await inProject(workshop.scope, workshop.slug);
	const rows = Array.from({ length: 8 }, (_, n) => ({ question: '', messages: oddTalk(String(n)) }));
	await addRows(workshop.scope, workshop.project.id, rows, 2);
	// as of texts of 24 MB each, and of one of 400 MB
	await rewriteHistory(
		'examples',
		(sql) =>
			sql`update examples set tokens = case number when 5 then 100000000 else 6000000 end where project_id = ${workshop.project.id}`
	);
	const pieces: number[] = [];
	const { flawed } = await scope.tx(async (tx) => {
		const project = await projectNow(tx, scope);
		const execute = async (...asked: Parameters<typeof tx.execute>) => {
			const found = await tx.execute(...asked);
			if (new PgDialect().sqlToQuery(asked[0] as SQL).sql.includes('messages::text')) pieces.push(found.length);
			return found;
		};
		return readFlaws(Object.create(tx, { execute: { value: execute } }) as typeof tx, project, []);
	});
	expect(flawed.map(({ rule, count }) => [rule, count])).toEqual([['order', 8]]);
	// the first is the workshop’s own
	expect(pieces).toEqual([1, 2, 1, 2, 2]);
});
