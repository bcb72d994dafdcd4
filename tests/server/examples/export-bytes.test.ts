import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { asc } from 'drizzle-orm';
import { afterAll, expect, test } from 'vitest';
import type { Message } from '../../../src/lib/core/examples/conversation.ts';
import { fullLine } from '../../../src/lib/core/examples/formats/full.ts';
import { type Scope, withTimeouts, inProject } from '../../../src/lib/server/access/scope.ts';
import { deleteExamples } from '../../../src/lib/server/examples/commands.ts';
import { exportPieces } from '../../../src/lib/server/examples/export.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { examples } from '../../../src/lib/server/platform/db/schema.ts';
import { owner } from '../../support/database/owner.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

type Given = Pick<typeof examples.$inferInsert, 'messages' | 'rating' | 'rewrite' | 'split' | 'source'>;

const put = (scope: Scope, projectId: string, given: Given[], from = 1) =>
	scope.tx((tx) =>
		tx.insert(examples).values(
			given.map((one, i) => ({
				...one,
				contentHash: Buffer.alloc(40, `${from + i}`.padStart(8)),
				promptHash: Buffer.alloc(32, `${from + i}`.padStart(8)),
				tokens: 1,
				projectId,
				number: from + i,
				origin: 'import' as const
			}))
		)
	);

const taken = async (scope: Scope, project: Parameters<typeof exportPieces>[1]) => {
	const pieces: Buffer[] = [];
	for await (const piece of exportPieces(scope, project, 'full')) pieces.push(Buffer.from(piece));
	return pieces;
};
/** The file as it would be if every line were written here. */
const written = (scope: Scope) =>
	withTimeouts(scope, 'long').tx(async (tx) => {
		const rows = await tx.select().from(examples).orderBy(asc(examples.number));
		return rows
			.filter((row) => row.deletedAt === null)
			.map((row) => `${fullLine(row)}\n`)
			.join('');
	});

// what JSON escapes, what it does not, and what is longer in bytes than in characters
const nasty = fc.array(
	fc.oneof(
		fc.constantFrom(
			'"',
			'\\',
			'/',
			'\b',
			'\f',
			'\n',
			'\r',
			'\t',
			'\u007f',
			'\u2028',
			'\u2029',
			'\ufeff',
			'\\n',
			'[1,2]'
		),
		fc.integer({ min: 1, max: 0x1f }).map((code) => String.fromCharCode(code)),
		fc.string({ unit: 'grapheme' }),
		fc.integer({ min: 1, max: 3000 }).map((times) => '√é😀 '.repeat(times))
	),
	{ maxLength: 5 }
);
const text = nasty.map((parts) => parts.join('').toWellFormed());
/** JSON keeps these, a column of text does not. */
const said = fc.oneof(text, fc.constantFrom('\u0000', '\ud800', 'a\udc00b'));
const turn = fc.record(
	{
		role: fc.constantFrom('system', 'user', 'assistant', 'tool'),
		content: fc.oneof(said, fc.constant(null)),
		weight: fc.constantFrom(0, 1, 1e21, 1e-7, 0.1),
		tool_calls: fc.array(fc.dictionary(fc.oneof(said, fc.constantFrom('__proto__', '7')), fc.jsonValue()), {
			maxLength: 2
		})
	},
	{ requiredKeys: ['role', 'content'] }
);
const given: fc.Arbitrary<Given> = fc.record({
	messages: fc.array(turn, { minLength: 1, maxLength: 4 }) as unknown as fc.Arbitrary<Message[]>,
	rating: fc.oneof(fc.constantFrom(null, 1, 7, 9.5, 10), fc.float({ min: 1, max: 10, noNaN: true })),
	rewrite: fc.option(text),
	split: fc.constantFrom(null, 'train' as const),
	source: fc.option(
		fc
			.oneof(
				text,
				fc.json(),
				fc
					.dictionary(said, fc.jsonValue())
					.map((more) => JSON.stringify({ messages: [{ role: 'user', content: 'a' }], ...more }))
			)
			.filter((line) => !line.includes('\u0000')),
		{ freq: 3 }
	)
});

test('whoever writes a line, the database or we, it is the same bytes', async () => {
	const { scope } = await newTeam();
	await newProject(scope);
	const { project } = await inProject(scope, 'support');
	let number = 1;
	await fc.assert(
		fc.asyncProperty(fc.array(given, { minLength: 1, maxLength: 40 }), async (rows) => {
			await put(scope, project.id, rows, number);
			number += rows.length;
			expect(Buffer.concat(await taken(scope, project)).toString()).toBe(await written(scope));
		}),
		{ numRuns: 10 }
	);
}, 120_000);

const plain = () => ({
	messages: [
		{ role: 'user' as const, content: 'What?' },
		{ role: 'assistant' as const, content: 'That.' }
	]
});

test('over several pages, what stands between the others keeps its place, and no piece is large', async () => {
	const { scope } = await newTeam();
	await newProject(scope);
	const { project } = await inProject(scope, 'support');
	const long = () => ({ messages: [{ role: 'user' as const, content: randomBytes(60_000).toString('base64') }] });
	const kinds = [
		() => plain(),
		() => ({ ...plain(), source: JSON.stringify({ ...plain(), ticket: 'T-1' }) }),
		(i: number) => (i % 10 === 2 ? long() : plain())
	];
	for (let from = 1; from <= 2001; from += 500)
		await put(scope, project.id, Array.from({ length: 500 }, (_, i) => kinds[i % 3]!(i)) as Given[], from);
	const pieces = await taken(scope, project);
	expect(Buffer.concat(pieces).toString()).toBe(await written(scope));
	for (const piece of pieces) expect(piece.length).toBeLessThan(2_000_000);
});

test('what is deleted between two looks at a page is left out', async () => {
	const { scope } = await newTeam();
	await newProject(scope);
	const here = await inProject(scope, 'support');
	await put(scope, here.project.id, [
		{ ...plain(), source: '{"a":1}' },
		plain(),
		{ ...plain(), source: '{"a":1}' }
	] as Given[]);
	const [first] = await scope.tx((tx) => tx.select().from(examples).orderBy(asc(examples.number)));
	let looks = 0;
	const watched: Scope = {
		...scope,
		tx: async (work) => {
			if (++looks === 2) await deleteExamples(here, { ids: [first!.id] });
			return scope.tx(work);
		}
	};
	expect(Buffer.concat(await taken(watched, here.project)).toString()).toBe(await written(scope));
	expect(looks).toBe(2);
});

test('it shows whoever asks only what they may see, in the lines of the database as in the others', async () => {
	const { scope, as } = await newTeam();
	await newProject(scope);
	const { project: other } = await newProject(scope, { slug: 'other' });
	const { project } = await inProject(scope, 'support');
	await put(scope, project.id, [plain(), { ...plain(), source: '{"a":1}' }] as Given[]);
	expect((await taken(scope, project)).join('').split('\n')).toHaveLength(3);
	expect(await taken(await as('trainer', [other.id]), project)).toEqual([]);
	expect(await taken((await newTeam()).scope, project)).toEqual([]);
	expect(await taken(scope, { ...project, id: other.id })).toEqual([]);
});

// Kept in 3 kB each, and 300 kB on the way: all of a page in one field were half a gigabyte at once, and more of them no string.
test('what Postgres has packed small is taken in pieces all the same', async () => {
	const { scope } = await newTeam();
	const { project } = await newProject(scope);
	await owner`
		insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, origin)
		select ${scope.teamId}, ${project.id}, n, concat('[{"role":"user","content":"', repeat('a', 300000), '"},{"role":"assistant","content":"Yes."}]')::json,
			convert_to(rpad(n::text, 40), 'UTF8'), convert_to(rpad(n::text, 32), 'UTF8'), 1, 'import'
		from generate_series(1, 30) n`;
	const inside = await inProject(scope, 'support');
	const pieces = await taken(scope, inside.project);
	expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(3_000_000);
	expect(Buffer.concat(pieces).toString() === (await written(scope))).toBe(true);
});

test('two pages are under way at a time, never more, and between gaps and deleted ones each example is in the file once', async () => {
	const { scope } = await newTeam();
	await newProject(scope);
	const here = await inProject(scope, 'support');
	for (let from = 1; from <= 4_501; from += 500)
		await put(scope, here.project.id, Array.from({ length: 500 }, plain) as Given[], from);
	await put(scope, here.project.id, Array.from({ length: 500 }, plain) as Given[], 900_001);
	const rows = await scope.tx((tx) => tx.select({ id: examples.id, number: examples.number }).from(examples));
	const gone = rows.filter(({ number }) => number % 3 === 0 || (number > 1_900 && number < 2_100));
	await deleteExamples(here, { ids: gone.map(({ id }) => id) });
	let [open, most] = [0, 0];
	const watched: Scope = {
		...scope,
		tx: async (work) => {
			most = Math.max(most, ++open);
			return scope.tx(work).finally(() => open--);
		}
	};
	expect(Buffer.concat(await taken(watched, here.project)).toString()).toBe(await written(scope));
	expect(most).toBe(2);
});
