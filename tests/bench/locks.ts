import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type ProjectScope, inProject } from '../../src/lib/server/access/scope.ts';
import { importExamples } from '../../src/lib/server/examples/commands.ts';
import { rateExample } from '../../src/lib/server/ratings/commands.ts';
import { startRun } from '../../src/lib/server/runs/commands.ts';
import { prepareRun } from '../../src/lib/server/runs/prepare.ts';
import { settleRun } from '../../src/lib/server/runs/settle.ts';
import { applySplit } from '../../src/lib/server/splits/commands.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { newProject, newTeam } from '../support/data/team.ts';
import { newRun } from '../support/data/training.ts';
import type { Bench } from './environment.ts';
import { type Measure, quantile } from './measure.ts';

const quick = process.env.BENCH_QUICK === 'yes';
const size = quick ? 50_000 : 200_000;
const ratingsASecond = 20;
const idleMs = 15_000;

type Rated = { took: number[]; refused: number };

/** Ratings at a fixed rate until `over`, whether the last was answered or not: how long each took from when it was due, and how many were refused. */
const rateUntil = async (scopes: ProjectScope[], ids: string[], isOver: () => boolean): Promise<Rated> => {
	const found: Rated = { took: [], refused: 0 };
	const open: Promise<void>[] = [];
	const startedAt = performance.now();
	for (let n = 0; !isOver(); n++) {
		const dueAt = startedAt + (n * 1000) / ratingsASecond;
		await pause(Math.max(0, dueAt - performance.now()));
		const rating = { exampleId: ids[(n * 7919) % ids.length]!, score: 1 + (n % 10), clientId: randomUUID() };
		const done = () => void found.took.push(performance.now() - dueAt);
		open.push(rateExample(scopes[n % scopes.length]!, rating).then(done, () => (found.refused++, done())));
	}
	await Promise.all(open);
	return found;
};

const beside = async (scopes: ProjectScope[], ids: string[], work: () => Promise<unknown>) => {
	let isOver = false;
	const startedAt = performance.now();
	const working = work().finally(() => (isOver = true));
	const rated = await rateUntil(scopes, ids, () => isOver);
	await working;
	return { ...rated, seconds: (performance.now() - startedAt) / 1000 };
};

/** All that a training does to its examples: it is started, its files are written, and the provider accepts them. */
const train = async (here: ProjectScope) => {
	const never = new AbortController().signal;
	const { id } = await startRun(here, newRun());
	await prepareRun(here, id, never);
	await here.tx((tx) => tx.$client`update runs set status = 'training', job_id = 'bench' where id = ${id}`);
	await settleRun(here, id, never);
};

const line = (n: number) =>
	JSON.stringify({
		messages: [
			{ role: 'user', content: `Where is parcel ${n}? ${'It was sent last week. '.repeat(8)}` },
			{ role: 'assistant', content: `It left us this morning, number ${n}. ${'Thank you for waiting. '.repeat(12)}` }
		]
	});

/**
 * LOCKS: how long a rating takes while one project of 200,000 is split, while four fifths of it are trained on, and while as many are imported into
 * it; beside the same with nothing else going on. Twenty a second, in that project, all in one process.
 */
export const run = async ({ owner }: Bench): Promise<Measure[]> => {
	const { scope, as } = await newTeam();
	const sandbox = await startSandbox({ port: 0 });
	const { project } = await newProject(scope, { slug: 'large', sandboxUrl: sandbox.url });
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		await sql`
			insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, rating, ratings_count, origin)
			select ${scope.teamId}, ${project.id}, n,
				json_build_array(json_build_object('role', 'user', 'content', 'Where is order ' || n || '?'),
					json_build_object('role', 'assistant', 'content', repeat('We have looked at it and will send it today. ', 10))),
				sha256(convert_to('c' || n, 'UTF8')), sha256(convert_to('p' || n, 'UTF8')), 130, 9, 1, 'import'
			from generate_series(1, ${size}) n`;
		await sql`update projects set next_example = ${size + 1}, compared = ${size} where id = ${project.id}`;
		await sql`select recount_examples()`;
	});
	await owner`vacuum analyze`;
	const here = await inProject(scope, 'large');
	const raters: ProjectScope[] = [];
	for (let n = 0; n < 4; n++) raters.push(await inProject(await as('rater'), 'large'));
	const some =
		await owner`select id from examples where project_id = ${project.id} order by hashint8(number) limit 4000`;
	const ids = some.map(({ id }) => id as string);
	await beside(raters, ids, () => pause(3_000)); // connections, plans
	const idle = await beside(raters, ids, () => pause(idleMs));
	const split = await beside(raters, ids, () => applySplit(here, { ratio: 0.8, seed: 1 }));
	const trained = await beside(raters, ids, () => train(here));
	await sandbox.stop();
	const lines = function* () {
		for (let n = 1; n <= size; n++) yield { number: n, text: line(n) };
	};
	const imported = await beside(raters, ids, () => importExamples(here, { fileName: 'a.jsonl', lines: lines() }));
	const floor = { what: 'with nothing else', values: [quantile(idle.took, 0.99)] };
	const measure = (what: string, { took, refused, seconds }: typeof idle): Measure => ({
		id: 'LOCKS',
		what: `rating p99 during ${what} of ${size.toLocaleString('en')}`,
		unit: 'ms',
		values: [quantile(took, 0.99)],
		floor,
		judged: 'value',
		target: 50,
		moonshot: 20,
		better: 'lower',
		note: `${seconds.toFixed(1)} s · p50 ${quantile(took, 0.5).toFixed(0)} · most ${Math.max(...took).toFixed(0)} ms · ${took.length} ratings, ${refused} refused`
	});
	return [measure('a split', split), measure('a training’s start', trained), measure('an import', imported)];
};
