import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { parseLine } from '../../../src/lib/core/examples/import/parse.ts';
import { importExamples } from '../../../src/lib/server/examples/commands.ts';
import { type Chunk, emptyChunk, put, stage } from '../../../src/lib/server/examples/stage.ts';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
afterAll(async () => {
	await closePools();
	await owner.end();
});

const text = (question: string) =>
	JSON.stringify({
		messages: [
			{ role: 'user', content: question },
			{ role: 'assistant', content: 'Yes.' }
		]
	});
const add = (chunk: Chunk, question: string) => {
	const parsed = parseLine(text(question), 1);
	if (!parsed.ok) throw new Error(parsed.reason);
	put(chunk, parsed, null, []);
};

test.each([
	['of a value that its column does not take', (chunk: Chunk) => chunk.bytes.write('{', chunk.bytes.indexOf('[{'))],
	['of its last row, which is cut off', (chunk: Chunk) => (chunk.length -= 3)],
	['of a last row with a column too few', (chunk: Chunk) => (chunk.length = chunk.bytes.writeInt16BE(3, chunk.length))]
])('a COPY that fails at its end fails: because %s', { timeout: 5_000 }, async (_, damage) => {
	const { scope } = await newTeam();
	const chunk = emptyChunk();
	for (let i = 0; i < 20; i++) add(chunk, `Question ${i}`);
	damage(chunk);
	await expect(scope.tx((tx) => stage(tx, chunk))).rejects.toThrow(
		/invalid input syntax|unexpected EOF|field count|row field/
	);
	expect(await scope.tx((tx) => tx.$client`select 1 as one`)).toEqual([{ one: 1 }]);
});

test(
	'imports whose connections are lost in the middle of COPY fail, and keep no lane from the next',
	{ timeout: 40_000 },
	async () => {
		const { scope } = await newTeam();
		await newProject(scope);
		const within = await inProject(scope, 'support');
		async function* endless() {
			for (let number = 1; ; number++) {
				yield { number, text: text(`${'x'.repeat(2_000)} ${number} ${Math.random()}`) };
				if (number % 50 === 0) await sleep(1);
			}
		}
		const ends: unknown[] = [];
		const imports = Array.from({ length: 5 }, () =>
			importExamples(within, { fileName: 'endless.jsonl', lines: endless() }).catch((problem) => ends.push(problem))
		);
		let terminated = 0;
		while (ends.length < imports.length) {
			const rows = await owner`
				select pg_terminate_backend(pid) from pg_stat_activity
				where datname = current_database() and query like 'copy stage%' and state = 'active'`;
			terminated += rows.length;
			await sleep(2);
		}
		expect(terminated).toBeGreaterThanOrEqual(imports.length);
		for (const problem of ends) expect(problem).toMatchObject({ status: 503 });
		const after = await importExamples(within, {
			fileName: 'a.jsonl',
			lines: [{ number: 1, text: text('Last') }]
		});
		expect(after).toMatchObject({ added: 1 });
	}
);
