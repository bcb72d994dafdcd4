import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startSandbox } from '../../src/sandbox/server.ts';
import { newProject, newTeam } from '../support/data/team.ts';
import type { Bench } from './environment.ts';
import type { Measure } from './measure.ts';

const rows = Number(process.env.BENCH_ROWS ?? 200_000);
const heapMb = Number(process.env.BENCH_HEAP ?? 256);

/** What a step of the worker took: its largest heap and memory, in megabytes. */
export type Step = { name: string; heapMb: number; rssMb: number; seconds: number };
export type Told = { steps: Step[]; status: string; lines: number; both: number };

/** About 600 characters each: nine tenths to train with, a tenth that measures. */
const seed = (owner: Bench['owner'], projectId: string) =>
	owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		await sql.unsafe(
			`insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, rating, ratings_count, split, origin)
			select p.team_id, p.id, n,
				('[{"role":"user","content":"Where is the missing part of order ' || n || '?"},{"role":"assistant","content":"Thank you for writing to us about case '
					|| n::bigint * 7919 || '. ' || repeat('We have looked at it and will send the missing part today. ', 8) || '"}]')::json,
				sha256(convert_to('c' || n, 'UTF8')), sha256(convert_to('p' || n, 'UTF8')), 130, 9, 1,
				case when n % 10 = 0 then 'validation' else 'train' end, 'import'
			from projects p cross join generate_series(1, ${rows}) n where p.id = $1`,
			[projectId]
		);
		await sql`update projects set next_example = ${rows + 1}, compared = ${rows} where id = ${projectId}`;
		await sql`select recount_examples()`;
	});

/**
 * MEMORY: a training of 200,000 examples (`BENCH_ROWS=1000000`: of a million) is ordered, followed to its end, and compared with the next one, by a
 * process whose heap may not be larger than 256 MB.
 */
export const run = async ({ owner }: Bench): Promise<Measure[]> => {
	const sandbox = await startSandbox({ port: 0, speed: 1_000_000, mostMb: 1_900 });
	try {
		const { scope, owner: person } = await newTeam();
		const { project } = await newProject(scope, { slug: 'large', sandboxUrl: sandbox.url });
		await seed(owner, project.id);
		await owner`vacuum analyze`;
		const child = fork(
			fileURLToPath(new URL('./memory-worker.ts', import.meta.url)),
			[scope.teamId, person.id, 'large'],
			{ execArgv: [`--max-old-space-size=${heapMb}`] }
		);
		let told: Told | undefined;
		child.on('message', (message) => (told = message as Told));
		const [code] = (await once(child, 'exit')) as [number | null];
		if (!told) throw new Error(`with a heap of ${heapMb} MB the worker ended with ${code}`);
		if (told.status !== 'ready') throw new Error(`the training is ${told.status}`);
		const { steps, lines, both } = told;
		const sizes = `${rows.toLocaleString('en')} examples, a heap of ${heapMb} MB`;
		return steps.map(({ name, ...step }) => ({
			id: 'MEMORY',
			what: `${name}, ${sizes}`,
			unit: 'MB',
			values: [step.rssMb],
			judged: 'value',
			target: 500,
			moonshot: 300,
			better: 'lower',
			note: `all memory; of it heap ${step.heapMb.toFixed(0)} MB · ${step.seconds.toFixed(0)} s · ${lines.toLocaleString('en')} lines, both have ${both.toLocaleString('en')}`
		}));
	} finally {
		await sandbox.stop();
	}
};
