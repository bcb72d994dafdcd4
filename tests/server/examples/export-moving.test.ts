// A file of everything has two pages under way: what comes, goes and changes meanwhile is in it once, in order, or not at all.
import { afterAll, expect, test } from 'vitest';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { exportExamples, importExamples } from '../../../src/lib/server/examples/commands.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { newProject, newTeam } from '../../support/data/team.ts';
import { owner } from '../../support/database/owner.ts';

afterAll(() => closePools());

const line = (question: string, more: object = {}) =>
	JSON.stringify({
		messages: [
			{ role: 'user', content: question },
			{ role: 'assistant', content: `The answer to ${question}` }
		],
		...more
	});
const bring = async (scope: Scope, texts: string[]) =>
	importExamples(await inProject(scope, 'support'), {
		fileName: 'a.jsonl',
		lines: texts.map((text, i) => ({ number: i + 1, text }))
	});

const numbersIn = async (projectId: string, text: string) => {
	const rows =
		await owner`select id, number, deleted_at is null as there from examples where project_id = ${projectId}`;
	const byId = new Map(rows.map((row) => [row.id as string, row.number as number]));
	return text
		.split('\n')
		.slice(0, -1)
		.map((each) => byId.get((JSON.parse(each) as { id: string }).id)!);
};

test('gaps, deletions and what comes meanwhile: each line once, in order, and none that stayed is missing', async () => {
	const { scope } = await newTeam();
	const { project } = await newProject(scope);
	await bring(
		scope,
		Array.from({ length: 9_000 }, (_, n) => line(`${n}?`, n % 700 === 3 ? { topic: 'parcels' } : {}))
	);
	// gaps as an import leaves them, a long one, and pages of deleted ones
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		await sql`delete from examples where project_id = ${project.id} and number % 7 = 1 and number < 4000`;
		await sql`update examples set number = number + 50000 where project_id = ${project.id} and number > 8000`;
		await sql`update projects set next_example = 59001 where id = ${project.id}`;
		await sql`update examples set deleted_at = now() where project_id = ${project.id} and (number between 4000 and 6500 or number % 11 = 0)`;
		await sql`select recount_examples()`;
	});
	const stay = (
		await owner`select number from examples where project_id = ${project.id} and deleted_at is null and number % 5 <> 2 order by number`
	).map(({ number }) => number as number);
	const { pieces } = await exportExamples(await inProject(scope, 'support'), { format: 'full' });
	let text = '';
	let at = 0;
	for await (const piece of pieces) {
		text += String(piece);
		at++;
		await owner.begin(async (sql) => {
			await sql`set local session_replication_role = replica`;
			await sql`update examples set deleted_at = now() where project_id = ${project.id} and number % 5 = 2 and number % 3 = ${at % 3}`;
			await sql`update examples set rating = 3, split = 'train' where project_id = ${project.id} and number % 10 = 3`;
		});
		await bring(
			scope,
			Array.from({ length: 30 }, (_, n) => line(`new ${at} ${n}?`))
		);
	}
	const numbers = await numbersIn(project.id, text);
	expect(numbers).toEqual(numbers.toSorted((one, two) => one - two));
	expect(new Set(numbers).size).toBe(numbers.length);
	const taken = new Set(numbers);
	expect(stay.filter((number) => !taken.has(number))).toEqual([]);
});

test('what fails in the second page, while the first is handed on, ends the file with its problem, and nothing is left unheard', async () => {
	const { scope } = await newTeam();
	await newProject(scope);
	await bring(
		scope,
		Array.from({ length: 4_500 }, (_, n) => line(`${n}?`))
	);
	const here = await inProject(scope, 'support');
	const unheard: unknown[] = [];
	const hear = (problem: unknown) => unheard.push(problem);
	process.on('unhandledRejection', hear);
	for (const failing of [3, 4]) {
		let begun = 0;
		const tx: Scope['tx'] = (work) =>
			here.tx(async (inner) => {
				if (++begun === failing) throw new Error('The second one failed.');
				return work(inner);
			});
		const { pieces } = await exportExamples({ ...here, tx }, { format: 'full' });
		let lines = 0;
		await expect(
			(async () => {
				for await (const piece of pieces) {
					lines += String(piece).split('\n').length - 1;
					await new Promise((done) => setTimeout(done, 100));
				}
			})()
		).rejects.toThrow('The second one failed.');
		expect(lines).toBe(2_000 * (failing - 2));
		// whoever leaves while it fails hears nothing of it
		begun = 0;
		const left = (await exportExamples({ ...here, tx }, { format: 'full' })).pieces;
		for await (const _ of left) break;
		await new Promise((done) => setTimeout(done, 100));
	}
	process.off('unhandledRejection', hear);
	expect(unheard).toEqual([]);
});
