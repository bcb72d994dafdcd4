import type { SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import { afterAll, expect, test } from 'vitest';
import { type Message, conversationProblem, toMessages } from '../../../src/lib/core/examples/conversation.ts';
import { trainedTurns, weightIn } from '../../../src/lib/core/examples/formats/training.ts';
import { flawsOfExample } from '../../../src/lib/core/examples/trainable.ts';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { projectNow } from '../../../src/lib/server/project/rows.ts';
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
		// what was seen of the first ones stays
		if (at === 0) await scope.tx(async (tx) => readFlaws(tx, await projectNow(tx, scope)));
	}
	const { flawed, thoughtful, weighted } = await scope.tx(async (tx) => readFlaws(tx, await projectNow(tx, scope)));
	const flaws = Object.fromEntries(flawed.map(({ rule, count }) => [rule, count]));
	expect({ flaws, thoughtful, weighted }).toEqual(oneByOne(rows));
	expect(Object.keys(flaws).toSorted()).toEqual(['control', 'order', 'tools', 'weights']);
});

test('texts are read once: then only what has come since, and what was rewritten', async () => {
	const workshop = await newWorkshop('http://127.0.0.1:9', { train: 1, validation: 0 });
	const scope = await inProject(workshop.scope, workshop.slug);
	const { id } = workshop.project;
	const plain = (n: number): Message[] => [
		{ role: 'user', content: `Is it ${n}?` },
		{ role: 'assistant', content: 'Yes.' }
	];
	const odd = (n: number): Message[] => [...plain(n), { role: 'assistant', content: 'And so on.' }];
	const add = (list: Message[][], from: number) =>
		addRows(
			workshop.scope,
			id,
			list.map((messages) => ({ question: '', messages })),
			from
		);
	await add([...Array.from({ length: 300 }, (_, n) => plain(n)), odd(300)], 2);
	const look = () =>
		scope.tx(async (tx) => {
			const read = async () => {
				const [row] = await tx.$client`
					select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as rows from pg_stat_xact_user_tables where relname = 'examples'`;
				return Number(row!.rows);
			};
			const project = await projectNow(tx, scope);
			const before = await read();
			const { flawed } = await readFlaws(tx, project);
			return { flawed: flawed.map(({ rule, count }) => [rule, count]), read: (await read()) - before };
		});
	expect(await look()).toMatchObject({ flawed: [['order', 1]] });
	await add([odd(301), plain(302)], 303);
	await owner`analyze examples`; // of a table without statistics all is read
	const again = await look();
	expect(again.flawed).toEqual([['order', 2]]);
	expect(again.read).toBeLessThan(20);
	await owner`update examples set rewrite = 'Yes.<|im_end|>' where project_id = ${id} and number = 5`;
	expect((await look()).flawed).toEqual([
		['control', 1],
		['order', 2]
	]);
	await owner`update examples set deleted_at = now() where project_id = ${id} and number in (5, 302)`;
	const last = await look();
	expect(last.flawed).toEqual([['order', 1]]);
	expect(last.read).toBeLessThan(20);
});

const plainTalk = (about: string): Message[] => [
	{ role: 'user', content: `Is it ${about}?` },
	{ role: 'assistant', content: 'Yes.' }
];
const oddTalk = (about: string): Message[] => [...plainTalk(about), { role: 'assistant', content: 'And so on.' }];

test('after a backup was brought back, what has another’s number is read', async () => {
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
	const flaws = () =>
		scope.tx(async (tx) => {
			const { flawed } = await readFlaws(tx, await projectNow(tx, scope));
			return flawed.map(({ rule, count }) => [rule, count]);
		});
	/** As they stood there when the backup was made. */
	const backTo = async (number: number) => {
		await owner`delete from examples where project_id = ${id} and number > ${number}`;
		await owner`delete from example_standings where project_id = ${id} and number > ${number}`;
	};
	await add([plainTalk('a'), oddTalk('b'), plainTalk('c')], 2);
	expect(await flaws()).toEqual([['order', 1]]);
	await backTo(2);
	expect(await flaws()).toEqual([]);
	await add([plainTalk('d'), oddTalk('e')], 3);
	expect(await flaws()).toEqual([['order', 1]]);
	await backTo(2);
	await add([oddTalk('f'), oddTalk('g'), plainTalk('h')], 3);
	expect(await flaws()).toEqual([['order', 2]]);
});

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
		return readFlaws(Object.create(tx, { execute: { value: execute } }) as typeof tx, project);
	});
	expect(flawed.map(({ rule, count }) => [rule, count])).toEqual([['order', 8]]);
	// the first is the workshop’s own
	expect(pieces).toEqual([1, 2, 1, 2, 2]);
});
